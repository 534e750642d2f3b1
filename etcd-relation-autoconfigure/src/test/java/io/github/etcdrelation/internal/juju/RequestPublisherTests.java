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

package io.github.etcdrelation.internal.juju;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.juju.FakeJuju.Relation;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.PemFixtures;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link RequestPublisher} and {@link OwnRequests} below a
 * {@link JujuRelationSource} with executables.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class RequestPublisherTests {

	private static final String ID = "etcd-client:1";

	@TempDir
	private Path directory;

	private FakeJuju juju;

	private Map<String, String> own = Map.of();

	private JujuRelationSource source;

	@BeforeEach
	void setUp() throws IOException {
		this.juju = new FakeJuju(this.directory, "etcd-client");
		this.source = source();
	}

	private JujuRelationSource source() {
		return new JujuRelationSource(this.juju.getEndpoint(), null, () -> this.own);
	}

	private RelationView read() {
		return this.juju.run(this.source::read);
	}

	private void bring() {
		this.own = OwnDataFixtures.create("/my/app/");
	}

	@Test
	void leaderPublishesRequest() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		RelationView view = read();
		String uri = relation.own.get("secret-mtls");
		assertThat(relation.own).containsExactlyInAnyOrderEntriesOf(Map.of("requested-secrets",
				"[\"username\", \"password\", \"tls\", \"tls-ca\", \"uris\", \"read-only-uris\", \"entity-name\", "
						+ "\"entity-password\"]",
				"provided-secrets", "[\"mtls-cert\"]", "secret-mtls", uri, "prefix", "/my/app/"));
		assertThat(this.juju.getSecret(uri)).satisfies((secret) -> {
			assertThat(secret.label).isEqualTo("etcd-client.1.mtls.secret");
			assertThat(secret.granted).containsExactly(ID);
			assertThat(secret.content).isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
		});
		assertThat(this.juju.getWrites()).containsExactly("secret-add", "secret-grant", "relation-set");
		assertThat(view.getOwnData()).isEqualTo(this.own);
		assertThat(RelationSnapshot.derive(view).is(RelationState.CONNECTED)).isTrue();
		assertThat(this.source.describeMissing()).isNull();
	}

	@Test
	void whatIsPublishedHasNoKey() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		String certificate = this.own.get("client_cert");
		this.own = Map.of("client_cert", this.own.get("client_key") + certificate, "prefix", "/my/app/");
		read();
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", certificate));
		assertNoSecretLeaked("PRIVATE KEY");
	}

	@Test
	void valuesReachToolsThroughPrivateFilesOnly(CapturedOutput output) {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		ToolCall add = call("secret-add");
		assertThat(add.modes.lines()).hasSize(2)
			.allMatch((line) -> line.startsWith("-rw-------") || line.startsWith("drwx------"));
		assertNoFileIsLeft();
		assertThat(add.arguments).hasSize(6).last().asString().startsWith("mtls-cert#file=");
		assertNoSecretLeaked("BEGIN CERTIFICATE", body(this.own.get("client_cert")), body(this.own.get("client_key")));
		this.juju.relate("etcd-client:2", "etcd");
		this.juju.fail("secret-add", "ERROR " + this.own.get("client_cert").replace("\n", ""));
		read();
		assertThat(this.source.describeMissing()).doesNotContain("BEGIN", body(this.own.get("client_cert")));
		assertThat(output).doesNotContain("BEGIN", body(this.own.get("client_cert")));
		assertThat(call("secret-add").failed).isTrue();
		assertNoFileIsLeft();
	}

	@Test
	void publishesNothingTwice() {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		this.source = source();
		read();
		assertThat(this.juju.getWrites()).isEmpty();
	}

	@Test
	void publishesInEveryRelation() {
		Relation first = this.juju.relate(ID, "etcd");
		Relation second = this.juju.relate("etcd-client:12", "other");
		bring();
		read();
		assertThat(List.of(first, second)).allSatisfy((relation) -> assertThat(relation.own).hasSize(4));
		assertThat(first.own.get("secret-mtls")).isNotEqualTo(second.own.get("secret-mtls"));
	}

	@Test
	void whenNotLeaderWritesNothingAndReadsNothingOfLeaders() {
		Relation relation = this.juju.relate(ID, "etcd");
		this.juju.setLeader(false);
		bring();
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.juju.countCalls())
			.isEqualTo(Map.of("relation-ids", 1L, "relation-list", 2L, "relation-get", 1L, "is-leader", 1L));
		this.juju.setLeader(true);
		read();
		assertThat(relation.own).hasSize(4);
	}

	@Test
	void whenCertificateOrPrefixIsNotGivenPublishesNothing() {
		this.juju.relate(ID, "etcd");
		bring();
		String certificate = this.own.get("client_cert");
		this.own = Map.of("client_cert", certificate);
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.juju.countCalls()).doesNotContainKey("is-leader");
		this.own = Map.of("prefix", "/my/app/");
		read();
		assertThat(this.juju.countCalls()).doesNotContainKey("is-leader");
	}

	@Test
	void whenCharmRequestsDoesNotTouchIt() {
		Relation relation = this.juju.relate(ID, "etcd");
		relation.own.putAll(Map.of("version", "v1", "requests", "[{\"resource\":\"/my/app/\"}]"));
		bring();
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).isNull();
	}

	@Test
	void whenCharmRequestsInSameFormUpdatesItsSecret() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		this.juju.addOwnSecret("secret:charms", "etcd-client.1.mtls.secret", Map.of("mtls-cert", "other"));
		relation.own.putAll(Map.of("requested-secrets", "[\"username\",\"uris\",\"tls\",\"tls-ca\"]",
				"provided-secrets", "[\"mtls-cert\"]", "secret-mtls", "secret:charms", "prefix", "/my/app/"));
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-set");
		assertThat(relation.own).containsEntry("secret-mtls", "secret:charms")
			.containsEntry("requested-secrets", "[\"username\",\"uris\",\"tls\",\"tls-ca\"]");
	}

	@Test
	void whenPublishedCertificateOnlyHasOtherLineEndsDoesNotPublishIt() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		this.juju.getSecret(relation.own.get("secret-mtls")).content = Map.of("mtls-cert",
				this.own.get("client_cert").replace("\n", "\r\n").strip());
		read();
		assertThat(this.juju.getWrites()).isEmpty();
	}

	@Test
	void renewedCertificateIsPublishedBeforeItIsUsed() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		Map<String, String> former = this.own;
		String uri = relation.own.get("secret-mtls");
		bring();
		this.juju.fail("secret-set", "ERROR the controller is away");
		assertThat(read().getOwnData()).isEqualTo(former);
		assertThat(this.source.describeMissing())
			.isEqualTo("the own client certificate cannot be published in relation "
					+ "etcd-client:1: juju.enabled is true, but the hook tool secret-set failed with exit code 1: "
					+ "ERROR the controller is away");
		this.juju.fail("secret-set", null);
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.juju.getWrites()).containsExactly("secret-set");
		assertThat(this.juju.getSecret(uri).content).isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
		assertThat(this.juju.getSecret(uri).revisions).isEqualTo(2);
		assertThat(this.source.describeMissing()).contains("it is connected but has no user of etcd");
	}

	@Test
	void renewedCertificateThatFailingRelationLacksIsUsed() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		Relation failing = this.juju.relate("etcd-client:2", "other");
		answer(this.juju.relate("etcd-client:3", "third", "third/0"));
		bring();
		read();
		bring();
		this.juju.fail("secret-set " + failing.own.get("secret-mtls") + " mtls-cert#file", "ERROR conflict");
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.source.describeMissing()).contains("cannot be published in relation etcd-client:2")
			.doesNotContain("etcd-client:1", "etcd-client:3");
		assertThat(read().getOwnData()).isEqualTo(this.own);
	}

	@Test
	void renewedCertificateIsUsedBesideRelationToAnotherModel() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.relate("etcd-client:2", "other").remote.put("encryption-secret", "secret:encryption");
		bring();
		read();
		bring();
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.source.describeMissing()).contains("relation etcd-client:2", "another model");
	}

	@Test
	void renewedCertificateThatNoRelationWithAnswerHasIsNotUsed() {
		Relation answering = this.juju.relate(ID, "etcd", "etcd/0");
		answer(answering);
		Relation silent = this.juju.relate("etcd-client:2", "other");
		bring();
		read();
		Map<String, String> former = this.own;
		bring();
		this.juju.fail("secret-set " + answering.own.get("secret-mtls") + " mtls-cert#file", "ERROR conflict");
		assertThat(read().getOwnData()).isEqualTo(former);
		assertThat(this.juju.getSecret(silent.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
	}

	@Test
	void renewedCertificateThatProviderWouldRefuseIsNotPublishedButReachesWhoRefusesIt() {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		Map<String, String> former = this.own;
		X509Bundle refused = PemFixtures.unconstrained();
		this.own = Map.of("client_cert", refused.getCertificatePEM(), "client_key", refused.getPrivateKeyPEM(),
				"prefix", "/my/app/");
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).startsWith("the own client certificate cannot be published: "
				+ "client-cert holds a certificate (CN=client) without the extension BasicConstraints");
		bring();
		this.juju.fail("secret-set", "ERROR the controller is away");
		assertThat(read().getOwnData()).isEqualTo(former);
	}

	@Test
	void renewedCertificateIsReportedOnce(CapturedOutput output) {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		bring();
		this.juju.fail("secret-set", "ERROR the controller is away");
		read();
		read();
		assertThat(output.toString().split("cannot be published in relation", -1)).hasSize(2);
	}

	@Test
	void prefixIsUpdated() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		TreeMap<String, String> other = new TreeMap<>(this.own);
		other.put("prefix", "/other/");
		this.own = other;
		read();
		assertThat(this.juju.getWrites()).containsExactly("relation-set");
		assertThat(call("relation-set").input).isEqualTo("{\"prefix\":\"/other/\"}");
		assertThat(relation.own).containsEntry("prefix", "/other/");
	}

	@Test
	void whenLeadershipIsLostBetweenCheckAndWriteReportsItAndTriesAgain(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		this.juju.fail("relation-set", "ERROR cannot write relation settings");
		assertThat(RelationSnapshot.derive(read()).is(RelationState.CONNECTED)).isTrue();
		assertThat(this.source.describeMissing()).contains("cannot be published in relation etcd-client:1",
				"ERROR cannot write relation settings");
		assertThat(output).contains("Relation 'etcd-client': the own client certificate cannot be published");
		assertThat(relation.own).isEmpty();
		this.juju.fail("relation-set", null);
		read();
		assertThat(relation.own).hasSize(4);
		// The secret of the first attempt is found by its label
		assertThat(this.juju.getWrites()).containsExactly("secret-add", "secret-set", "secret-grant", "relation-set");
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).revisions).isEqualTo(2);
	}

	@Test
	void whenLeadershipIsNotKnownWritesNothing() {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		Map<String, String> former = this.own;
		bring();
		this.juju.fail("is-leader", "ERROR timeout");
		assertThat(read().getOwnData()).isEqualTo(former);
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).startsWith("it is not known whether this unit is the leader: ")
			.contains("ERROR timeout");
	}

	@Test
	void whenSecretWasRemovedAddsAnother() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		relation.own.put("secret-mtls", "secret:gone");
		this.juju.fail("secret-get", "ERROR secret \"gone\" not found");
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-add", "secret-grant", "relation-set");
		assertThat(relation.own.get("secret-mtls")).startsWith("secret:new");
	}

	@Test
	void whenCertificateCannotBeReadPublishesNothing() {
		this.juju.relate(ID, "etcd");
		this.own = Map.of("client_cert", "no certificate", "prefix", "/my/app/");
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).contains("client-cert is not PEM").doesNotContain("no certificate");
	}

	@Test
	void whenUnitIsNotKnownReportsIt() {
		this.juju.relate(ID, "etcd");
		this.juju.setVariable("JUJU_UNIT_NAME", "");
		bring();
		read();
		assertThat(this.source.describeMissing()).contains("JUJU_UNIT_NAME does not name a unit");
		assertThat(this.juju.getWrites()).isEmpty();
	}

	private void answer(Relation relation) {
		String user = "secret:user-of-" + relation.application;
		String tls = "secret:tls-of-" + relation.application;
		relation.remote
			.putAll(Map.of("endpoints", "10.0.0.1:2379", "secret-user", user, "secret-tls", tls, "prefix", "/my/app/"));
		this.juju.setSecret(user, Map.of("username", "client", "uris", "https://10.0.0.1:2379"));
		this.juju.setSecret(tls, Map.of("tls", "True", "tls-ca", "the authority"));
	}

	private ToolCall call(String tool) {
		return this.juju.getCalls()
			.stream()
			.filter((call) -> call.arguments.get(0).equals(tool))
			.findFirst()
			.orElseThrow();
	}

	private static String body(String pem) {
		return pem.lines().skip(1).findFirst().orElseThrow();
	}

	private void assertNoSecretLeaked(String... parts) {
		assertThat(this.juju.getCalls()).isNotEmpty()
			.allSatisfy((call) -> assertThat(call.arguments + call.environment).doesNotContain(parts));
	}

	private void assertNoFileIsLeft() {
		List<Path> files = this.juju.getCalls()
			.stream()
			.flatMap((call) -> call.arguments.stream())
			.filter((argument) -> argument.contains("#file="))
			.map((argument) -> Path.of(argument.substring(argument.indexOf('=') + 1)))
			.toList();
		assertThat(files).isNotEmpty()
			.allSatisfy((file) -> assertThat(file).doesNotExist())
			.allSatisfy((file) -> assertThat(file.getParent()).doesNotExist());
	}

}
