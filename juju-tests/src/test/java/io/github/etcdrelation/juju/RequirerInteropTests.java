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

package io.github.etcdrelation.juju;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.test.CertificateAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the requirer of the starter, with hook tools, against Canonical's library as
 * provider.
 */
@EnabledWithPython
class RequirerInteropTests {

	private static final String REQUESTED = "[\"username\", \"password\", \"tls\", \"tls-ca\", \"uris\", "
			+ "\"read-only-uris\", \"entity-name\", \"entity-password\"]";

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String URIS = "https://10.0.0.2:2379,https://10.0.0.1:2379";

	private final CertificateAuthority authority = CertificateAuthority.create();

	private final Map<String, String> own = new LinkedHashMap<>();

	@TempDir
	private Path directory;

	private JujuModel model;

	private LibraryCharms library;

	private LibraryCharms.Charm provider;

	private JujuRelationSource source;

	@BeforeEach
	void setUp() {
		this.model = new JujuModel(this.directory);
		this.model.relate(7, "etcd_client", "orders", "etcd", "charmed-etcd", "etcd-client");
		this.library = new LibraryCharms(this.model);
		this.provider = this.library.provider("charmed-etcd/0", 7).with("answer", answer("CA"));
		this.source = source("orders/0");
		bring("orders-client");
		this.own.put("prefix", "/my/app/");
	}

	@AfterEach
	void close() {
		this.library.close();
	}

	@Test
	void requestIsThatOfTheLibraryBeforeVersionOne() {
		this.source.read();
		Map<String, String> databag = this.model.databag(7, "orders");
		String uri = databag.get("secret-mtls");
		assertThat(databag).containsOnly(Map.entry("requested-secrets", REQUESTED),
				Map.entry("provided-secrets", "[\"mtls-cert\"]"), Map.entry("prefix", "/my/app/"),
				Map.entry("secret-mtls", uri));
		assertThat(this.model.<String>secret(uri, "label")).isEqualTo("etcd.7.mtls.secret");
		assertThat(this.model.<Map<String, String>>secret(uri, "grants"))
			.containsExactly(Map.entry("7", "charmed-etcd"));
		assertThat(this.model.revisions(uri)).hasSize(1);
		assertThat(this.model.revisions(uri).get(0).keySet()).containsExactly("mtls-cert");
		assertThat(this.model.revisions(uri).get(0).get("mtls-cert"))
			.isEqualToIgnoringWhitespace(this.own.get("client_cert"))
			.doesNotContain("PRIVATE");
	}

	@Test
	void providerReadsTheRequestAndItsAnswerIsDerived() {
		this.source.read();
		List<Map<String, Object>> events = this.provider.hook("relation-changed");
		assertThat(events).hasSize(1);
		assertThat(events.get(0)).containsEntry("event", "MtlsCertUpdatedEvent");
		Map<?, ?> request = (Map<?, ?>) events.get(0).get("values");
		assertThat(request.get("resource")).isEqualTo("/my/app/");
		assertThat((String) request.get("mtls-cert")).isEqualToIgnoringWhitespace(this.own.get("client_cert"));
		RelationSnapshot snapshot = snapshot();
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(snapshot.connectionString()).isEqualTo(URIS);
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.account().username()).isEqualTo("orders-client");
		assertThat(snapshot.account().prefix()).isEqualTo("/my/app/");
		assertThat(snapshot.credentials())
			.isEqualTo(new ClientCredentials(this.own.get("client_cert"), this.own.get("client_key"), "CA"));
	}

	@Test
	void nothingIsPublishedTwice() {
		this.source.read();
		this.provider.hook("relation-changed");
		this.source.read();
		this.source.read();
		assertThat(this.model.calls("secret-add")).hasSize(1);
		assertThat(this.model.calls("relation-set")).hasSize(1);
		assertThat(this.model.calls("secret-set")).isEmpty();
	}

	@Test
	void renewalIsAnotherRevisionOfTheSameSecret() {
		this.source.read();
		this.provider.hook("relation-changed");
		String uri = this.model.databag(7, "orders").get("secret-mtls");
		bring("orders-client");
		assertThat(snapshot().states()).contains(RelationState.TLS_AVAILABLE);
		assertThat(this.model.databag(7, "orders").get("secret-mtls")).isEqualTo(uri);
		assertThat(this.model.revisions(uri)).hasSize(2);
		List<Map<String, Object>> events = this.provider.secretChanged(uri);
		assertThat(events).hasSize(1);
		assertThat((String) ((Map<?, ?>) events.get(0).get("values")).get("mtls-cert"))
			.isEqualToIgnoringWhitespace(this.own.get("client_cert"));
	}

	@Test
	void revisedSecretOfTheProviderIsRead() {
		this.source.read();
		this.provider.hook("relation-changed");
		assertThat(snapshot().credentials().clientCa()).isEqualTo("CA");
		this.provider.with("answer", answer("CA and another")).hook("update-status");
		assertThat(snapshot().credentials().clientCa()).isEqualTo("CA and another");
		String uri = this.model.databag(7, "charmed-etcd").get("secret-tls");
		assertThat(this.model.revisions(uri)).hasSize(2);
		assertThat(this.model.<Map<String, Map<String, Object>>>secret(uri, "readers").get("orders/0"))
			.containsEntry("label", "etcd.7.tls.secret");
	}

	@Test
	void refusalIsReportedUntilItIsResolved() {
		this.source.read();
		this.provider.with("refuse", Map.of("code", 4001, "message", "common name in use", "resolution", "use another"))
			.hook("relation-changed");
		assertThat(snapshot().refusals()).singleElement().satisfies((refusal) -> {
			assertThat(refusal.code()).isEqualTo(4001);
			assertThat(refusal.message()).isEqualTo("common name in use");
			assertThat(refusal.resolution()).isEqualTo("use another");
		});
		this.provider.without("refuse").with("resolve", List.of(4001)).hook("update-status");
		assertThat(snapshot().refusals()).isEmpty();
		assertThat(snapshot().states()).contains(RelationState.TLS_AVAILABLE);
	}

	@Test
	void secretThatIsNotGrantedIsNamed() {
		this.source.read();
		this.provider.hook("relation-changed");
		String uri = this.model.databag(7, "charmed-etcd").get("secret-tls");
		this.model.revoke(uri);
		assertThat(snapshot().states()).containsExactlyInAnyOrder(RelationState.CONNECTED, RelationState.AVAILABLE);
		assertThat(this.source.describeMissing()).contains("secret-tls").doesNotContain("BEGIN");
	}

	@Test
	void answerToVersionOneIsRead() {
		LibraryCharms.Charm charm = this.library.requirer("orders/0", 7)
			.with("prefix", "/my/app/")
			.with("certificate", this.own.get("client_cert"));
		charm.hook("relation-created");
		this.provider.hook("relation-changed");
		charm.hook("relation-changed");
		Map<String, String> requested = this.model.databag(7, "orders");
		RelationSnapshot snapshot = snapshot();
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.connectionString()).isEqualTo(URIS);
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.account().username()).isEqualTo("orders-client");
		assertThat(snapshot.account().prefix()).isEqualTo("/my/app/");
		assertThat(snapshot.credentials().clientCa()).isEqualTo("CA");
		assertThat(this.model.databag(7, "orders")).as("the charm requests").isEqualTo(requested);
	}

	@Test
	void onlyTheLeaderWrites() {
		this.model.addUnit(7, "orders/1");
		JujuRelationSource other = source("orders/1");
		assertThat(RelationSnapshot.derive(other.read(), null).states()).containsExactly(RelationState.CONNECTED);
		assertThat(this.model.databag(7, "orders")).isEmpty();
		assertThat(this.model.secrets("orders")).isEmpty();
		this.source.read();
		this.provider.hook("relation-changed");
		assertThat(RelationSnapshot.derive(other.read(), null).states()).contains(RelationState.TLS_AVAILABLE);
		this.model.lead("orders", "orders/1");
		bring("orders-client");
		this.source.read();
		String uri = this.model.databag(7, "orders").get("secret-mtls");
		assertThat(this.model.revisions(uri)).hasSize(1);
		other.read();
		assertThat(this.model.revisions(uri)).hasSize(2);
	}

	@Test
	void removedApplicationIsNoRelation() {
		this.source.read();
		this.provider.hook("relation-changed");
		this.model.remove(7);
		assertThat(snapshot()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.model.secrets("orders")).isEmpty();
	}

	@AfterEach
	void nothingIsExposed() {
		Secrets.assertNotExposed(this.model, this.own.get("client_key"));
	}

	private RelationSnapshot snapshot() {
		return RelationSnapshot.derive(this.source.read(), null);
	}

	private JujuRelationSource source(String unit) {
		return new JujuRelationSource(this.model.endpoint(unit, "etcd"), null, () -> Map.copyOf(this.own));
	}

	private void bring(String commonName) {
		ClientCredentials credentials = this.authority.issueClient(commonName);
		this.own.put("client_cert", credentials.clientCert());
		this.own.put("client_key", credentials.clientKey());
	}

	private static Map<String, Object> answer(String ca) {
		return Map.of("endpoints", ENDPOINTS, "uris", URIS, "tls_ca", ca, "version", "3.6.13");
	}

}
