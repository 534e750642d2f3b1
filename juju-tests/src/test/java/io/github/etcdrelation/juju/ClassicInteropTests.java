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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.provider.JujuProviderTarget;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.test.CertificateAuthority;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the classic interface between charms that are written with charms.reactive
 * and both sides of the starter.
 */
@EnabledWithPython
class ClassicInteropTests {

	private static final String ADDRESSES = "https://10.0.0.1:2379,https://10.0.0.2:2379";

	@TempDir
	private Path directory;

	private JujuModel model;

	private ClientCredentials credentials;

	@BeforeEach
	void setUp() {
		this.model = new JujuModel(this.directory);
		this.model.relate(7, "etcd", "orders", "etcd", "etcd", "db");
		this.credentials = CertificateAuthority.create().issueClient("orders");
	}

	@Test
	void requirerReadsWhatReactiveProviderPublishes() throws Exception {
		ReactiveCharm provider = new ReactiveCharm(this.model, "provider", "etcd/0", "db");
		JujuRelationSource source = new JujuRelationSource(this.model.endpoint("orders/0", "etcd"), null, Map::of);
		assertThat(RelationSnapshot.derive(source.read(), null).states()).containsExactly(RelationState.CONNECTED);
		provider.offer(offer());
		provider.hook("joined", 7, "orders/0");
		RelationSnapshot snapshot = RelationSnapshot.derive(source.read(), null);
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.connectionString()).isEqualTo(ADDRESSES);
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.credentials()).isEqualTo(this.credentials);
		Secrets.assertNotExposed(this.model, this.credentials.clientKey());
	}

	@Test
	void reactiveRequirerReadsWhatProviderPublishes() throws Exception {
		ReactiveCharm requirer = new ReactiveCharm(this.model, "requirer", "orders/0", "etcd");
		requirer.hook("joined", 7, "etcd/0");
		assertThat(requirer.seen().<List<String>>read("$.flags")).containsExactly("etcd.connected");
		JujuProviderTarget target = new JujuProviderTarget(this.model.endpoint("etcd/0", "db"));
		target.publish(offer());
		requirer.hook("changed", 7, "etcd/0");
		assertThat(requirer.seen().<List<String>>read("$.flags")).containsExactly("etcd.available", "etcd.connected",
				"etcd.tls.available");
		assertThat(requirer.seen().<Map<String, String>>read("$.offer")).isEqualTo(offer());
		Secrets.assertNotExposed(this.model, this.credentials.clientKey());
	}

	@Test
	void bothProvidersPublishTheSameDatabag() throws Exception {
		ReactiveCharm provider = new ReactiveCharm(this.model, "provider", "etcd/0", "db");
		provider.offer(offer());
		provider.hook("joined", 7, "orders/0");
		this.model.relate(8, "etcd", "billing", "etcd", "other", "db");
		new JujuProviderTarget(this.model.endpoint("other/0", "db")).publish(offer());
		assertThat(this.model.databag(8, "other/0")).isEqualTo(this.model.databag(7, "etcd/0")).isEqualTo(offer());
	}

	private Map<String, String> offer() {
		return new TreeMap<>(Map.of("connection_string", ADDRESSES, "version", "3.6.13", "client_cert",
				this.credentials.clientCert(), "client_key", this.credentials.clientKey(), "client_ca",
				this.credentials.clientCa()));
	}

}
