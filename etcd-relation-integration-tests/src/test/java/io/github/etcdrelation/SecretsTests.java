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

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.KeyFormat;
import io.github.etcdrelation.test.LocalEtcd;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Neither logs, at any level, nor exceptions, events, the actuator or beans publish a
 * private key, a password or a token, whatever goes wrong.
 */
class SecretsTests {

	private static final String PASSWORD = "r00t-s3cr3t";

	private static final String WRONG_PASSWORD = "wr0ng-s3cr3t";

	private static final String KEY_PASSWORD = "k3y-s3cr3t";

	private static final List<String> PATHS = List.of("health", "metrics", "etcdrelation", "etcdrelation/etcd",
			"etcdrelation/audit", "info", "env", "configprops", "conditions", "beans", "mappings");

	@TempDir
	private Path temporary;

	private final Secrets secrets = new Secrets();

	private final List<String> found = new CopyOnWriteArrayList<>();

	private final List<EtcdRotationFailedEvent> failures = new CopyOnWriteArrayList<>();

	private LogRecorder log;

	@BeforeEach
	void record() {
		this.secrets.add("the password", PASSWORD);
		this.secrets.add("the wrong password", WRONG_PASSWORD);
		this.secrets.add("the password of the key", KEY_PASSWORD);
		this.log = new LogRecorder();
	}

	@AfterEach
	void stopRecording() {
		this.log.close();
	}

	@Test
	void scanFindsWhatIsLogged() {
		String key = CertificateAuthority.create().issueClient("client").clientKey();
		this.secrets.addKey("the key", key);
		LogFactory.getLog("control").trace("password " + PASSWORD);
		java.util.logging.Logger.getLogger("control").finest("token AbCdEfGhIjKlMnOp.42");
		LogFactory.getLog("control").debug("failed", new IllegalStateException(new IllegalArgumentException(key)));
		assertThat(this.secrets.find("log", this.log.getText())).hasSizeGreaterThanOrEqualTo(4)
			.anyMatch((find) -> find.startsWith("log has the password: TRACE control"))
			.anyMatch((find) -> find.startsWith("log has a token: TRACE control"))
			.anyMatch((find) -> find.startsWith("log has the key: "))
			.anyMatch((find) -> find.startsWith("log has a private key: "))
			.noneMatch((find) -> find.contains(PASSWORD));
		assertThat(this.secrets.find("log", "DEBUG control - the key is PEM, -----BEGIN PRIVATE KEY----- first"))
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "PKCS8", "PKCS1" })
	void applicationPublishesNoSecret(KeyFormat keyFormat) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			enableAuthentication(etcd);
			ClientCredentials credentials = credentials(etcd, "client", keyFormat);
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.write(etcd.getConnectionString(), credentials);
			try (ConfigurableApplicationContext context = start(properties(credentials),
					variables(etcd, credentials))) {
				put(context, "etcdClient");
				put(context, "auditEtcdClient");
				EtcdRelationProvider provider = context.getBean(EtcdRelationProvider.class);
				provider.setConnectionString(etcd.getConnectionString());
				provider.setClientCredentials(credentials.clientKey(), credentials.clientCert(),
						credentials.clientCa());
				refuse(directory, etcd, credentials);
				ClientCredentials next = credentials(etcd, "next", keyFormat);
				directory.write(etcd.getConnectionString(), next);
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isSaved(next.clientKey()));
				put(context, "etcdClient");
				scanActuator(context);
				scanBeans(context);
			}
			assertThat(this.temporary.resolve("provider/client_key")).hasContent(credentials.clientKey());
		}
		scan("the log", this.log.getText());
		assertThat(this.log.getText()).contains("TRACE org.springframework", "DEBUG io.github.etcdrelation");
		assertThat(this.found).isEmpty();
	}

	/**
	 * Give the relation one after the other what it refuses, unless it can make sense of
	 * it.
	 */
	private void refuse(RelationDirectory directory, LocalEtcd etcd, ClientCredentials good) {
		ClientCredentials stranger = CertificateAuthority.create("stranger").issueClient("stranger");
		this.secrets.addKey("the key of the stranger", stranger.clientKey());
		String body = good.clientKey().lines().filter((line) -> !line.startsWith("-")).reduce("", String::concat);
		this.secrets.addKey("the key on one line", body);
		String encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + body + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
		List<ClientCredentials> refused = new ArrayList<>();
		refused.add(with(good, KEY_PASSWORD));
		refused.add(with(good, body));
		refused.add(with(good, good.clientKey().replaceFirst("-----BEGIN.*", "")));
		refused.add(with(good, good.clientKey().substring(0, good.clientKey().length() * 2 / 3)));
		refused.add(with(good, encrypted));
		refused.add(with(good, stranger.clientKey()));
		refused.add(new ClientCredentials(good.clientKey(), good.clientCert(), good.clientCa()));
		refused.add(new ClientCredentials(good.clientCert(), good.clientKey(), good.clientKey()));
		refused.add(new ClientCredentials(good.clientCert(), good.clientKey(), stranger.clientCa()));
		refused.add(stranger);
		for (ClientCredentials credentials : refused) {
			int before = this.failures.size();
			directory.write(etcd.getConnectionString(), credentials);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> this.failures.size() > before || isSaved(credentials.clientKey()));
		}
		assertThat(this.failures).hasSizeGreaterThan(4);
		int before = this.failures.size();
		directory.write("https://root:" + PASSWORD + "@127.0.0.1:2379", good);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.failures.size() > before);
		this.failures.forEach((event) -> scan("the cause of an event", event.getCause()));
	}

	private boolean isSaved(String key) throws IOException {
		return Files.readString(this.temporary.resolve("saved/key")).equals(key);
	}

	@Test
	void refusedStartPublishesNoSecret() throws Exception {
		CertificateAuthority authority = CertificateAuthority.create();
		ClientCredentials good = authority.issueClient("client");
		this.secrets.addKey("the key", good.clientKey());
		String body = good.clientKey().lines().filter((line) -> !line.startsWith("-")).reduce("", String::concat);
		this.secrets.addKey("the key on one line", body);
		String encoded = Base64.getEncoder().encodeToString(good.clientKey().getBytes(StandardCharsets.UTF_8));
		this.secrets.addKey("the key as Base64", encoded);
		this.secrets.add("the directory that is taken for a password", "/" + WRONG_PASSWORD);
		List<Map<String, Object>> refused = new ArrayList<>();
		refused.add(Map.of("etcd.relation.client-key", KEY_PASSWORD));
		refused.add(Map.of("etcd.relation.client-key", body));
		refused.add(Map.of("etcd.relation.client-key", encoded));
		refused.add(Map.of("etcd.relation.client-key", "base64:" + encoded + "="));
		refused.add(Map.of("etcd.relation.client-key", good.clientKey().replace("-----BEGIN", "--BEGIN")));
		refused.add(Map.of("etcd.relation.client-cert", good.clientKey()));
		refused.add(Map.of("etcd.relation.client-ca", good.clientKey()));
		refused.add(Map.of("etcd.relation.connection-string", "https://root:" + PASSWORD + "@127.0.0.1:2379"));
		refused.add(Map.of("etcd.relation.connection-string", "root:" + PASSWORD + "@127.0.0.1:2379"));
		int failed = 0;
		for (Map<String, Object> wrong : refused) {
			Map<String, Object> properties = new LinkedHashMap<>();
			properties.put("etcd.relation.connection-string", "https://127.0.0.1:2379");
			properties.put("etcd.relation.client-cert", good.clientCert());
			properties.put("etcd.relation.client-key", good.clientKey());
			properties.put("etcd.relation.client-ca", good.clientCa());
			properties.put("etcd.relation.client.user", "root");
			properties.put("etcd.relation.client.password", PASSWORD);
			properties.put("etcd.relation.client-key-password", KEY_PASSWORD);
			properties.putAll(wrong);
			Throwable failure = catchThrowable(() -> start(properties, Map.of()).close());
			if (failure != null) {
				failed++;
				scan("the failure with " + wrong.keySet(), failure);
			}
		}
		assertThat(failed).isGreaterThan(4);
		assertThat(this.log.getText()).contains("APPLICATION FAILED TO START");
		scan("the log", this.log.getText());
		assertThat(this.found).isEmpty();
	}

	@Test
	void refusedUserPublishesNoSecretAndOnlyFramesContainPassword() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			enableAuthentication(etcd);
			for (String password : List.of(WRONG_PASSWORD, PASSWORD)) {
				RelationTester.runner(etcd)
					.withPropertyValues("etcd.relation.client.user=root", "etcd.relation.client.password=" + password)
					.run((context) -> {
						Client client = context.getBean(Client.class);
						if (password.equals(PASSWORD)) {
							put(client);
						}
						else {
							scan("a failed call", failure(client.getKVClient().get(bytes("key"))));
						}
					});
			}
			scan("the log", this.log.getText());
			assertThat(this.found).isEmpty();
			// The exception is no other than documented
			this.log.includeFrames();
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.user=root", "etcd.relation.client.password=" + PASSWORD)
				.run((context) -> put(context.getBean(Client.class)));
		}
		assertThat(this.secrets.find("the log", this.log.getText())).isNotEmpty();
		StringBuilder others = new StringBuilder();
		this.log.getText()
			.lines()
			.filter((line) -> !line.startsWith("DEBUG " + LogRecorder.FRAMES + " - "))
			.forEach((line) -> others.append(line).append('\n'));
		assertThat(this.secrets.find("the log", others.toString())).isEmpty();
	}

	private Map<String, Object> properties(ClientCredentials credentials) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("etcd.relation.directory", this.temporary.resolve("relation").toString());
		properties.put("etcd.relation.client.user", "root");
		properties.put("etcd.relation.client.password", PASSWORD);
		properties.put("etcd.relation.client-key-password", KEY_PASSWORD);
		for (String part : List.of("key", "cert", "ca")) {
			properties.put("etcd.relation.save." + part, this.temporary.resolve("saved/" + part).toString());
		}
		properties.put("etcd.provider.enabled", "true");
		properties.put("etcd.provider.directory", this.temporary.resolve("provider").toString());
		properties.put("etcd.relations.unused.client.password", PASSWORD);
		properties.put("etcd.relations.unused.directory", this.temporary.resolve("relation").toString());
		properties.put("etcd.relations.unused.client.user", "root");
		properties.put("etcd.relations.unused.client-key-password", KEY_PASSWORD);
		properties.put("spring.application.json",
				"{\"etcd\":{\"relation\":{\"client\":{\"password\":\"" + PASSWORD + "\"}}}}");
		return properties;
	}

	private static Map<String, Object> variables(LocalEtcd etcd, ClientCredentials credentials) {
		Map<String, Object> variables = new LinkedHashMap<>();
		variables.put("ETCD_RELATIONS_AUDIT_CONNECTIONSTRING", etcd.getConnectionString());
		variables.put("ETCD_RELATIONS_AUDIT_CLIENTCERT", credentials.clientCert());
		variables.put("ETCD_RELATIONS_AUDIT_CLIENTKEY", credentials.clientKey());
		variables.put("ETCD_RELATIONS_AUDIT_CLIENTCA", credentials.clientCa());
		variables.put("ETCD_RELATIONS_AUDIT_CLIENT_USER", "root");
		variables.put("ETCD_RELATIONS_AUDIT_CLIENT_PASSWORD", PASSWORD);
		variables.put("ETCD_RELATIONS_AUDIT_CLIENTKEYPASSWORD", KEY_PASSWORD);
		variables.put("JAVA_TOOL_OPTIONS", "-Detcd.relation.client.password=" + PASSWORD);
		return variables;
	}

	private ClientCredentials credentials(LocalEtcd etcd, String name, KeyFormat keyFormat) {
		ClientCredentials credentials = etcd.newClientCredentials(name, keyFormat);
		this.secrets.addKey("the key of " + name, credentials.clientKey());
		return credentials;
	}

	private static ClientCredentials with(ClientCredentials credentials, String key) {
		return new ClientCredentials(credentials.clientCert(), key, credentials.clientCa());
	}

	private static void enableAuthentication(LocalEtcd etcd) {
		RelationTester.runner(etcd).run((context) -> {
			Auth auth = context.getBean(Client.class).getAuthClient();
			get(auth.userAdd(bytes("root"), bytes(PASSWORD)));
			get(auth.userGrantRole(bytes("root"), bytes("root")));
			get(auth.authEnable());
		});
	}

	private static void put(ConfigurableApplicationContext context, String name) throws Exception {
		put(context.getBean(name, Client.class));
	}

	private static void put(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
	}

	private void scanActuator(ConfigurableApplicationContext context) throws Exception {
		HttpClient http = HttpClient.newHttpClient();
		List<String> paths = new ArrayList<>(PATHS);
		for (String name : List.of("etcd.relation.client-key-password", "etcd.relation.client.password",
				"ETCD_RELATIONS_AUDIT_CLIENTKEY", "JAVA_TOOL_OPTIONS", "spring.application.json")) {
			paths.add("env/" + name);
		}
		for (String path : paths) {
			URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
					+ "/actuator/" + path);
			HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(path).isEqualTo(200);
			scan(path, response.body());
			if (path.startsWith("env")) {
				assertThat(response.body()).as(path).contains("\"******\"");
			}
		}
	}

	private void scanBeans(ConfigurableApplicationContext context) {
		for (String name : context.getBeanDefinitionNames()) {
			Object bean = context.getBean(name);
			if (bean.getClass().getName().contains("etcd")) {
				scan("bean " + name, bean.toString());
			}
		}
		EtcdRelation relation = context.getBean("etcdRelation", EtcdRelation.class);
		scan("the credentials", String.valueOf(relation.getClientCredentials()));
	}

	private void scan(String where, Throwable failure) {
		assertThat(failure).as(where).isNotNull();
		StringWriter stackTrace = new StringWriter();
		failure.printStackTrace(new PrintWriter(stackTrace));
		scan(where, stackTrace.toString());
	}

	private void scan(String where, String text) {
		this.found.addAll(this.secrets.find(where, text));
	}

	private ConfigurableApplicationContext start(Map<String, Object> properties, Map<String, Object> variables) {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setBannerMode(Banner.Mode.OFF);
		application.setDefaultProperties(Map.of("server.port", "0", "management.endpoints.web.exposure.include", "*",
				"management.endpoint.env.show-values", "always", "management.endpoint.configprops.show-values",
				"always", "management.endpoint.health.show-details", "always", "management.info.etcd.enabled", "true"));
		application.addListeners((ApplicationListener<ApplicationEvent>) (event) -> {
			scan(event.getClass().getSimpleName(), event.toString());
			if (event instanceof EtcdRotationFailedEvent failed) {
				this.failures.add(failed);
			}
		});
		application.addInitializers((context) -> {
			MutablePropertySources sources = context.getEnvironment().getPropertySources();
			String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
			sources.replace(name, new SystemEnvironmentPropertySource(name, Map.copyOf(variables)));
			sources.addLast(new MapPropertySource("properties of the test", Map.copyOf(properties)));
		});
		return application.run();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
