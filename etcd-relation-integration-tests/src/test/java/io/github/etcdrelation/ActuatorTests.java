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

package io.github.etcdrelation;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.jayway.jsonpath.JsonPath;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a running web application shows over the actuator.
 */
@ExtendWith(OutputCaptureExtension.class)
class ActuatorTests {

	private static final String PASSWORD = "s3cr3t-0f-r00t";

	private static final Duration LIMIT = Duration.ofMillis(2500);

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	void nothingShowsASecret() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials credentials = etcd.getClientCredentials();
			Map<String, Object> properties = new LinkedHashMap<>();
			properties.put("etcd.relation.connection-string", etcd.getConnectionString());
			properties.put("etcd.relation.client-cert", credentials.clientCert());
			properties.put("etcd.relation.client-key", "${my.key}");
			properties.put("etcd.relation.client-ca", credentials.clientCa());
			properties.put("etcd.relations.spare.version", "3.5.16");
			properties.put("etcd.relations.audit.client.user", "root");
			properties.put("etcd.relations.audit.client.password", PASSWORD);
			properties.put("my.key", credentials.clientKey());
			Map<String, Object> variables = new LinkedHashMap<>();
			variables.put("ETCD_RELATION_CLIENTKEY", credentials.clientKey());
			variables.put("ETCD_RELATION_CLIENT_USER", "root");
			variables.put("ETCD_RELATION_CLIENT_PASSWORD", PASSWORD);
			variables.put("ETCD_RELATIONS_AUDIT_CONNECTIONSTRING", etcd.getConnectionString());
			variables.put("ETCD_RELATIONS_AUDIT_CLIENTCERT", credentials.clientCert());
			variables.put("ETCD_RELATIONS_AUDIT_CLIENTKEY", credentials.clientKey());
			variables.put("ETCD_RELATIONS_AUDIT_CLIENTCA", credentials.clientCa());
			try (ConfigurableApplicationContext context = start(properties, variables)) {
				get(context.getBean("auditEtcdClient", Client.class).getKVClient().put(bytes("key"), bytes("value")));
				List<String> paths = new ArrayList<>(List.of("health", "metrics", "prometheus", "etcdrelation",
						"etcdrelation/etcd", "info", "env", "configprops", "conditions", "beans"));
				List<String> meters = JsonPath.read(body(context, "metrics"), "$.names");
				meters.forEach((name) -> paths.add("metrics/" + name));
				assertThat(meters).contains("etcd.relation.state", "etcd.relation.certificate.expiry",
						"etcd.relation.refreshes", "etcd.relation.rotations", "etcd.relation.rotations.failed",
						"etcd.relation.streams.resumed", "grpc.client");
				Set<String> environment = new TreeSet<>();
				environment.addAll(properties.keySet());
				environment.addAll(variables.keySet());
				environment.forEach((name) -> paths.add("env/" + name));
				for (String path : paths) {
					HttpResponse<String> response = send(context, path, "GET");
					// One relation is not available
					assertThat(response.statusCode()).as(path).isEqualTo(path.equals("health") ? 503 : 200);
					assertThat(response.body()).as(path)
						.doesNotContain("-----BEGIN")
						.doesNotContain(PASSWORD)
						.doesNotContain(keyLine(credentials.clientKey()));
				}
				// What is looked for is there and what is shown is not all hidden
				assertThat(body(context, "env")).contains("ETCD_RELATIONS_AUDIT_CLIENTKEY", "\"******\"",
						etcd.getConnectionString());
				assertThat(body(context, "configprops")).contains("clientKey", etcd.getConnectionString());
				assertThat(body(context, "prometheus")).contains("etcd_relation_state{", "grpc_client_seconds_count{",
						"etcd_relation_certificate_expiry_seconds{");
				assertThat(body(context, "conditions")).contains("EtcdHealthContributorAutoConfiguration");
				assertThat((List<?>) JsonPath.read(body(context, "info"), "$.etcd.etcd.states")).hasSize(3);
			}
		}
	}

	@Test
	void endpointShowsAndRefreshesRelations(@TempDir Path temporary) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			directory.swap(etcd.getConnectionString(), etcd.getClientCredentials());
			try (ConfigurableApplicationContext context = start(
					Map.of("etcd.relation.directory", directory.getPath().toString()), Map.of())) {
				String relation = body(context, "etcdrelation/etcd");
				assertThat((String) JsonPath.read(relation, "$.name")).isEqualTo("etcd");
				assertThat((Map<?, ?>) JsonPath.read(relation, "$.states")).hasSize(3);
				assertThat((String) JsonPath.read(relation, "$.endpoints[0]")).isEqualTo(etcd.getConnectionString());
				assertThat((String) JsonPath.read(relation, "$.clientCertificates[0].fingerprint"))
					.matches("[0-9a-f]{64}");
				assertThat((String) JsonPath.read(relation, "$.clientCertificates[0].validTo")).startsWith("20");
				assertThat((String) JsonPath.read(relation, "$.lastRefresh.outcome")).isIn("CHANGED", "UNCHANGED");
				int refreshes = JsonPath.read(relation, "$.counters.refreshes");
				assertThat((String) JsonPath.read(body(context, "etcdrelation"), "$.relations.etcd.name"))
					.isEqualTo("etcd");
				HttpResponse<String> refreshed = send(context, "etcdrelation/etcd", "POST");
				assertThat(refreshed.statusCode()).isEqualTo(200);
				assertThat((int) JsonPath.read(refreshed.body(), "$.counters.refreshes")).isGreaterThan(refreshes);
				assertThat(send(context, "etcdrelation/other", "GET").statusCode()).isEqualTo(404);
				assertThat(send(context, "etcdrelation/other", "POST").statusCode()).isEqualTo(404);
			}
		}
	}

	@Test
	void healthAnswersInTimeWhateverEtcdDoes(CapturedOutput output) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			try (ConfigurableApplicationContext context = start(relation(etcd, etcd.getClientCredentials()),
					Map.of())) {
				// The first request loads classes
				send(context, "health", "GET");
				verifyHealth(context, 200, "UP");
				etcd.getMember(0).pause();
				try {
					assertThat(verifyHealth(context, 503, "DOWN")).contains("within 2000 ms");
				}
				finally {
					etcd.getMember(0).resume();
				}
				verifyHealth(context, 200, "UP");
				etcd.getMember(0).kill();
				Awaitility.await()
					.untilAsserted(() -> assertThat(verifyHealth(context, 503, "DOWN")).contains("Connection refused"));
				etcd.getMember(0).restart();
				verifyHealth(context, 200, "UP");
				assertThat(lines(output)).isEmpty();
				// Neither probe depends on it unless asked to
				etcd.getMember(0).kill();
				assertThat(send(context, "health/liveness", "GET").statusCode()).isEqualTo(200);
				assertThat(send(context, "health/readiness", "GET").statusCode()).isEqualTo(200);
			}
		}
	}

	@Test
	void healthAnswersInTimeWhenTheCertificateIsRefused(CapturedOutput output) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials stranger = CertificateAuthority.create("stranger").issueClient("stranger");
			Map<String, Object> properties = relation(etcd, new ClientCredentials(stranger.clientCert(),
					stranger.clientKey(), etcd.getClientCredentials().clientCa()));
			properties.put("management.endpoint.health.group.readiness.include", "readinessState,etcd");
			try (ConfigurableApplicationContext context = start(properties, Map.of())) {
				send(context, "health", "GET");
				for (int i = 0; i < 5; i++) {
					assertThat(verifyHealth(context, 503, "DOWN")).contains("certificate");
				}
				assertThat(send(context, "health/readiness", "GET").statusCode()).isEqualTo(503);
				assertThat(send(context, "health/liveness", "GET").statusCode()).isEqualTo(200);
			}
		}
		assertThat(lines(output)).isEmpty();
	}

	@Test
	void relationThatIsNotThereKeepsTrafficAwayButNotTheApplicationFromLiving(@TempDir Path temporary)
			throws Exception {
		Map<String, Object> properties = Map.of("etcd.relation.directory", temporary.resolve("later").toString(),
				"management.endpoint.health.group.readiness.include", "readinessState,etcd");
		try (ConfigurableApplicationContext context = start(properties, Map.of())) {
			HttpResponse<String> readiness = send(context, "health/readiness", "GET");
			assertThat(readiness.statusCode()).isEqualTo(503);
			assertThat((String) JsonPath.read(readiness.body(), "$.components.etcd.details.reason"))
				.startsWith("Relation 'etcd' is not available: ");
			HttpResponse<String> liveness = send(context, "health/liveness", "GET");
			assertThat(liveness.statusCode()).isEqualTo(200);
			assertThat(liveness.body()).doesNotContain("etcd");
		}
	}

	@Test
	void healthOfSslBundlesIncludesTheCertificateOfTheRelation() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			Map<String, Object> properties = relation(etcd, etcd.getCertificateAuthority().issueExpiredClient("late"));
			properties.put("management.health.etcd.enabled", "false");
			try (ConfigurableApplicationContext context = start(properties, Map.of())) {
				HttpResponse<String> health = send(context, "health", "GET");
				assertThat(health.statusCode()).isEqualTo(503);
				assertThat((String) JsonPath.read(health.body(), "$.components.ssl.status"))
					.isEqualTo("OUT_OF_SERVICE");
				assertThat(health.body()).contains("CN=late");
				// Neither probe has it
				assertThat(send(context, "health/liveness", "GET").statusCode()).isEqualTo(200);
				assertThat(send(context, "health/readiness", "GET").statusCode()).isEqualTo(200);
			}
			properties.put("management.health.ssl.enabled", "false");
			try (ConfigurableApplicationContext context = start(properties, Map.of())) {
				assertThat(send(context, "health", "GET").statusCode()).isEqualTo(200);
			}
		}
	}

	private String verifyHealth(ConfigurableApplicationContext context, int statusCode, String status)
			throws Exception {
		long start = System.nanoTime();
		HttpResponse<String> response = send(context, "health", "GET");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
		assertThat(response.body()).doesNotContain("-----BEGIN");
		assertThat((String) JsonPath.read(response.body(), "$.components.etcd.status")).as(response.body())
			.isEqualTo(status);
		assertThat(response.statusCode()).isEqualTo(statusCode);
		return status.equals("UP") ? "" : JsonPath.read(response.body(), "$.components.etcd.details.reason");
	}

	private static Map<String, Object> relation(LocalEtcd etcd, ClientCredentials credentials) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("etcd.relation.connection-string", etcd.getConnectionString());
		properties.put("etcd.relation.client-cert", credentials.clientCert());
		properties.put("etcd.relation.client-key", credentials.clientKey());
		properties.put("etcd.relation.client-ca", credentials.clientCa());
		return properties;
	}

	private static String keyLine(String key) {
		return key.lines().skip(1).findFirst().orElseThrow();
	}

	private static List<String> lines(CapturedOutput output) {
		return output.toString().lines().filter((line) -> !line.isBlank()).toList();
	}

	private static ConfigurableApplicationContext start(Map<String, Object> properties, Map<String, Object> variables) {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setBannerMode(Banner.Mode.OFF);
		application.setDefaultProperties(Map.of("server.port", "0", "management.endpoints.web.exposure.include", "*",
				"management.endpoint.env.show-values", "always", "management.endpoint.configprops.show-values",
				"always", "management.endpoint.health.show-details", "always",
				"management.endpoint.health.probes.enabled", "true", "management.info.etcd.enabled", "true",
				"logging.level.root", "warn"));
		application.addInitializers((context) -> {
			MutablePropertySources sources = context.getEnvironment().getPropertySources();
			String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
			sources.replace(name, new SystemEnvironmentPropertySource(name, Map.copyOf(variables)));
			sources.addLast(new MapPropertySource("properties of the test", Map.copyOf(properties)));
		});
		return application.run();
	}

	private String body(ConfigurableApplicationContext context, String path) throws Exception {
		HttpResponse<String> response = send(context, path, "GET");
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

	private HttpResponse<String> send(ConfigurableApplicationContext context, String path, String method)
			throws Exception {
		URI uri = URI.create(
				"http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/" + path);
		HttpRequest request = HttpRequest.newBuilder(uri)
			.method(method, HttpRequest.BodyPublishers.noBody())
			.timeout(Duration.ofSeconds(20))
			.build();
		return this.http.send(request, HttpResponse.BodyHandlers.ofString());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
