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

import java.util.Map;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InterfaceConflict}.
 */
class InterfaceConflictTests {

	private static final RelationView UNIT = RelationView.of("etcd:1", "etcd/0",
			Map.of("connection_string", "https://a:1"));

	private static final RelationView SILENT = RelationView.of("etcd:1", "etcd/0", Map.of("ingress-address", "a"))
		.withApplications(application(Map.of()));

	@Test
	void unitWithConnectionStringIsNoneOfEtcdClient() {
		assertThat(describe(UNIT, RelationInterface.ETCD_CLIENT)).isEqualTo("its data looks like that of the interface "
				+ "etcd, but etcd.relation.interface says etcd_client; correct or remove that property");
		assertThat(describe(UNIT, RelationInterface.ETCD)).isNull();
	}

	@Test
	void applicationThatAnswersIsNoneOfTheClassicInterface() {
		RelationView view = RelationView.empty().withApplications(application(Map.of("endpoints", "a:1")));
		assertThat(describe(view, RelationInterface.ETCD)).isEqualTo("its data looks like that of the interface "
				+ "etcd_client, but etcd.relation.interface says etcd; correct or remove that property");
		assertThat(describe(view, RelationInterface.ETCD_CLIENT)).isNull();
	}

	@Test
	void silenceIsNoConflict() {
		assertThat(describe(SILENT, RelationInterface.ETCD)).isNull();
		assertThat(describe(SILENT, RelationInterface.ETCD_CLIENT)).isNull();
		assertThat(describe(RelationView.empty(), RelationInterface.ETCD)).isNull();
	}

	@Test
	void dataOfBothInterfacesIsNoConflict() {
		RelationView both = UNIT
			.withApplications(application(Map.of("uris", "https://a:1", "username", "u", "tls-ca", "CA")));
		assertThat(describe(both, RelationInterface.ETCD)).isNull();
		assertThat(describe(both, RelationInterface.ETCD_CLIENT)).isNull();
	}

	@Test
	void refusalOfTheProviderExplainsMore() {
		RelationView refused = UNIT
			.withApplications(application(Map.of("status", "[{\"code\": 4001, \"message\": \"in use\"}]")));
		assertThat(describe(refused, RelationInterface.ETCD_CLIENT)).isNull();
	}

	private static String describe(RelationView view, RelationInterface configured) {
		return InterfaceConflict.describe(view, configured, "etcd.relation.interface");
	}

	private static Map<String, RemoteApplication> application(Map<String, String> databag) {
		return Map.of("etcd:1", new RemoteApplication(databag, Map.of()));
	}

}
