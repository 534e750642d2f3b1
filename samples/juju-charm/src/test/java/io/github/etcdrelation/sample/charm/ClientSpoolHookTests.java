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

package io.github.etcdrelation.sample.charm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.sample.charm.FakeJuju.Run;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the hooks that request and mirror relations of the interface
 * {@code etcd_client}.
 */
@EnabledOnOs(OS.LINUX)
class ClientSpoolHookTests {

	private static final String ID = "etcd-client:5";

	private static final String CERTIFICATE = pem("CERTIFICATE", "Zmlyc3Q=");

	private static final String RENEWED = pem("CERTIFICATE", "cmVuZXdlZA==");

	private static final String KEY = pem("PRIVATE KEY", FakeJuju.SECRET);

	private static final String CA = pem("CERTIFICATE", "Y2E=");

	private static final String ANSWER = """
			{"endpoints":"10.0.0.1:2379,10.0.0.2:2379","version":"3.6.13","prefix":"/orders/",\
			"secret-user":"secret:user0","secret-tls":"secret:tls0","data":"{\\"secret-mtls\\": \\"secret:own0\\"}"}
			""";

	@TempDir
	private Path directory;

	private FakeJuju juju;

	@BeforeEach
	void setUp() throws Exception {
		this.juju = new FakeJuju(this.directory);
		this.juju.write("leader", "");
		this.juju.write("config-client-credentials", "secret:mine0\n");
		this.juju.secret("mine0", Map.of("certificate", CERTIFICATE, "private-key", KEY));
		this.juju.secret("user0", Map.of("username", "orders", "uris", "https://10.0.0.1:2379,https://10.0.0.2:2379"));
		this.juju.secret("tls0", Map.of("tls", "true", "tls-ca", CA));
	}

	@Test
	void leaderRequestsPrefixWithCertificate() throws Exception {
		related();
		assertThat(JsonPath.parse(this.juju.read("bag-" + ID + "-orders")).<Map<String, String>>read("$")).containsOnly(
				Map.entry("requested-secrets", "[\"username\", \"uris\", \"tls\", \"tls-ca\"]"),
				Map.entry("provided-secrets", "[\"mtls-cert\"]"), Map.entry("secret-mtls", "secret:own0"),
				Map.entry("prefix", "/orders/"));
		assertThat(this.juju.read("secret-own0/mtls-cert").strip()).isEqualTo(CERTIFICATE.strip());
		assertThat(this.juju.calls())
			.contains("secret-add [--label] [etcd-client.5.mtls.secret] [--owner] [application]")
			.contains("secret-grant [secret:own0] [--relation] [etcd-client:5]");
	}

	@Test
	void prefixIsConfigurable() throws Exception {
		this.juju.write("config-etcd-prefix", "/shop/orders/\n");
		related();
		assertThat(this.juju.read("bag-" + ID + "-orders")).contains("\"prefix\":\"/shop/orders/\"");
		assertThat(content()).extracting("own").extracting("prefix").isEqualTo("/shop/orders/");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a b/", "/\"/", "/$(x)/", "/\u00e9/" })
	void oddPrefixIsRefused(String prefix) throws Exception {
		this.juju.write("config-etcd-prefix", prefix + "\n");
		this.juju.clientRelation(ID, "charmed-etcd");
		Run run = this.juju.hook("config-changed");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("refused: etcd-prefix is");
	}

	@Test
	void nothingIsRequestedTwice() throws Exception {
		related();
		this.juju.clearCalls();
		succeeds(this.juju.hook("update-status"));
		assertThat(this.juju.calls()).doesNotContain("secret-add", "secret-set", "relation-set");
	}

	@Test
	void renewedCertificateIsPublished() throws Exception {
		related();
		this.juju.secret("mine0", Map.of("certificate", RENEWED));
		succeeds(this.juju.hook("secret-changed"));
		assertThat(this.juju.read("secret-own0/mtls-cert").strip()).isEqualTo(RENEWED.strip());
		assertThat(this.juju.calls()).containsOnlyOnce("secret-add").containsOnlyOnce("relation-set");
		assertThat(content()).extracting("own").extracting("client_cert").isEqualTo(RENEWED);
	}

	@Test
	void changedPrefixIsRequested() throws Exception {
		related();
		answered(ANSWER);
		this.juju.write("config-etcd-prefix", "/shop/\n");
		this.juju.clearCalls();
		succeeds(this.juju.hook("config-changed"));
		assertThat(JsonPath.parse(this.juju.read("bag-" + ID + "-orders")).<Map<String, String>>read("$"))
			.containsEntry("prefix", "/shop/")
			.containsEntry("secret-mtls", "secret:own0");
		assertThat(this.juju.calls()).containsOnlyOnce("relation-set [-r] [etcd-client:5] [--app] [prefix=/shop/]")
			.doesNotContain("secret-add", "secret-set");
		assertThat(content()).extracting("own").extracting("prefix").isEqualTo("/shop/");
		this.juju.clearCalls();
		succeeds(this.juju.hook("update-status"));
		assertThat(this.juju.calls()).doesNotContain("relation-set");
	}

	@Test
	void othersRequestNothing() throws Exception {
		this.juju.delete("leader");
		related();
		assertThat(this.juju.exists("bag-" + ID + "-orders")).isFalse();
		assertThat(this.juju.calls()).doesNotContain("[orders]", "secret-add");
		answered(ANSWER);
		assertThat(data().states()).containsExactlyInAnyOrder(RelationState.values());
	}

	@Test
	void withoutCredentialsTheRemedyIsTheStatus() throws Exception {
		this.juju.delete("config-client-credentials");
		related();
		assertThat(this.juju.exists("bag-" + ID + "-orders")).isFalse();
		assertThat(this.juju.calls()).contains("status-set [blocked] [set client-credentials to a secret with");
		assertThat(content()).isEmpty();
	}

	@Test
	void credentialsThatAreNotGrantedAreWaitedFor() throws Exception {
		this.juju.write("denied-mine0", "");
		this.juju.clientRelation(ID, "charmed-etcd");
		Run run = this.juju.hook("config-changed");
		succeeds(run);
		assertThat(run.output()).contains("cannot read the secret secret:mine0 yet");
		this.juju.delete("denied-mine0");
		succeeds(this.juju.hook("secret-changed"));
		assertThat(content()).containsKey("own");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n",
					"a \"quoted\" text", "{}", "\"", "YQ==\\" })
	void certificateThatIsNoneIsRefused(String certificate) throws Exception {
		this.juju.secret("mine0", Map.of("certificate", certificate));
		this.juju.clientRelation(ID, "charmed-etcd");
		Run run = this.juju.hook("config-changed");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("refused: certificate of the secret client-credentials")
			.doesNotContain("quoted")
			.doesNotContain("YQ==");
	}

	@Test
	void answerIsOneFileWithItsSecrets() throws Exception {
		related();
		assertThat(this.juju.calls()).endsWith("status-set [waiting] [waiting for units of etcd]\n");
		answered(ANSWER);
		Map<String, Object> expected = new LinkedHashMap<>(JsonPath.parse(ANSWER).<Map<String, Object>>read("$"));
		expected.put("secret-user",
				Map.of("username", "orders", "uris", "https://10.0.0.1:2379,https://10.0.0.2:2379"));
		expected.put("secret-tls", Map.of("tls", "true", "tls-ca", CA.strip()));
		expected.put("own", Map.of("client_cert", CERTIFICATE, "client_key", KEY, "prefix", "/orders/"));
		assertThat(content()).isEqualTo(expected);
		assertThat(this.juju.content()).containsExactly("rw------- etcd-client:5/charmed-etcd.json",
				"rwx------ etcd-client:5", "rwx------ spool");
		assertThat(this.juju.calls()).endsWith("status-set [active]\n");
	}

	@Test
	void applicationReadsTheAnswer() throws Exception {
		related();
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
		answered(ANSWER);
		RelationSnapshot data = data();
		assertThat(data.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(data.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(data.connectionString()).isEqualTo("https://10.0.0.1:2379,https://10.0.0.2:2379");
		assertThat(data.account().username()).isEqualTo("orders");
		assertThat(data.credentials().clientCa()).isEqualTo(CA.strip());
		assertThat(data.credentials().clientKey()).isEqualTo(KEY);
	}

	@Test
	void secretThatIsNotGrantedYetIsWaitedFor() throws Exception {
		related();
		this.juju.write("denied-tls0", "");
		this.juju.applicationDatabag(ID, "charmed-etcd", ANSWER);
		Run run = this.juju.hook("etcd-client-relation-changed");
		succeeds(run);
		assertThat(run.output()).contains("cannot read the secret secret:tls0 yet");
		assertThat(content()).containsKey("secret-user").doesNotContainKey("secret-tls");
		this.juju.delete("denied-tls0");
		succeeds(this.juju.hook("secret-changed"));
		assertThat(content()).extracting("secret-tls").extracting("tls-ca").isEqualTo(CA.strip());
	}

	@Test
	void revisedSecretIsMirrored() throws Exception {
		related();
		answered(ANSWER);
		this.juju.secret("tls0", Map.of("tls-ca", CA + RENEWED));
		succeeds(this.juju.hook("secret-changed"));
		assertThat(content()).extracting("secret-tls").extracting("tls-ca").isEqualTo((CA + RENEWED).strip());
	}

	@Test
	void refusalIsTheStatus() throws Exception {
		related();
		answered(
				"{\"status\":\"[{\\\"code\\\": 4001, \\\"message\\\": \\\"in use\\\", \\\"resolution\\\": \\\"-\\\"}]\"}\n");
		assertThat(this.juju.calls())
			.contains("status-set [blocked] [charmed-etcd refuses the request, see the health");
		assertThat(content()).containsKey("status");
		answered("{\"status\":\"[]\"}\n");
		assertThat(this.juju.calls()).endsWith("status-set [waiting] [waiting for units of etcd]\n");
	}

	@Test
	void brokenRelationRemovesItsFile() throws Exception {
		related();
		answered(ANSWER);
		succeeds(this.juju.hook("etcd-client-relation-broken", "JUJU_RELATION_ID=" + ID));
		assertThat(this.juju.content()).containsExactly("rwx------ spool");
	}

	@Test
	void failingToolChangesNothing() throws Exception {
		related();
		answered(ANSWER);
		Map<String, Object> before = content();
		this.juju.delete("bag-" + ID + "-charmed-etcd");
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("cannot get what charmed-etcd of etcd-client:5 publishes");
		assertThat(content()).isEqualTo(before);
		assertThat(this.juju.spool().resolve(".staging")).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(strings = { "../x", "a/0", "-r", "Etcd", "etcd 1", "etcd-" })
	void oddApplicationIsRefused(String application) throws Exception {
		related();
		this.juju.write("app-" + ID, application + "\n");
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("refused: '" + application + "' is not the name of an application");
	}

	@Test
	void oddUriIsRefused() throws Exception {
		related();
		this.juju.applicationDatabag(ID, "charmed-etcd", ANSWER.replace("secret:user0", "secret:--file=/etc/passwd"));
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("is not the URI of a secret");
	}

	@Test
	void nothingSecretIsShown() throws Exception {
		this.juju.clientRelation(ID, "charmed-etcd");
		this.juju.applicationDatabag(ID, "charmed-etcd", ANSWER);
		Run run = this.juju.start(FakeJuju.traced(), "update-status").await();
		succeeds(run);
		assertThat(run.output()).contains("+ secret-add").doesNotContain(FakeJuju.SECRET).doesNotContain("-----BEGIN");
		assertThat(this.juju.calls()).contains("  600 mtls-cert")
			.doesNotContain(FakeJuju.SECRET)
			.doesNotContain("-----BEGIN");
	}

	private void related() throws Exception {
		this.juju.clientRelation(ID, "charmed-etcd");
		succeeds(this.juju.hook("etcd-client-relation-created", "JUJU_RELATION_ID=" + ID));
	}

	private void answered(String databag) throws Exception {
		this.juju.applicationDatabag(ID, "charmed-etcd", databag);
		succeeds(this.juju.hook("etcd-client-relation-changed", "JUJU_RELATION_ID=" + ID));
	}

	private Map<String, Object> content() throws Exception {
		return JsonPath.parse(Files.readString(this.juju.spool().resolve(ID + "/charmed-etcd.json"))).read("$");
	}

	private RelationSnapshot data() {
		return RelationSnapshot.derive(this.juju.view(), null);
	}

	private static void succeeds(Run run) {
		assertThat(run.status()).as(run.output()).isZero();
	}

	private static String pem(String type, String content) {
		return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, content);
	}

}
