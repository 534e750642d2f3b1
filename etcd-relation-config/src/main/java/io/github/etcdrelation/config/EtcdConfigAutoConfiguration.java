/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.etcdrelation.config;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.autoconfigure.BootstrapRelation;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.autoconfigure.EtcdRelationProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for configuration in etcd that
 * changes while the application runs.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = EtcdRelationAutoConfiguration.class)
@ConditionalOnClass(Client.class)
@ConditionalOnBooleanProperty(name = "etcd.config.enabled", matchIfMissing = true)
@EnableConfigurationProperties(EtcdConfigProperties.class)
public final class EtcdConfigAutoConfiguration {

	@Bean
	ConfigWatches etcdConfigWatches(EtcdConfigProperties properties, ObjectProvider<EtcdRelations> registry,
			ObjectProvider<EtcdRelationProperties> relation, ConfigurableApplicationContext context) {
		// Created first, as they have to be closed last
		EtcdRelations relations = registry.getIfAvailable();
		return new ConfigWatches(configImport(context), () -> client(relations, relation.getIfAvailable()),
				properties.getWatch().isEnabled(), context);
	}

	private static @Nullable ConfigImport configImport(ConfigurableApplicationContext context) {
		// That of a parent is watched by the parent
		return context.getBeanFactory()
			.getBeansOfType(ConfigImport.class, true, false)
			.values()
			.stream()
			.findFirst()
			.orElse(null);
	}

	private static @Nullable Client client(@Nullable EtcdRelations relations,
			@Nullable EtcdRelationProperties properties) {
		return (relations != null && properties != null) ? BootstrapRelation.createSuccessor(relations, properties)
				: null;
	}

}
