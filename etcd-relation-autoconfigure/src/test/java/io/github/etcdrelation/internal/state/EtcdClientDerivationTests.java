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

package io.github.etcdrelation.internal.state;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.channel.Endpoints;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdClientDerivation} with databags that charmed etcd publishes.
 */
class EtcdClientDerivationTests {

	@Test
	void refusalIsOneLineAndWhatIsNoneIsSkipped() {
		RelationView view = RelationView.empty()
			.withApplications(Map.of("etcd:1",
					new RemoteApplication(
							Map.of("status", "[null, [1], {\"code\": 4001.0, \"message\": \"in use\\nERROR forged\"}]"),
							Map.of())));
		assertThat(RelationSnapshot.derive(view, null).refusals())
			.containsExactly(new RequestRefusal(4001, "in use ERROR forged", null));
	}

	@Test
	void certificateOfBundleDoesNotDecideWhileTheOtherSideIsSilent() {
		RelationView silent = RelationView.of("etcd:1", "etcd/0", Map.of())
			.withApplications(Map.of("etcd:1", new RemoteApplication(Map.of(), Map.of())));
		Map<String, String> own = new HashMap<>(Map.of("client_cert", "cert", "client_key", "key"));
		assertThat(RelationSnapshot.derive(silent.withOwnData(own), null).relationInterface())
			.isEqualTo(RelationInterface.ETCD_CLIENT);
		own.put("ssl_bundle", "");
		assertThat(RelationSnapshot.derive(silent.withOwnData(own), null).relationInterface()).isNull();
		own.put("prefix", "/app/");
		assertThat(RelationSnapshot.derive(silent.withOwnData(own), null).relationInterface())
			.isEqualTo(RelationInterface.ETCD_CLIENT);
	}

	private static final String USER = "secret:n3g1nxe0d6eguexwzhqe";

	private static final String TLS = "secret:1ivy6g2hd1kzzrzebcw1";

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String URIS = "https://10.0.0.2:2379,https://10.0.0.1:2379";

	private static final String V0_DATA = """
			{"resource": "/my/app/", "salt": "7nd2rHMiEkAEjJvC", "secret-mtls": "secret:r8boczx8xq3fb5bs63bn", \
			"requested-secrets": ["username", "password", "tls", "tls-ca", "uris", "read-only-uris", "entity-name", \
			"entity-password"], "provided-secrets": ["mtls-cert"]}""";

	private static final String V1_REQUESTS = """
			[{"resource": "/my/app/", "request-id": "388a6e97e53625e6", "salt": "ZODIk97Ve7D4zpZe", \
			"endpoints": "10.0.0.2:2379,10.0.0.1:2379", "read-only-endpoints": null, \
			"secret-user": "%s", "secret-tls": "%s", "secret-extra": null, "secret-entity": null, \
			"version": "3.6.13"}]""".formatted(USER, TLS);

	private final Map<String, String> databag = new LinkedHashMap<>();

	private final Map<String, Map<String, String>> secrets = new HashMap<>();

	private final Map<String, String> own = new HashMap<>(
			Map.of("client_cert", "CERT", "client_key", "KEY", "prefix", "/my/app/"));

	@Test
	void version0() {
		publishVersion0();
		assertReady(derive());
	}

	@Test
	void version0OfAVersion1Provider() {
		publishVersion0();
		this.databag.put("data", V0_DATA);
		this.databag.put("resource", "/my/app/");
		this.databag.put("salt", "7nd2rHMiEkAEjJvC");
		this.databag.put("prefix", "/my/app/");
		assertReady(derive());
	}

	@Test
	void version1() {
		publishVersion1();
		assertReady(derive());
	}

	@Test
	void requestWithoutResponseIsConnected() {
		RelationSnapshot snapshot = derive();
		assertStates(snapshot, RelationState.CONNECTED);
		assertThat(snapshot.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(snapshot.account().prefix()).isEqualTo("/my/app/");
		assertThat(snapshot.credentials()).isEqualTo(new ClientCredentials("CERT", "KEY", null));
	}

	@Test
	void versionIsThatOfEtcdUnlessItIsThatOfTheInterface() {
		publishVersion0();
		assertThat(derive().version()).isEqualTo("3.6.13");
		this.databag.remove("version");
		assertReady(derive(), null);
		this.databag.put("version", "v0");
		assertReady(derive(), "v0");
		// Nothing flat counts beside the responses
		this.databag.put("version", "v1");
		this.databag.put("requests", "[]");
		assertStates(derive(), RelationState.CONNECTED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "True", "true" })
	void tlsIsSpelledInEitherWay(String tls) {
		publishVersion0();
		this.secrets.put(TLS, Map.of("tls", tls, "tls-ca", "CA"));
		assertReady(derive());
	}

	@ParameterizedTest
	@ValueSource(strings = { "False", "false" })
	void endpointsWithoutTlsArePlainText(String tls) {
		publishVersion0();
		this.secrets.put(USER, Map.of("username", "client"));
		this.secrets.put(TLS, Map.of("tls", tls));
		assertThat(derive().connectionString()).isEqualTo("http://10.0.0.2:2379,http://10.0.0.1:2379");
	}

	@Test
	void secretMayBeThereBeforeItsFields() {
		publishVersion0();
		this.secrets.put(USER, Map.of());
		this.secrets.put(TLS, Map.of("tls", "True"));
		RelationSnapshot snapshot = derive();
		assertStates(snapshot, RelationState.CONNECTED);
		assertThat(snapshot.describeMissing())
			.isEqualTo("it is connected but has no user of etcd, no certificate authority of etcd");
		this.secrets.put(USER, Map.of("username", "client"));
		snapshot = derive();
		assertStates(snapshot, RelationState.CONNECTED, RelationState.AVAILABLE);
		assertThat(snapshot.connectionString()).isEqualTo(URIS);
		assertThat(snapshot.isConnectable()).isFalse();
		assertThat(snapshot.describeMissing()).isEqualTo("it is connected but has no certificate authority of etcd");
		this.secrets.put(TLS, Map.of("tls", "True", "tls-ca", "CA"));
		assertReady(derive());
		this.databag.remove("endpoints");
		assertStates(derive(), RelationState.CONNECTED);
		assertThat(derive().describeMissing()).isEqualTo("it is connected but has no endpoints");
		this.secrets.put(USER, Map.of("username", "client", "uris", URIS));
		assertReady(derive());
	}

	@Test
	void secretThatIsNotThereYetIsMissing() {
		publishVersion0();
		this.secrets.remove(TLS);
		assertStates(derive(), RelationState.CONNECTED, RelationState.AVAILABLE);
		this.secrets.remove(USER);
		assertStates(derive(), RelationState.CONNECTED);
	}

	@Test
	void orderOfEndpointsMakesNoOtherTarget() {
		publishVersion0();
		this.secrets.put(USER, Map.of("username", "client"));
		RelationSnapshot before = derive();
		this.databag.put("endpoints", "10.0.0.1:2379,10.0.0.2:2379");
		RelationSnapshot after = derive();
		assertThat(after.connectionString()).isNotEqualTo(before.connectionString());
		assertThat(Endpoints.parse(String.valueOf(after.connectionString()), true))
			.isEqualTo(Endpoints.parse(String.valueOf(before.connectionString()), true));
	}

	@Test
	void nullsAndUnknownKeysAreIgnored() {
		publishVersion1();
		this.databag.put("requests", V1_REQUESTS.replace("\"salt\"",
				"\"entity-name\": null, \"new\": {\"a\": [1, null]}, " + "\"flag\": false, \"salt\""));
		this.databag.put("data", "{\"388a6e97e53625e6\": null}");
		this.databag.put("entity-type", "USER");
		assertReady(derive());
	}

	@Test
	void statusRefusesFrom4000On() {
		this.databag.put("status", """
				[{"code": 1000, "message": "working", "resolution": null},
				{"code": 4010, "message": "common name already in use", "resolution": "Use another"},
				{"code": 5001, "message": "no TLS"}]""");
		RelationSnapshot snapshot = derive();
		assertStates(snapshot, RelationState.CONNECTED);
		assertThat(snapshot.refusals()).containsExactly(
				new RequestRefusal(4010, "common name already in use", "Use another"),
				new RequestRefusal(5001, "no TLS", null));
		assertThat(snapshot.describeMissing())
			.isEqualTo("the provider refuses the request: common name already in use (4010): Use another");
		assertThat(snapshot.describeMissing("the file 'uris' is missing")).isEqualTo(snapshot.describeMissing());
		this.databag.put("status", "[]");
		assertThat(derive().refusals()).isEmpty();
		assertThat(derive().describeMissing("the file 'uris' is missing")).isEqualTo("the file 'uris' is missing");
	}

	@Test
	void modelThatSharesNoSecretsHasNoUser() {
		this.databag.put("endpoints", ENDPOINTS);
		this.databag.put("encryption-secret", "secret:x");
		this.databag.put("secret-user", USER);
		this.databag.put("secret-tls", TLS);
		assertStates(derive(), RelationState.CONNECTED);
		assertThat(derive().describeMissing())
			.isEqualTo("it is connected but has no user of etcd, no certificate authority of etcd");
	}

	@Test
	void userHasNoPassword() {
		publishVersion1();
		assertThat(derive().account()).isEqualTo(new RelationSnapshot.Account("client", null, "/my/app/"));
	}

	@Test
	void ownCertificateMakesTlsAvailable() {
		publishVersion0();
		this.own.remove("client_key");
		RelationSnapshot snapshot = derive();
		assertStates(snapshot, RelationState.CONNECTED, RelationState.AVAILABLE);
		assertThat(snapshot.describeMissing()).isEqualTo("it is connected but has no own private key (client-key)");
	}

	@Test
	void responseToTheOwnRequestIsChosen() {
		this.databag.put("version", "v1");
		this.databag.put("requests", """
				[{"resource": "/other/", "endpoints": "a:2379", "username": "other", "tls-ca": "OTHER"},
				{"resource": "/my/app/", "endpoints": "10.0.0.2:2379,10.0.0.1:2379", "username": "client", \
				"tls-ca": "CA", "version": "3.6.13"}]""");
		assertReady(derive());
	}

	@Test
	void unitThatPublishesAConnectionStringIsOfTheClassicInterface() {
		publishVersion0();
		RelationView classic = RelationView.of("etcd:1", "etcd/0", Map.of("connection_string", "https://c:2379"));
		RelationSnapshot snapshot = RelationSnapshot.derive(with(classic), null);
		assertThat(snapshot.relationInterface()).isEqualTo(RelationInterface.ETCD);
		assertThat(snapshot.connectionString()).isEqualTo("https://c:2379");
		assertReady(RelationSnapshot.derive(with(classic), RelationInterface.ETCD_CLIENT));
	}

	private void publishVersion0() {
		this.databag.put("endpoints", ENDPOINTS);
		this.databag.put("version", "3.6.13");
		this.databag.put("secret-tls", TLS);
		this.databag.put("secret-user", USER);
		this.databag.put("prefix", "/my/app/");
		this.secrets.put(USER, Map.of("username", "client", "uris", URIS));
		this.secrets.put(TLS, Map.of("tls", "True", "tls-ca", "CA"));
	}

	private void publishVersion1() {
		this.databag.put("version", "v1");
		this.databag.put("requests", V1_REQUESTS);
		this.databag.put("data", "{\"388a6e97e53625e6\": {\"resource\": \"/my/app/\"}}");
		this.secrets.put(USER, Map.of("username", "client", "uris", URIS));
		this.secrets.put(TLS, Map.of("tls", "true", "tls-ca", "CA"));
	}

	private RelationSnapshot derive() {
		return RelationSnapshot.derive(with(RelationView.empty()), null);
	}

	private RelationView with(RelationView view) {
		return view.withApplications(Map.of("etcd-client:1", new RemoteApplication(this.databag, this.secrets)))
			.withOwnData(this.own);
	}

	private static void assertReady(RelationSnapshot snapshot) {
		assertReady(snapshot, "3.6.13");
	}

	private static void assertReady(RelationSnapshot snapshot, String version) {
		assertStates(snapshot, RelationState.CONNECTED, RelationState.AVAILABLE, RelationState.TLS_AVAILABLE);
		assertThat(snapshot.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(snapshot.connectionString()).isEqualTo(URIS);
		assertThat(snapshot.version()).isEqualTo(version);
		assertThat(snapshot.credentials()).isEqualTo(new ClientCredentials("CERT", "KEY", "CA"));
		assertThat(snapshot.account().username()).isEqualTo("client");
		assertThat(snapshot.account().prefix()).isEqualTo("/my/app/");
		assertThat(snapshot.refusals()).isEmpty();
		assertThat(snapshot.isConnectable()).isTrue();
	}

	private static void assertStates(RelationSnapshot snapshot, RelationState first, RelationState... rest) {
		assertThat(snapshot.states()).isEqualTo(EnumSet.of(first, rest));
	}

}
