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

package io.github.etcdrelation.internal.client;

import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ClientNamespace}.
 */
class ClientNamespaceTests {

	@Test
	void namespaceThatIsGivenDoesNotDependOnTheRelation() {
		ClientNamespace namespace = ClientNamespace.of("app/");
		namespace.check(granting("/other/"));
		assertThat(namespace.get()).isEqualTo("app/");
		assertThat(ClientNamespace.of(null).get()).isNull();
	}

	@Test
	void requestedPrefixIsTheNamespaceFromTheStartOn() {
		ClientNamespace namespace = ClientNamespace.ofPrefix("/app");
		assertThat(namespace.get()).isEqualTo("/app");
		namespace.check(granting("/app"));
		namespace.check(RelationSnapshot.NONE);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> namespace.check(granting("/app/")))
			.withMessageContaining("prefix is '/app/' now, but clients use '/app' as their namespace")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("property 'prefix'"));
	}

	@Test
	void grantedPrefixIsTheNamespaceOnceThereIsAClient() {
		ClientNamespace namespace = ClientNamespace.ofPrefix(null);
		namespace.check(granting("/a/"));
		namespace.check(granting("/b/"));
		assertThat(namespace.get()).isEqualTo("/b/");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> namespace.check(granting("/a/")))
			.withMessageContaining("prefix is '/a/' now, but clients use '/b/' as their namespace, which cannot change")
			.satisfies((ex) -> assertThat(ex.getRemedy()).startsWith("Restart"));
		assertThat(namespace.get()).isEqualTo("/b/");
	}

	@Test
	void prefixThatIsNotKnownIsRefused() {
		ClientNamespace namespace = ClientNamespace.ofPrefix(null);
		namespace.check(granting("/a/"));
		namespace.check(RelationSnapshot.NONE);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(namespace::get)
			.withMessageContaining("client.namespace-from-prefix is true, but no prefix is known")
			.withMessageContaining("'prefix'");
	}

	private static RelationSnapshot granting(String prefix) {
		return RelationSnapshot.derive(RelationView.empty()
			.withApplications(Map.of("etcd:1", new RemoteApplication(
					Map.of("endpoints", "a:2379", "username", "app", "tls", "true", "prefix", prefix), Map.of()))),
				null);
	}

}
