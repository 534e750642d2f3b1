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

package io.github.etcdrelation.autoconfigure;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.state.IsolatingEventPublisher;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for relations to etcd.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass(Client.class)
@ConditionalOnBooleanProperty(name = "etcd.relation.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ EtcdRelationProperties.class, EtcdRelationsProperties.class })
@Import(FurtherRelationsRegistrar.class)
@ImportRuntimeHints(EtcdRelationRuntimeHints.class)
public final class EtcdRelationAutoConfiguration {

	@Bean
	RelationRegistry etcdRelations(EtcdRelationProperties relation, EtcdRelationsProperties further,
			ObjectProvider<EtcdConnectionDetails> connectionDetails, ObjectProvider<RelationSource> sources,
			ObjectProvider<SslBundles> sslBundles, ObjectProvider<SslBundleRegistry> sslBundleRegistry,
			ConfigurableApplicationContext applicationContext) {
		EtcdConnectionDetails details = connectionDetails.getIfAvailable();
		if (details instanceof RelationConnectionDetails) {
			// Adapts the relation that is created here
			details = null;
		}
		Environment environment = applicationContext.getEnvironment();
		RelationPropertiesBinder binder = new RelationPropertiesBinder(environment);
		RelationFactory factory = new RelationFactory(sslBundles.getIfAvailable(), sslBundleRegistry.getIfAvailable(),
				new IsolatingEventPublisher(applicationContext), new GivenProperties(environment),
				OwnBeans.exist(applicationContext.getBeanFactory(), further.getRelations().keySet()));
		EtcdConnectionDetails given = details;
		return GivenProperties.withOrigins(environment,
				() -> factory.create(RelationDefinition.ofDefault(binder.complete(relation), environment, given),
						binder.completeFurther(further.getRelations()), sources.orderedStream(),
						bootstrap(applicationContext), environment));
	}

	private static @Nullable BootstrapRelation bootstrap(ConfigurableApplicationContext applicationContext) {
		// That of a parent has the parent's relation as its successor
		return applicationContext.getBeanFactory()
			.getBeansOfType(BootstrapRelation.class, true, false)
			.values()
			.stream()
			.findFirst()
			.orElse(null);
	}

	@Bean
	static ConfigurationPropertiesBindHandlerAdvisor etcdRelationsBindHandlerAdvisor() {
		return FurtherRelationsBindHandler::new;
	}

	@Bean
	@ConditionalOnMissingBean(EtcdConnectionDetails.class)
	@Conditional(OnRelationCondition.class)
	RelationConnectionDetails etcdConnectionDetails(ObjectProvider<RelationRegistry> registry,
			EtcdRelationProperties properties) {
		return new RelationConnectionDetails(registry::getObject, properties);
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnRelationCondition.class)
	@Nullable EtcdRelation etcdRelation(RelationRegistry registry, EtcdRelationProperties properties) {
		String name = RelationDefinition.defaultName(properties);
		// The condition cannot know that all sources are those of further relations
		return registry.getNames().contains(name) ? registry.get(name) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnRelationCondition.class)
	@Nullable Client etcdClient(RelationRegistry registry, EtcdRelationProperties properties,
			ObjectProvider<EtcdClientBuilderCustomizer> customizers, Environment environment) {
		String name = RelationDefinition.defaultName(properties);
		return registry.getNames().contains(name)
				? ClientCreation.create(registry, name, customizers.orderedStream(), environment) : null;
	}

}
