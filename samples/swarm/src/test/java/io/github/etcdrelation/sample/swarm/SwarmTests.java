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

package io.github.etcdrelation.sample.swarm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.test.LocalEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SwarmApplication}.
 */
class SwarmTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "http://a:2379|etcd://a:2379", "https://a:2379|etcd://a:2379",
					"https://a:2379,https://b:2379|etcd://a:2379,etcd://b:2379",
					"http://https.example:2379|etcd://https.example:2379",
					"https://[fd00::1]:2379/, HTTPS://b:2379|etcd://[fd00::1]:2379,etcd://b:2379" })
	void schemeIsEtcd(String connectionString, String expected) {
		assertThat(ComposeFile.discovery(connectionString)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:2379", "https://a:2379' x", "https://a:2379\nservices:", "ftp://a", "https://" })
	void whatIsNoEndpointIsRefused(String connectionString) {
		assertThatIllegalStateException().isThrownBy(() -> ComposeFile.discovery(connectionString));
	}

	@Test
	void plainText() throws Exception {
		try (ConfigurableApplicationContext application = run((context) -> {
		}, "--etcd.relation.connection-string=http://a:2379,http://b:2379")) {
			assertThat(swarm()).doesNotContainKey("volumes");
			assertThat(command()).containsExactly("join", "--advertise=${SWARM_ADVERTISE:?address of this node}",
					"etcd://a:2379,etcd://b:2379");
			assertThat(files()).containsExactly("docker-compose.yml");
		}
	}

	@Test
	void tls() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build()) {
			ClientCredentials credentials = etcd.getClientCredentials();
			try (ConfigurableApplicationContext application = run((context) -> {
			}, "--etcd.relation.connection-string=https://a:2379,https://b:2379",
					"--etcd.relation.client-cert=" + credentials.clientCert(),
					"--etcd.relation.client-key=" + credentials.clientKey(),
					"--etcd.relation.client-ca=" + credentials.clientCa())) {
				assertTls(credentials);
				assertThat(command()).endsWith("etcd://a:2379,etcd://b:2379");
			}
		}
	}

	@Test
	void withoutRelationNothingIsWritten() throws Exception {
		try (ConfigurableApplicationContext application = run((context) -> {
		})) {
			assertThat(files()).isEmpty();
		}
	}

	@Test
	void followsTheRelation() throws Exception {
		ChangingSource source = new ChangingSource();
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build();
				ConfigurableApplicationContext application = run(source)) {
			assertThat(files()).isEmpty();
			EtcdRelations relations = application.getBean(EtcdRelations.class);
			source.databag = Map.of("connection_string", "http://a:2379");
			relations.refresh("etcd");
			assertThat(command()).endsWith("etcd://a:2379");
			source.databag = databag("https://a:2379,https://b:2379", etcd.getClientCredentials());
			relations.refresh("etcd");
			assertTls(etcd.getClientCredentials());
			assertThat(command()).endsWith("etcd://a:2379,etcd://b:2379");
			source.databag = Map.of();
			relations.refresh("etcd");
			assertThat(command()).as("stays").endsWith("etcd://a:2379,etcd://b:2379");
		}
	}

	private void assertTls(ClientCredentials credentials) throws Exception {
		assertThat(files()).containsExactly("docker-compose.yml", "tls/client-ca.pem", "tls/client-cert.pem",
				"tls/client-key.pem");
		Path tls = this.directory.resolve("tls");
		assertThat(tls.resolve("client-ca.pem")).hasContent(credentials.clientCa());
		assertThat(tls.resolve("client-cert.pem")).hasContent(credentials.clientCert());
		assertThat(tls.resolve("client-key.pem")).hasContent(credentials.clientKey());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve("client-key.pem"))))
			.isEqualTo("rw-------");
		assertThat(swarm().get("volumes")).isEqualTo(List
			.of(Map.of("type", "bind", "source", tls.toString(), "target", "/etc/etcd-tls", "read_only", true)));
		assertThat(command()).contains("--discovery-opt=kv.cacertfile=/etc/etcd-tls/client-ca.pem",
				"--discovery-opt=kv.certfile=/etc/etcd-tls/client-cert.pem",
				"--discovery-opt=kv.keyfile=/etc/etcd-tls/client-key.pem");
		assertThat(this.directory.resolve("docker-compose.yml")).content().doesNotContain("@").doesNotContain("# tls");
	}

	private static Map<String, String> databag(String connectionString, ClientCredentials credentials) {
		Map<String, String> databag = new HashMap<>();
		databag.put("connection_string", connectionString);
		databag.put("client_cert", credentials.clientCert());
		databag.put("client_key", credentials.clientKey());
		databag.put("client_ca", credentials.clientCa());
		return databag;
	}

	private ConfigurableApplicationContext run(ApplicationContextInitializer<GenericApplicationContext> initializer,
			String... arguments) {
		return new SpringApplicationBuilder(SwarmApplication.class).initializers(initializer)
			.run(Stream
				.concat(Stream.of("--swarm.directory=" + this.directory, "--spring.main.keep-alive=false"),
						Stream.of(arguments))
				.toArray(String[]::new));
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> swarm() throws Exception {
		Map<String, Map<String, Map<String, Object>>> compose = new Yaml()
			.load(Files.readString(this.directory.resolve("docker-compose.yml")));
		return compose.get("services").get("swarm");
	}

	@SuppressWarnings("unchecked")
	private List<String> command() throws Exception {
		return (List<String>) swarm().get("command");
	}

	private List<String> files() throws Exception {
		try (Stream<Path> files = Files.walk(this.directory)) {
			return files.filter(Files::isRegularFile)
				.map((file) -> this.directory.relativize(file).toString())
				.sorted()
				.toList();
		}
	}

	static class ChangingSource implements RelationSource, ApplicationContextInitializer<GenericApplicationContext> {

		private volatile Map<String, String> databag = Map.of();

		@Override
		public void initialize(GenericApplicationContext context) {
			context.registerBean(RelationSource.class, () -> this);
		}

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			return RelationView.of("etcd:0", "etcd/0", this.databag);
		}

	}

}
