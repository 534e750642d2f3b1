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

package io.github.etcdrelation.autoconfigure.metrics;

import java.nio.charset.StandardCharsets;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.autoconfigure.TestPem;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdMetricsAutoConfiguration}.
 */
class EtcdMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class,
				EtcdMetricsAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1");

	@Test
	void withMeterRegistryThereAreMetersAndInstrumentation() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(Client.class)
				.hasBean("etcdRelationMetrics")
				.hasSingleBean(EtcdClientBuilderCustomizer.class));
	}

	@Test
	void withoutRegistriesThereIsNothing() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(Client.class)
			.doesNotHaveBean(MeterBinder.class)
			.doesNotHaveBean(EtcdClientBuilderCustomizer.class));
	}

	@Test
	void withObservationRegistryAloneThereIsInstrumentationOnly() {
		this.contextRunner.withUserConfiguration(ObservationRegistryConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(Client.class)
				.doesNotHaveBean(MeterBinder.class)
				.hasSingleBean(EtcdClientBuilderCustomizer.class));
	}

	@Test
	void withoutMicrometerThereIsNothing() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Client.class)
				.doesNotHaveBean(EtcdMetricsAutoConfiguration.class));
	}

	@Test
	void starterThatIsTurnedOffHasNone() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class)
			.withPropertyValues("etcd.relation.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(MeterBinder.class));
	}

	@Test
	void statesAreGauges() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class).run((context) -> {
			MeterRegistry registry = bound(context.getBean(MeterRegistry.class), context.getBean(MeterBinder.class));
			assertThat(state(registry, "etcd", "connected")).isOne();
			assertThat(state(registry, "etcd", "available")).isOne();
			assertThat(state(registry, "etcd", "tls.available")).isZero();
			assertThat(registry.get("etcd.relation.refreshes").functionCounter().count()).isOne();
			assertThat(registry.get("etcd.relation.certificate.expiry").timeGauge().value()).isNaN();
		});
	}

	@Test
	void membersAreCountedByWhetherTheyGetCalls() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class)
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1,http://127.0.0.1:2")
			.run((context) -> {
				MeterRegistry registry = bound(context.getBean(MeterRegistry.class),
						context.getBean(MeterBinder.class));
				assertThat(members(registry, "serving")).isZero();
				assertThat(members(registry, "out")).isZero();
				assertThat(registry.get("etcd.relation.pending").gauge().value()).isZero();
				context.getBean(Client.class).getKVClient().get(ByteSequence.from("key", StandardCharsets.UTF_8));
				Awaitility.await().untilAsserted(() -> assertThat(members(registry, "out")).isEqualTo(2));
				assertThat(members(registry, "serving") + members(registry, "idle") + members(registry, "connecting"))
					.isZero();
			});
	}

	@Test
	void eachRelationHasItsMeters() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class)
			.withPropertyValues("etcd.relations.audit.version=3.5.16")
			.run((context) -> {
				MeterRegistry registry = bound(context.getBean(MeterRegistry.class),
						context.getBean(MeterBinder.class));
				assertThat(state(registry, "etcd", "available")).isOne();
				assertThat(state(registry, "audit", "connected")).isOne();
				assertThat(state(registry, "audit", "available")).isZero();
			});
	}

	@Test
	void certificateExpiryIsThatOfTheClientCertificate() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class)
			.withPropertyValues("etcd.relation.connection-string=https://127.0.0.1:1",
					"etcd.relation.client-cert=" + TestPem.CERT, "etcd.relation.client-key=" + TestPem.KEY,
					"etcd.relation.client-ca=" + TestPem.CA)
			.run((context) -> {
				MeterRegistry registry = bound(context.getBean(MeterRegistry.class),
						context.getBean(MeterBinder.class));
				assertThat(registry.get("etcd.relation.certificate.expiry").timeGauge().value()).isPositive();
			});
	}

	@Test
	void metersOfTheApplicationTakeThePlace() {
		this.contextRunner.withUserConfiguration(MeterRegistryConfiguration.class, OwnConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(MeterBinder.class)
				.hasSingleBean(EtcdClientBuilderCustomizer.class)
				.hasSingleBean(Client.class));
	}

	private static double state(MeterRegistry registry, String relation, String state) {
		return registry.get("etcd.relation.state").tag("relation", relation).tag("state", state).gauge().value();
	}

	private static double members(MeterRegistry registry, String state) {
		return registry.get("etcd.relation.members").tag("relation", "etcd").tag("state", state).gauge().value();
	}

	private static MeterRegistry bound(MeterRegistry registry, MeterBinder binder) {
		binder.bindTo(registry);
		return registry;
	}

	@Configuration(proxyBeanMethods = false)
	static class MeterRegistryConfiguration {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ObservationRegistryConfiguration {

		@Bean
		ObservationRegistry observationRegistry() {
			return ObservationRegistry.create();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConfiguration {

		@Bean
		MeterBinder etcdRelationMetrics() {
			return (registry) -> {
			};
		}

		@Bean
		EtcdClientBuilderCustomizer etcdCallInstrumentation() {
			return (builder) -> {
			};
		}

	}

}
