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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.juju.MemoryJuju.Relation;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.PemFixtures;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link RequestPublisher} and {@link OwnRequests} below a
 * {@link JujuRelationSource} with executables.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class RequestPublisherTests extends JujuSourceFixture {

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
		assertThat(RelationSnapshot.derive(view, null).is(RelationState.CONNECTED)).isTrue();
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
		this.source = source(null);
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
	void whenPrefixIsNotGivenAndNobodyRequestsSaysSo(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd");
		bringWithoutPrefix();
		read();
		assertThat(this.source.describeMissing()).isEqualTo("nothing is requested, for 'prefix' is not set");
		assertThat(this.juju.getWrites()).isEmpty();
		// The charm may request it later
		assertThat(output).doesNotContain("nothing is requested");
		relation.own.putAll(Map.of("prefix", "/of/charm/", "secret-mtls", "secret:ofcharm"));
		read();
		assertThat(this.source.describeMissing()).doesNotContain("nothing is requested");
	}

	@Test
	void whenPrefixIsNotGivenAndRelationIsAnsweredNeedsNoMoreTools() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.relate("etcd-client:2", "other");
		bringWithoutPrefix();
		read();
		assertThat(this.source.describeMissing()).isNull();
		assertThat(this.juju.countCalls()).doesNotContainKey("is-leader");
	}

	@Test
	void whenPrefixIsNotGivenOnlyLeaderSaysSo() {
		this.juju.relate(ID, "etcd");
		this.juju.setLeader(false);
		bringWithoutPrefix();
		read();
		assertThat(this.source.describeMissing()).isNull();
		this.juju.fail("is-leader", "ERROR timeout");
		read();
		assertThat(this.source.describeMissing()).isNull();
	}

	private void bringWithoutPrefix() {
		bring();
		this.own = Map.of("client_cert", this.own.get("client_cert"), "client_key", this.own.get("client_key"));
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
		passMinute();
		read();
		assertThat(this.juju.countCalls()).containsEntry("secret-get", 1L);
		assertThat(this.juju.getWrites()).isEmpty();
	}

	@Test
	void whenPublishedCertificateOnlyHasTextAroundItDoesNotPublishIt() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		this.juju.getSecret(relation.own.get("secret-mtls")).content = Map.of("mtls-cert", this.own.get("client_cert")
			.replace("-----BEGIN", "Bag Attributes\r\n    friendlyName: client\r\n-----BEGIN"));
		passMinute();
		read();
		assertThat(this.juju.countCalls()).containsEntry("secret-get", 1L);
		assertThat(this.juju.getWrites()).isEmpty();
	}

	@Test
	void whenPublishedCertificateHasKeyBesideItPublishesIt() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		String uri = relation.own.get("secret-mtls");
		this.juju.getSecret(uri).content = Map.of("mtls-cert",
				this.own.get("client_cert") + this.own.get("client_key"));
		passMinute();
		read();
		assertThat(this.juju.getSecret(uri).content).isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
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
	void pairThatDoesNotMatchIsNotPublishedButReachesWhoRefusesIt(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		String published = this.own.get("client_cert");
		this.own = Map.of("client_cert", OwnDataFixtures.create("/my/app/").get("client_cert"), "client_key",
				this.own.get("client_key"), "prefix", "/my/app/");
		assertThat(read().getOwnData()).isEqualTo(this.own);
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", published));
		assertThat(this.source.describeMissing()).isEqualTo("the own client certificate cannot be published: "
				+ "client-key does not belong to the certificate in client-cert");
		// Who refuses it logs it
		assertThat(output).doesNotContain("cannot be published");
	}

	@Test
	void certificateWithoutKeyIsNotPublished() {
		this.juju.relate(ID, "etcd");
		bring();
		this.own = Map.of("client_cert", this.own.get("client_cert"), "prefix", "/my/app/");
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).isEqualTo(
				"the own client certificate cannot be published: client-key is missing, but client-cert is given");
	}

	@Test
	void expiredCertificateIsNeitherPublishedNorUsed(CapturedOutput output) {
		this.juju.relate(ID, "etcd");
		bring();
		read();
		Map<String, String> former = this.own;
		this.own = OwnDataFixtures.create("client", "/my/app/", Duration.ofDays(-1));
		assertThat(read().getOwnData()).isEqualTo(former);
		assertThat(read().getOwnData()).isEqualTo(former);
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(output).containsOnlyOnce("Relation 'etcd-client': the own client certificate cannot be published: "
				+ "client-cert holds a certificate (CN=client) that expired at ");
	}

	@Test
	void certificateOfBundleIsRefusedByNameOfBundle() {
		this.juju.relate(ID, "etcd");
		this.own = new TreeMap<>(OwnDataFixtures.create("client", "/my/app/", Duration.ofDays(-1)));
		this.own.put("ssl_bundle", "orders");
		read();
		assertThat(this.source.describeMissing())
			.startsWith("the own client certificate cannot be published: ssl.bundle "
					+ "names an SSL bundle 'orders' that holds a certificate (CN=client) that expired at ");
	}

	@Test
	void certificateOfAnotherUserIsPublishedWithWarning(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		bring();
		read();
		assertThat(output).doesNotContain("another user");
		this.own = OwnDataFixtures.create("other", "/my/app/", Duration.ofDays(1));
		read();
		read();
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
		assertThat(output)
			.containsOnlyOnce("Relation 'etcd-client': the client certificate that is published in relation "
					+ "etcd-client:1 has the common name 'other', the former one had 'client': to etcd it is another user");
	}

	@Test
	void certificateOfTheKeyIsPublished() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		Map<String, String> chosen = this.own;
		bring();
		this.own = Map.of("client_cert", this.own.get("client_cert") + chosen.get("client_cert"), "client_key",
				chosen.get("client_key"), "prefix", "/my/app/");
		read();
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", chosen.get("client_cert")));
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
	void steadyStateReadsOnlyWhatOthersPublish() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		bring();
		read();
		for (int i = 0; i < 3; i++) {
			read();
			assertThat(this.juju.countCalls()).isEqualTo(Map.of("relation-ids", 1L, "relation-list", 1L, "relation-get",
					2L, "secret-get", 2L, "is-leader", 1L));
		}
	}

	@Test
	void whatOthersChangedIsPublishedAgainAfterMinute() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		relation.own.put("prefix", "/foreign/");
		this.juju.getSecret(relation.own.get("secret-mtls")).content = Map.of("mtls-cert", "foreign");
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		passMinute();
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-set", "relation-set");
		assertThat(relation.own).containsEntry("prefix", "/my/app/");
		read();
		assertThat(this.juju.countCalls()).doesNotContainKey("secret-get");
	}

	@Test
	void leadershipThatIsWonAgainPublishesAgain() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		this.juju.setLeader(false);
		read();
		relation.own.put("prefix", "/of/another/leader/");
		this.juju.setLeader(true);
		read();
		assertThat(relation.own).containsEntry("prefix", "/my/app/");
		this.juju.fail("is-leader", "ERROR timeout");
		read();
		relation.own.put("prefix", "/of/another/leader/");
		this.juju.fail("is-leader", null);
		read();
		assertThat(relation.own).containsEntry("prefix", "/my/app/");
	}

	@Test
	void failedPublicationIsTriedAgainAtOnce() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		bring();
		this.juju.fail("secret-set", "ERROR the controller is away");
		read();
		this.juju.fail("secret-set", null);
		read();
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls")).content)
			.isEqualTo(Map.of("mtls-cert", this.own.get("client_cert")));
	}

	@Test
	void relationThatIsCreatedAgainGetsRequestOfItsOwnAndFormerSecretIsRemoved() {
		String former = publish();
		this.juju.remove(ID);
		Relation again = this.juju.relate("etcd-client:2", "etcd");
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-add", "secret-grant", "relation-set",
				"secret-remove");
		assertThat(again.own).hasSize(4);
		assertThat(this.juju.getSecret(former)).isNull();
		assertThat(this.juju.getSecret(again.own.get("secret-mtls"))).isNotNull();
		read();
		assertThat(this.juju.getWrites()).isEmpty();
	}

	@Test
	void whenRelationHasEndedRemovesItsSecretOnce() {
		String uri = publish();
		this.juju.remove(ID);
		read();
		assertThat(this.juju.countCalls())
			.isEqualTo(Map.of("relation-ids", 1L, "is-leader", 1L, "secret-info-get", 1L, "secret-remove", 1L));
		assertThat(call("secret-remove").arguments).containsExactly("secret-remove", uri);
		read();
		assertThat(this.juju.countCalls()).isEqualTo(Map.of("relation-ids", 1L));
	}

	@Test
	void whenRelationEndsInRunningHookRemovesSecretThatAnotherProcessPublished() {
		String uri = publish();
		this.source = source(null);
		this.juju.breakUp(ID);
		this.juju.unlist(ID);
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-remove");
		assertThat(this.juju.getSecret(uri)).isNull();
		read();
		assertThat(this.juju.countCalls()).doesNotContainKeys("is-leader", "secret-info-get");
	}

	@Test
	void whenUnitIsRemovedFromRelationThatLivesOnRemovesNothing() {
		String uri = publish();
		this.juju.breakUp(ID);
		read();
		this.source = source(null);
		read();
		assertThat(this.juju.countCalls()).doesNotContainKeys("is-leader", "secret-info-get", "secret-remove",
				"relation-set");
		assertThat(this.juju.getSecret(uri).granted).containsExactly(ID);
	}

	@Test
	void whenUnitThatPublishedIsRemovedFromRelationThatLivesOnRemovesNothing() {
		String uri = publish();
		this.juju.breakUp(ID);
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.juju.getSecret(uri)).isNotNull();
		this.juju.unlist(ID);
		read();
		assertThat(this.juju.getSecret(uri)).isNull();
	}

	@Test
	void whenRelationOfAnotherEndpointEndsRemovesNothing() {
		publish();
		this.juju.setVariable("JUJU_HOOK_NAME", "other-relation-broken");
		this.juju.setVariable("JUJU_RELATION_ID", "other:7");
		read();
		assertThat(this.juju.countCalls()).doesNotContainKey("secret-info-get");
	}

	@Test
	void whenRelationHasEndedOnlyLeaderRemovesItsSecret() {
		String uri = publish();
		this.juju.setLeader(false);
		this.juju.remove(ID);
		read();
		this.juju.setLeader(true);
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.juju.getSecret(uri)).isNotNull();
	}

	@Test
	void whenLeadershipIsNotKnownSecretOfEndedRelationIsRemovedLater() {
		String uri = publish();
		this.juju.remove(ID);
		this.juju.fail("is-leader", "ERROR timeout");
		read();
		assertThat(this.juju.getSecret(uri)).isNotNull();
		this.juju.fail("is-leader", null);
		read();
		assertThat(this.juju.getSecret(uri)).isNull();
	}

	@Test
	void whenSecretOfEndedRelationCannotBeRemovedWarnsOnce(CapturedOutput output) {
		publish();
		this.juju.remove(ID);
		this.juju.fail("secret-remove", "ERROR the controller is away");
		assertThat(read().getRelations()).isEmpty();
		read();
		assertThat(call("secret-remove").failed).isTrue();
		assertThat(output).containsOnlyOnce("Secret etcd-client.1.mtls.secret, which is not needed any more, could not "
				+ "be removed. Remove it with secret-remove, or ignore it: juju.enabled is true, but the hook tool "
				+ "secret-remove failed with exit code 1: ERROR the controller is away");
		assertThat(this.source.describeMissing()).isEqualTo("it is not connected, its source shows no remote unit");
	}

	@Test
	void whenSecretOfEndedRelationCannotBeRemovedTriesAgainAsLeader() {
		String uri = publish();
		this.juju.remove(ID);
		this.juju.fail("secret-remove", "ERROR the controller is away");
		read();
		this.juju.fail("secret-remove", null);
		read();
		assertThat(this.juju.getWrites()).containsExactly("secret-remove");
		assertThat(this.juju.getSecret(uri)).isNull();
		read();
		assertThat(this.juju.countCalls()).isEqualTo(Map.of("relation-ids", 1L));
	}

	@Test
	void whenLeadershipMovesBeforeSecretIsRemovedLeavesItToTheNextLeader() {
		publish();
		this.juju.remove(ID);
		this.juju.fail("secret-remove", "ERROR the controller is away");
		read();
		this.juju.fail("secret-remove", null);
		this.juju.setLeader(false);
		read();
		this.juju.setLeader(true);
		read();
		assertThat(this.juju.countCalls()).isEqualTo(Map.of("relation-ids", 1L));
	}

	@Test
	void whenSecretOfEndedRelationIsRemovedAlreadySaysNothing(CapturedOutput output) {
		String uri = publish();
		this.juju.remove(ID);
		this.juju.fail("secret-remove", "ERROR secret \"" + uri + "\" not found");
		read();
		assertThat(call("secret-remove").failed).isTrue();
		assertThat(output).doesNotContain("could not be removed");
		read();
		assertThat(this.juju.countCalls()).isEqualTo(Map.of("relation-ids", 1L));
	}

	private String publish() {
		Relation relation = this.juju.relate(ID, "etcd");
		bring();
		read();
		return relation.own.get("secret-mtls");
	}

	private void passMinute() {
		this.nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
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
		assertThat(RelationSnapshot.derive(read(), null).is(RelationState.CONNECTED)).isTrue();
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
		assertThat(this.juju.getSecret(relation.own.get("secret-mtls"))).isNotNull();
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
