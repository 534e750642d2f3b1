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

package io.github.etcdrelation.autoconfigure.health;

import java.util.LinkedHashMap;
import java.util.Map;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.internal.health.EtcdClientHealthIndicator;
import io.github.etcdrelation.internal.health.EtcdHealthIndicator;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link EtcdHealthIndicator}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = EtcdRelationAutoConfiguration.class)
@ConditionalOnClass({ Client.class, ConditionalOnEnabledHealthIndicator.class, HealthIndicator.class })
@ConditionalOnBean(RelationRegistry.class)
@ConditionalOnEnabledHealthIndicator("etcd")
public final class EtcdHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "etcdHealthIndicator", "etcdHealthContributor" })
	HealthContributor etcdHealthContributor(RelationRegistry registry, ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<EtcdRelation> relation) {
		Map<String, HealthIndicator> indicators = new LinkedHashMap<>();
		Map<String, Client> others = new LinkedHashMap<>();
		SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, Client.class)
			.forEach((beanName, client) -> {
				String relationName = registry.getRelationName(client);
				if (relationName != null) {
					ManagedRelation configured = registry.getManaged(relationName);
					indicators.put(relationName,
							new EtcdHealthIndicator(configured.reconciler(), configured.channel()));
				}
				else {
					others.put(beanName, client);
				}
			});
		EtcdRelation single = (indicators.isEmpty() && others.size() == 1) ? relation.getIfUnique() : null;
		others.forEach((beanName, client) -> indicators.put(beanName, new EtcdClientHealthIndicator(client, single)));
		return switch (indicators.size()) {
			case 0 -> (HealthIndicator) () -> Health.unknown()
				.withDetail("reason", "No relation to etcd is configured")
				.build();
			case 1 -> indicators.values().iterator().next();
			default -> CompositeHealthContributor.fromMap(indicators);
		};
	}

}
