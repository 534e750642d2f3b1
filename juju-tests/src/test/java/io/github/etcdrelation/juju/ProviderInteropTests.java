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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.jayway.jsonpath.JsonPath;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.provider.JujuClientTarget;
import io.github.etcdrelation.internal.provider.ManagedClientProvider;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.test.CertificateAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the provider of the starter, with hook tools, against Canonical's library as
 * requirer.
 */
@EnabledWithPython
class ProviderInteropTests {

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String URIS = "https://10.0.0.2:2379,https://10.0.0.1:2379";

	private static final String VERSION = "3.6.13";

	private final CertificateAuthority authority = CertificateAuthority.create();

	// Files that are read as text have line feeds only
	private final String ca = this.authority.caPem().replace("\r\n", "\n");

	private final ClientCredentials own = this.authority.issueClient("orders-client");

	private final List<Object> events = new ArrayList<>();

	@TempDir
	private Path directory;

	private JujuModel model;

	private LibraryCharms library;

	private LibraryCharms.Charm requirer;

	private ManagedClientProvider provider;

	@BeforeEach
	void setUp() {
		this.model = new JujuModel(this.directory);
		this.model.relate(7, "etcd_client", "orders", "etcd", "etcd-provider", "etcd-client");
		this.library = new LibraryCharms(this.model);
		this.requirer = this.library.requirer("orders/0", 7)
			.with("prefix", "/my/app/")
			.with("certificate", this.own.clientCert());
		this.provider = provider("etcd-provider/0");
	}

	@AfterEach
	void close() {
		this.provider.close();
		this.library.close();
		Secrets.assertNotExposed(this.model, this.own.clientKey());
	}

	@Test
	void requestOfTheLibraryIsRead() {
		this.requirer.hook("relation-created");
		EtcdClientRequest request = request();
		assertThat(request.relationId()).isEqualTo("etcd-client:7");
		assertThat(request.requestId()).hasSize(16);
		assertThat(request.prefix()).isEqualTo("/my/app/");
		assertThat(request.commonName()).isEqualTo("orders-client");
		assertThat(request.certificate()).isEqualTo(this.own.clientCert());
		assertThat(this.model.databag(7, "etcd-provider")).doesNotContainKey("requests");
	}

	@Test
	void libraryReadsTheAnswer() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		List<Map<String, Object>> seen = this.requirer.hook("relation-changed");
		assertThat(seen).hasSize(1);
		assertThat(seen.get(0)).containsEntry("event", "ResourceCreatedEvent");
		assertThat(values(seen.get(0))).containsEntry("resource", "/my/app/")
			.containsEntry("endpoints", ENDPOINTS)
			.containsEntry("uris", URIS)
			.containsEntry("username", "orders-client")
			.containsEntry("tls", true)
			.containsEntry("tls-ca", this.ca)
			.containsEntry("version", VERSION)
			.containsEntry("request-id", request().requestId());
	}

	@Test
	void answerIsThatOfTheLibrary() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		Map<String, Object> ours = answer("etcd-provider");
		this.library.provider("etcd-provider/0", 7)
			.with("answer", Map.of("endpoints", ENDPOINTS, "uris", URIS, "tls_ca", this.ca, "version", VERSION))
			.hook("update-status");
		assertThat(ours).as("what the library writes over it").isEqualTo(answer("etcd-provider"));
		assertThat(this.model.secrets("etcd-provider")).as("with the same labels").hasSize(2);
	}

	@Test
	void answerToVersionZeroIsThatOfTheLibrary() {
		this.model.relate(8, "etcd_client", "billing", "etcd", "charmed-etcd", "etcd-client");
		Map<String, String> brought = Map.of("client_cert", this.own.clientCert(), "client_key", this.own.clientKey(),
				"prefix", "/my/app/");
		JujuRelationSource ours = new JujuRelationSource(this.model.endpoint("orders/0", "etcd"), null, () -> brought);
		JujuRelationSource other = new JujuRelationSource(this.model.endpoint("billing/0", "etcd"), null,
				() -> brought);
		ours.read();
		other.read();
		grant(this.provider);
		this.library.provider("charmed-etcd/0", 8)
			.with("answer", Map.of("endpoints", ENDPOINTS, "uris", URIS, "tls_ca", this.ca, "version", VERSION))
			.hook("relation-changed");
		RelationSnapshot snapshot = RelationSnapshot.derive(ours.read(), null);
		assertThat(snapshot).isEqualTo(RelationSnapshot.derive(other.read(), null));
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		Map<String, Object> databag = withContents(this.model.databag(7, "etcd-provider"));
		Map<String, Object> expected = withContents(this.model.databag(8, "charmed-etcd"));
		// What the library keeps there for itself, and a random number
		List.of("data", "salt").forEach((key) -> {
			databag.remove(key);
			expected.remove(key);
		});
		assertThat(databag).isEqualTo(expected);
	}

	@Test
	void libraryReadsAnotherCertificateAuthority() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		this.requirer.hook("relation-changed");
		String both = this.ca + this.ca;
		this.provider.setCa(both);
		String uri = response("etcd-provider").get("secret-tls").toString();
		assertThat(this.model.revisions(uri)).hasSize(2);
		List<Map<String, Object>> seen = this.requirer.secretChanged(uri);
		assertThat(seen).hasSize(1);
		assertThat(seen.get(0)).containsEntry("event", "AuthenticationUpdatedEvent");
		assertThat(values(seen.get(0))).containsEntry("tls-ca", both);
	}

	@Test
	void libraryReadsOtherEndpoints() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		this.requirer.hook("relation-changed");
		this.provider.setEndpoints("10.0.0.3:2379", VERSION);
		List<Map<String, Object>> seen = this.requirer.hook("relation-changed");
		assertThat(seen).hasSize(1);
		assertThat(seen.get(0)).containsEntry("event", "ResourceEndpointsChangedEvent");
		assertThat(values(seen.get(0))).containsEntry("endpoints", "10.0.0.3:2379")
			.containsEntry("uris", "https://10.0.0.3:2379");
	}

	@Test
	void renewedCertificateOfTheLibraryIsRead() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		this.requirer.hook("relation-changed");
		EtcdClientRequest before = request();
		String renewed = this.authority.issueClient("orders-client").clientCert();
		this.requirer.with("certificate", renewed).hook("update-status");
		EtcdClientRequest after = request();
		assertThat(after.requestId()).isEqualTo(before.requestId());
		assertThat(after.certificate()).isEqualTo(renewed).isNotEqualTo(before.certificate());
	}

	@Test
	void libraryReadsARefusalAndItsEnd() {
		this.requirer.hook("relation-created");
		this.provider.refuse(request(), 4001, "common name in use", "use another");
		List<Map<String, Object>> seen = this.requirer.hook("relation-changed");
		if (!seen.isEmpty()) {
			assertThat(seen.get(0)).containsEntry("event", "StatusRaisedEvent");
			assertThat(values(seen.get(0))).containsEntry("code", 4001)
				.containsEntry("message", "common name in use")
				.containsEntry("resolution", "use another");
		}
		grant(this.provider);
		assertThat(this.requirer.hook("relation-changed")).extracting((event) -> event.get("event"))
			.contains("ResourceCreatedEvent")
			.doesNotContain("StatusRaisedEvent");
	}

	@Test
	void removedRelationIsNoRequest() {
		this.requirer.hook("relation-created");
		grant(this.provider);
		this.model.remove(7);
		this.provider.load();
		assertThat(this.provider.getRequests()).isEmpty();
		assertThat(this.model.secrets("etcd-provider")).isEmpty();
	}

	private ManagedClientProvider provider(String unit) {
		return new ManagedClientProvider("etcd-client", new JujuClientTarget(this.model.endpoint(unit, "etcd-client")),
				this.events::add, new RefreshExecutor(), Duration.ofHours(1));
	}

	private EtcdClientRequest request() {
		this.provider.load();
		assertThat(this.provider.getRequests()).hasSize(1);
		return this.provider.getRequests().get(0);
	}

	private void grant(ManagedClientProvider granting) {
		granting.load();
		granting.setEndpoints(ENDPOINTS, VERSION);
		granting.setCa(this.ca);
		granting.getRequests().forEach((request) -> granting.setUser(request, String.valueOf(request.commonName())));
	}

	private Map<String, Object> answer(String application) {
		Map<String, Object> answer = new TreeMap<>(response(application));
		// The library writes what it does not have, too
		answer.values().removeIf((value) -> value == null);
		answer.replaceAll((key, value) -> key.startsWith("secret-") ? this.model.revisions((String) value) : value);
		answer.put("version of the interface", this.model.databag(7, application).get("version"));
		return answer;
	}

	private Map<String, Object> response(String application) {
		List<Map<String, Object>> requests = JsonPath.parse(this.model.databag(7, application).get("requests"))
			.read("$");
		assertThat(requests).hasSize(1);
		return requests.get(0);
	}

	private Map<String, Object> withContents(Map<String, String> databag) {
		Map<String, Object> result = new LinkedHashMap<>(databag);
		result.replaceAll((key, value) -> key.startsWith("secret-") ? this.model.revisions((String) value) : value);
		return result;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> values(Map<String, Object> event) {
		return (Map<String, Object>) event.get("values");
	}

}
