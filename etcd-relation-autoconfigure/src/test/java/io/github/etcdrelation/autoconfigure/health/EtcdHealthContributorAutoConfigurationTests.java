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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.internal.health.EtcdClientHealthIndicator;
import io.github.etcdrelation.internal.health.EtcdHealthIndicator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EtcdHealthContributorAutoConfiguration}.
 */
class EtcdHealthContributorAutoConfigurationTests {

	private static final String CONNECTION_STRING = "etcd.relation.connection-string=http://127.0.0.1:1";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(EtcdRelationAutoConfiguration.class, EtcdHealthContributorAutoConfiguration.class));

	@Test
	void relationHasAnIndicator() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING)
			.run((context) -> assertThat(context).getBean("etcdHealthContributor")
				.isInstanceOf(EtcdHealthIndicator.class));
	}

	@Test
	void withoutRelationHealthIsUnknown() {
		this.contextRunner.run((context) -> {
			Health health = context.getBean("etcdHealthContributor", HealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health.getDetails()).containsEntry("reason", "No relation to etcd is configured");
		});
	}

	@Test
	void relationThatIsNotAvailableIsDown() {
		this.contextRunner.withPropertyValues("etcd.relation.version=3.5.16").run((context) -> {
			Health health = context.getBean(EtcdHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("source", "properties");
			assertThat(health.getDetails().get("reason")).asString()
				.isEqualTo("Relation 'etcd' is not available: it is connected but has no connection string");
		});
	}

	@Test
	void severalRelationsAreAComposite() {
		this.contextRunner
			.withPropertyValues(CONNECTION_STRING, "etcd.relations.audit.connection-string=http://127.0.0.1:2")
			.run((context) -> assertThat(context.getBean("etcdHealthContributor", CompositeHealthContributor.class))
				.extracting(HealthContributors.Entry::name)
				.containsExactlyInAnyOrder("etcd", "audit"));
	}

	@Test
	void furtherRelationAloneIsPlain() {
		this.contextRunner.withPropertyValues("etcd.relations.audit.connection-string=http://127.0.0.1:2")
			.run((context) -> assertThat(context.getBean("etcdHealthContributor"))
				.isInstanceOf(EtcdHealthIndicator.class));
	}

	@Test
	void clientOfTheApplicationIsAskedInstead() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING)
			.withUserConfiguration(ClientConfiguration.class)
			.run((context) -> assertThat(context.getBean("etcdHealthContributor"))
				.isInstanceOf(EtcdClientHealthIndicator.class));
	}

	@Test
	void clientOfTheApplicationIsAskedBesideAFurtherRelation() {
		this.contextRunner.withPropertyValues("etcd.relations.audit.connection-string=http://127.0.0.1:2")
			.withUserConfiguration(ClientConfiguration.class)
			.run((context) -> assertThat(context.getBean("etcdHealthContributor", CompositeHealthContributor.class))
				.extracting(HealthContributors.Entry::name)
				.containsExactlyInAnyOrder("audit", "myClient"));
	}

	@Test
	void relationOfTheApplicationLeavesTheIndicator() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING)
			.withUserConfiguration(OwnRelation.class)
			.run((context) -> assertThat(context).hasSingleBean(EtcdHealthIndicator.class));
	}

	@Test
	void backsOffFromOneOfTheApplication() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING)
			.withUserConfiguration(IndicatorConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(HealthContributor.class)
				.doesNotHaveBean(EtcdHealthIndicator.class));
	}

	@Test
	void propertyTurnsItOff() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING, "management.health.etcd.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthContributor.class));
	}

	@Test
	void starterThatIsTurnedOffHasNone() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING, "etcd.relation.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthContributor.class));
	}

	@Test
	void withoutHealthOnTheClassPathThereIsNone() {
		this.contextRunner.withPropertyValues(CONNECTION_STRING)
			.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Client.class)
				.doesNotHaveBean("etcdHealthContributor"));
	}

	@Configuration(proxyBeanMethods = false)
	static class ClientConfiguration {

		@Bean
		Client myClient() {
			return mock(Client.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRelation {

		@Bean
		EtcdRelation myRelation() {
			return mock(EtcdRelation.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class IndicatorConfiguration {

		@Bean
		HealthIndicator etcdHealthIndicator() {
			return () -> Health.up().build();
		}

	}

}
