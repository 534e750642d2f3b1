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

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.actuate.EtcdInfoContributor;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.actuate.EtcdRelationEndpointWebExtension;
import io.github.etcdrelation.actuate.EtcdSanitizingFunction;
import io.github.etcdrelation.actuate.RelationDescriptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdActuatorAutoConfiguration}.
 */
class EtcdActuatorAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=etcdrelation";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class,
				EtcdActuatorAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("etcd.relation.connection-string=https://127.0.0.1:1", "etcd.relation.version=3.5.16",
				"etcd.relation.client-cert=" + TestPem.CERT, "etcd.relation.client-key=" + TestPem.KEY,
				"etcd.relation.client-ca=" + TestPem.CA);

	@Test
	void endpointIsThereWhenExposed() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(EtcdRelationEndpoint.class)
				.hasSingleBean(EtcdRelationEndpointWebExtension.class));
	}

	@Test
	void endpointIsNotThereUnlessExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(EtcdRelationEndpoint.class)
			.doesNotHaveBean(EtcdRelationEndpointWebExtension.class));
	}

	@Test
	void endpointOverJmxNeedsNoWebExtension() {
		this.contextRunner
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=etcdrelation")
			.run((context) -> assertThat(context).hasSingleBean(EtcdRelationEndpoint.class)
				.doesNotHaveBean(EtcdRelationEndpointWebExtension.class));
	}

	@Test
	void endpointWithoutAccessIsNotThere() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.etcdrelation.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(EtcdRelationEndpoint.class));
	}

	@Test
	void endpointDescribesRelation() {
		this.contextRunner.withPropertyValues(EXPOSED).run((context) -> {
			EtcdRelationEndpoint endpoint = context.getBean(EtcdRelationEndpoint.class);
			RelationDescriptor relation = endpoint.relation("etcd");
			assertThat(endpoint.relations().relations()).containsOnlyKeys("etcd");
			assertThat(relation.name()).isEqualTo("etcd");
			assertThat(relation.version()).isEqualTo("3.5.16");
			assertThat(relation.states()).containsOnlyKeys("etcd.connected", "etcd.available", "etcd.tls.available");
			assertThat(relation.endpoints()).containsExactly("https://127.0.0.1:1");
			assertThat(relation.members()).isEmpty();
			assertThat(relation.clientCertificates()).isNotEmpty();
			assertThat(relation.authorities()).isNotEmpty();
			assertThat(relation.lastRefresh().outcome()).isEqualTo("CHANGED");
			assertThat(relation.lastFailure()).isNull();
			assertThat(relation.source()).isEqualTo("properties");
			assertThat(relation.pending()).isNull();
			assertThat(relation.counters()).isEqualTo(new RelationDescriptor.Counters(1, 0, 0, 0));
			assertThat(relation.toString()).doesNotContain("-----BEGIN");
		});
	}

	@Test
	void endpointTellsOfMembersOnceACallHasAskedForThem() {
		this.contextRunner.withPropertyValues(EXPOSED).run((context) -> {
			context.getBean(Client.class).getKVClient().get(ByteSequence.from("key", StandardCharsets.UTF_8));
			EtcdRelationEndpoint endpoint = context.getBean(EtcdRelationEndpoint.class);
			Awaitility.await().untilAsserted(() -> {
				RelationDescriptor relation = endpoint.relation("etcd");
				assertThat(relation.members()).singleElement().satisfies((member) -> {
					assertThat(member.url()).isEqualTo("https://127.0.0.1:1");
					assertThat(member.state()).isEqualTo("unreachable");
					assertThat(member.problem()).contains("Connection refused").isEqualTo(relation.problem());
					assertThat(member.refusal()).isNull();
					assertThat(member.lastHeard()).isNull();
					assertThat(member.leader()).isNull();
					assertThat(member.version()).isNull();
					assertThat(member.certificate()).isEqualTo(relation.clientCertificates().get(0).fingerprint());
				});
			});
		});
	}

	@Test
	void endpointKnowsNoOtherRelation() {
		this.contextRunner.withPropertyValues(EXPOSED).run((context) -> {
			EtcdRelationEndpoint endpoint = context.getBean(EtcdRelationEndpoint.class);
			assertThat(endpoint.relation("other")).isNull();
			assertThat(endpoint.refresh("other")).isNull();
			assertThat(context.getBean(EtcdRelationEndpointWebExtension.class).refresh("other").getStatus())
				.isEqualTo(404);
		});
	}

	@Test
	void endpointRefreshesRelation() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(EtcdRelationAutoConfiguration.class, EtcdActuatorAutoConfiguration.class))
			.withUserConfiguration(SourceConfiguration.class)
			.withPropertyValues(EXPOSED, "etcd.relation.poll-interval=1h")
			.run((context) -> {
				context.getBean(ChangingSource.class).version = "3.6.5";
				RelationDescriptor refreshed = context.getBean(EtcdRelationEndpoint.class).refresh("etcd");
				assertThat(refreshed.version()).isEqualTo("3.6.5");
				assertThat(refreshed.counters().refreshes()).isEqualTo(2);
			});
	}

	@Test
	void infoIsOffUnlessEnabled() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(EtcdInfoContributor.class));
	}

	@Test
	void defaultsOfInfoDoNotEnableIt() {
		this.contextRunner.withPropertyValues("management.info.defaults.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(EtcdInfoContributor.class));
	}

	@Test
	void infoTellsVersionAndStates() {
		this.contextRunner.withPropertyValues("management.info.etcd.enabled=true").run((context) -> {
			Info.Builder builder = new Info.Builder();
			context.getBean(EtcdInfoContributor.class).contribute(builder);
			assertThat(builder.build().getDetails()).isEqualTo(Map.of("etcd", Map.of("etcd", Map.of("version", "3.5.16",
					"states", List.of("etcd.connected", "etcd.available", "etcd.tls.available")))));
		});
	}

	@Test
	void secretsAreHiddenEvenWhenTheStarterIsTurnedOff() {
		this.contextRunner
			.withPropertyValues("etcd.relation.enabled=false", EXPOSED, "management.info.etcd.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(EtcdSanitizingFunction.class)
				.doesNotHaveBean(EtcdRelationEndpoint.class)
				.doesNotHaveBean(EtcdInfoContributor.class));
	}

	@Test
	void withoutClientOnlySecretsAreHidden() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader(Client.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SanitizingFunction.class)
				.doesNotHaveBean(EtcdRelationEndpoint.class));
	}

	@Test
	void withoutActuatorThereIsNothing() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.info.etcd.enabled=true")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Client.class)
				.doesNotHaveBean(EtcdActuatorAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class SourceConfiguration {

		@Bean
		ChangingSource source() {
			return new ChangingSource();
		}

	}

	static class ChangingSource implements RelationSource {

		private volatile String version = "3.5.16";

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			return RelationView.of("etcd:0", "etcd/0",
					Map.of("connection_string", "http://127.0.0.1:1", "version", this.version));
		}

	}

}
