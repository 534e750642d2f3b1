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

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdRelationProperties} and {@link EtcdRelationsProperties}.
 */
class EtcdRelationPropertiesTests {

	@Test
	void defaults() {
		EtcdRelationProperties properties = new EtcdRelationProperties();
		assertThat(properties.isEnabled()).isTrue();
		assertThat(properties.getName()).isNull();
		assertThat(properties.getConnectionString()).isNull();
		assertThat(properties.getVersion()).isNull();
		assertThat(properties.getClientCert()).isNull();
		assertThat(properties.getClientKey()).isNull();
		assertThat(properties.getClientCa()).isNull();
		assertThat(properties.getAllowPlainText()).isNull();
		assertThat(properties.getSsl().getBundle()).isNull();
		assertThat(properties.getSave().getKey()).isNull();
		assertThat(properties.getSave().getCert()).isNull();
		assertThat(properties.getSave().getCa()).isNull();
		assertThat(properties.hasData()).isFalse();
	}

	@Test
	void clientDefaults() {
		EtcdRelationProperties.Client client = new EtcdRelationProperties().getClient();
		assertThat(client.getNamespace()).isNull();
		assertThat(client.getUser()).isNull();
		assertThat(client.getPassword()).isNull();
		assertThat(client.getRequestTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(client.getAvailableTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(client.getDrainTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(client.getKeepAliveTime()).isEqualTo(Duration.ofSeconds(30));
		assertThat(client.getKeepAliveTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(client.getConnectTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(client.getMaxInboundMessageSize()).isEqualTo(DataSize.ofBytes(Integer.MAX_VALUE));
		assertThat(client.getMaxCallsInFlight()).isEqualTo(100_000);
		assertThat(client.getCallbackExecutor()).isEqualTo(EtcdRelationProperties.CallbackExecutor.POOL);
	}

	@Test
	void allAreBound() {
		EtcdRelationProperties properties = new Binder(new MapConfigurationPropertySource(values("etcd.relation")))
			.bind("etcd.relation", EtcdRelationProperties.class)
			.get();
		assertBound(properties);
	}

	@Test
	void allOfFurtherRelationAreBound() {
		EtcdRelationsProperties properties = new Binder(
				new MapConfigurationPropertySource(values("etcd.relations.blue")))
			.bind("etcd", EtcdRelationsProperties.class)
			.get();
		assertThat(properties.getRelations()).containsOnlyKeys("blue");
		assertBound(properties.getRelations().get("blue"));
	}

	@Test
	void allAreBoundFromEnvironmentVariablesWithoutDashes() {
		assertBoundFromEnvironmentVariables("");
	}

	@Test
	void allAreBoundFromEnvironmentVariablesWithUnderscoresForDashes() {
		assertBoundFromEnvironmentVariables("_");
	}

	@Test
	void durationsWithoutUnitAreSeconds() {
		EtcdRelationProperties properties = new Binder(
				new MapConfigurationPropertySource(Map.of("etcd.relation.client.request-timeout", "3")))
			.bind("etcd.relation", EtcdRelationProperties.class)
			.get();
		assertThat(properties.getClient().getRequestTimeout()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void furtherRelationsKeepTheirOrder() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("etcd.relations.red.version", "1");
		values.put("etcd.relations.blue.version", "2");
		values.put("etcd.relations.green.version", "3");
		EtcdRelationsProperties properties = new Binder(new MapConfigurationPropertySource(values))
			.bind("etcd", EtcdRelationsProperties.class)
			.get();
		assertThat(properties.getRelations().keySet()).containsExactly("red", "blue", "green");
	}

	private void assertBoundFromEnvironmentVariables(String dash) {
		Map<String, String> variables = new LinkedHashMap<>();
		values("etcd.relation").forEach((name, value) -> variables
			.put(name.replace(".", "_").replace("-", dash).toUpperCase(Locale.ROOT), value));
		values("etcd.relations.blue").forEach((name, value) -> variables
			.put(name.replace(".", "_").replace("-", dash).toUpperCase(Locale.ROOT), value));
		variables.put("ETCD_RELATION_ENABLED", "true");
		new ApplicationContextRunner().withInitializer(new EnvironmentVariables(variables)).run((context) -> {
			Binder binder = Binder.get(context.getEnvironment());
			EtcdRelationProperties properties = binder.bind("etcd.relation", EtcdRelationProperties.class).get();
			properties.setEnabled(false);
			assertBound(properties);
			assertBound(binder.bind("etcd", EtcdRelationsProperties.class).get().getRelations().get("blue"));
		});
	}

	private static Map<String, String> values(String prefix) {
		Map<String, String> values = new LinkedHashMap<>();
		values.put(prefix + ".enabled", "false");
		values.put(prefix + ".name", "main");
		values.put(prefix + ".connection-string", "https://a:2379,https://b:2379");
		values.put(prefix + ".version", "3.6.0");
		values.put(prefix + ".client-cert", TestPem.CERT);
		values.put(prefix + ".client-key", TestPem.KEY);
		values.put(prefix + ".client-ca", TestPem.CA);
		values.put(prefix + ".allow-plain-text", "false");
		values.put(prefix + ".ssl.bundle", "bundle");
		values.put(prefix + ".save.key", "/ssl/key.pem");
		values.put(prefix + ".save.cert", "/ssl/cert.pem");
		values.put(prefix + ".save.ca", "/ssl/ca.pem");
		values.put(prefix + ".client.namespace", "/app/");
		values.put(prefix + ".client.user", "root");
		values.put(prefix + ".client.password", "s3cr3t");
		values.put(prefix + ".client.request-timeout", "1s");
		values.put(prefix + ".client.available-timeout", "2s");
		values.put(prefix + ".client.drain-timeout", "3s");
		values.put(prefix + ".client.keep-alive-time", "4s");
		values.put(prefix + ".client.keep-alive-timeout", "5s");
		values.put(prefix + ".client.connect-timeout", "600ms");
		values.put(prefix + ".client.max-inbound-message-size", "7MB");
		values.put(prefix + ".client.max-calls-in-flight", "8");
		values.put(prefix + ".client.callback-executor", "direct");
		return values;
	}

	private static void assertBound(EtcdRelationProperties properties) {
		assertThat(properties.isEnabled()).isFalse();
		assertThat(properties.getName()).isEqualTo("main");
		assertThat(properties.getConnectionString()).isEqualTo("https://a:2379,https://b:2379");
		assertThat(properties.getVersion()).isEqualTo("3.6.0");
		assertThat(properties.getClientCert()).isEqualTo(TestPem.CERT);
		assertThat(properties.getClientKey()).isEqualTo(TestPem.KEY);
		assertThat(properties.getClientCa()).isEqualTo(TestPem.CA);
		assertThat(properties.getAllowPlainText()).isFalse();
		assertThat(properties.getSsl().getBundle()).isEqualTo("bundle");
		assertThat(properties.getSave().getKey()).isEqualTo(Path.of("/ssl/key.pem"));
		assertThat(properties.getSave().getCert()).isEqualTo(Path.of("/ssl/cert.pem"));
		assertThat(properties.getSave().getCa()).isEqualTo(Path.of("/ssl/ca.pem"));
		EtcdRelationProperties.Client client = properties.getClient();
		assertThat(client.getNamespace()).isEqualTo("/app/");
		assertThat(client.getUser()).isEqualTo("root");
		assertThat(client.getPassword()).isEqualTo("s3cr3t");
		assertThat(client.getRequestTimeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(client.getAvailableTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(client.getDrainTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(client.getKeepAliveTime()).isEqualTo(Duration.ofSeconds(4));
		assertThat(client.getKeepAliveTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(client.getConnectTimeout()).isEqualTo(Duration.ofMillis(600));
		assertThat(client.getMaxInboundMessageSize()).isEqualTo(DataSize.ofMegabytes(7));
		assertThat(client.getMaxCallsInFlight()).isEqualTo(8);
		assertThat(client.getCallbackExecutor()).isEqualTo(EtcdRelationProperties.CallbackExecutor.DIRECT);
	}

}
