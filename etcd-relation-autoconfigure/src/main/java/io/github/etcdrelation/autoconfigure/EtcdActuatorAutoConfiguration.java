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
import io.github.etcdrelation.actuate.EtcdInfoContributor;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.actuate.EtcdRelationEndpointWebExtension;
import io.github.etcdrelation.actuate.EtcdSanitizingFunction;
import io.github.etcdrelation.internal.registry.RelationRegistry;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the actuator support for
 * relations to etcd.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = EtcdRelationAutoConfiguration.class)
@ConditionalOnClass({ ConditionalOnAvailableEndpoint.class, Endpoint.class })
public final class EtcdActuatorAutoConfiguration {

	// Properties are exposed whether or not they are used
	@Bean
	@ConditionalOnMissingBean
	EtcdSanitizingFunction etcdSanitizingFunction() {
		return new EtcdSanitizingFunction();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Client.class)
	@ConditionalOnBean(RelationRegistry.class)
	static class RelationActuatorConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		@ConditionalOnMissingBean
		EtcdRelationEndpoint etcdRelationEndpoint(RelationRegistry registry) {
			return new EtcdRelationEndpoint(registry, new RelationDescriptors(registry));
		}

		@Bean
		@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
		@ConditionalOnBean(EtcdRelationEndpoint.class)
		@ConditionalOnMissingBean
		EtcdRelationEndpointWebExtension etcdRelationEndpointWebExtension(EtcdRelationEndpoint endpoint) {
			return new EtcdRelationEndpointWebExtension(endpoint);
		}

		@Bean
		@ConditionalOnEnabledInfoContributor(value = "etcd", fallback = InfoContributorFallback.DISABLE)
		@ConditionalOnMissingBean
		EtcdInfoContributor etcdInfoContributor(RelationRegistry registry) {
			return new EtcdInfoContributor(registry);
		}

	}

}
