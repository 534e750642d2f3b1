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

package io.github.etcdrelation.autoconfigure.provider;

import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.internal.provider.ProviderLifecycle;
import io.github.etcdrelation.internal.state.IsolatingEventPublisher;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the provider's side of a
 * relation to etcd.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "etcd.provider.enabled", matchIfMissing = true)
@EnableConfigurationProperties(EtcdProviderProperties.class)
public final class EtcdProviderAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnProviderCondition.class)
	@ConditionalOnMissingBean(EtcdRelationProvider.class)
	static class ProviderConfiguration {

		@Bean
		ProviderLifecycle etcdRelationProvider(EtcdProviderProperties properties,
				ApplicationContext applicationContext) {
			return new ProviderFactory(new IsolatingEventPublisher(applicationContext)).create(properties);
		}

	}

}
