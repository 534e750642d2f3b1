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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.ClientCredentials;
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
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for both sides of the starter against version 0 of Canonical's library, where it
 * has been fetched.
 */
@EnabledWithPython
@EnabledIfEnvironmentVariable(named = "JUJU_LIBRARIES", matches = ".+",
		disabledReason = "JUJU_LIBRARIES must name a directory with charms/data_platform_libs/v0, which is not on PyPI")
class VersionZeroInteropTests {

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String URIS = "https://10.0.0.2:2379,https://10.0.0.1:2379";

	private static final Map<String, String> ANSWER = Map.of("endpoints", ENDPOINTS, "uris", URIS, "tls_ca", "CA",
			"version", "3.6.13");

	private final CertificateAuthority authority = CertificateAuthority.create();

	// Files that are read as text have line feeds only
	private final String ca = this.authority.caPem().replace("\r\n", "\n");

	private final ClientCredentials own = this.authority.issueClient("orders-client");

	@TempDir
	private Path directory;

	private JujuModel model;

	private LibraryCharms library;

	@BeforeEach
	void setUp() {
		this.model = new JujuModel(this.directory);
		this.model.relate(7, "etcd_client", "orders", "etcd", "charmed-etcd", "etcd-client");
		this.library = new LibraryCharms(this.model);
	}

	@AfterEach
	void close() {
		this.library.close();
		Secrets.assertNotExposed(this.model, this.own.clientKey());
	}

	@Test
	void requestIsThatOfTheLibrary() {
		source("orders/0").read();
		this.model.relate(8, "etcd_client", "billing", "etcd", "other-etcd", "etcd-client");
		this.library.requirerV0("billing/0", 8)
			.with("prefix", "/my/app/")
			.with("certificate", this.own.clientCert())
			.hook("relation-created");
		assertThat(withContents(7, "orders")).isEqualTo(withContents(8, "billing"));
	}

	@Test
	void requirerReadsTheAnswerOfTheLibrary() {
		JujuRelationSource source = source("orders/0");
		source.read();
		List<Map<String, Object>> events = this.library.providerV0("charmed-etcd/0", 7)
			.with("answer", ANSWER)
			.hook("relation-changed");
		assertThat(events).extracting((event) -> event.get("event")).containsExactly("MTLSCertUpdatedEvent");
		RelationSnapshot snapshot = RelationSnapshot.derive(source.read(), null);
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.connectionString()).isEqualTo(URIS);
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.account().username()).isEqualTo("orders-client");
		assertThat(snapshot.credentials())
			.isEqualTo(new ClientCredentials(this.own.clientCert(), this.own.clientKey(), "CA"));
	}

	@Test
	void libraryReadsTheAnswerOfTheProvider() {
		LibraryCharms.Charm requirer = this.library.requirerV0("orders/0", 7)
			.with("prefix", "/my/app/")
			.with("certificate", this.own.clientCert());
		requirer.hook("relation-created");
		ManagedClientProvider provider = new ManagedClientProvider("etcd-client",
				new JujuClientTarget(this.model.endpoint("charmed-etcd/0", "etcd-client")), (event) -> {
				}, new RefreshExecutor(), Duration.ofHours(1));
		try {
			provider.load();
			provider.setEndpoints(ENDPOINTS, "3.6.13");
			provider.setCa(this.ca);
			provider.getRequests().forEach((request) -> provider.setUser(request, "orders-client"));
		}
		finally {
			provider.close();
		}
		List<Map<String, Object>> events = requirer.hook("relation-changed");
		assertThat(events).extracting((event) -> event.get("event"))
			.containsExactlyInAnyOrder("DatabaseEndpointsChangedEvent", "EtcdReadyEvent");
		assertThat(events).allSatisfy((event) -> {
			Map<?, ?> values = (Map<?, ?>) event.get("values");
			assertThat(values.get("endpoints")).isEqualTo(ENDPOINTS);
			assertThat(values.get("uris")).isEqualTo(URIS);
			assertThat(values.get("username")).isEqualTo("orders-client");
			assertThat(values.get("tls-ca")).isEqualTo(this.ca);
			assertThat(values.get("version")).isEqualTo("3.6.13");
			assertThat((String) values.get("tls")).isEqualToIgnoringCase("true");
		});
	}

	private JujuRelationSource source(String unit) {
		return new JujuRelationSource(this.model.endpoint(unit, "etcd"), null, () -> Map.of("client_cert",
				this.own.clientCert(), "client_key", this.own.clientKey(), "prefix", "/my/app/"));
	}

	private Map<String, Object> withContents(int relation, String application) {
		Map<String, Object> result = new LinkedHashMap<>(this.model.databag(relation, application));
		// The library passes line breaks of PEM text on as they are, here escaped as JSON
		result.replaceAll((key, value) -> key.startsWith("secret-")
				? this.model.revisions((String) value).toString().replace("\\r\\n", "\\n") : value);
		return result;
	}

}
