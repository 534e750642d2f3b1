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
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RelationSnapshot}, as far as no scenario covers them.
 */
class RelationSnapshotTests {

	@Test
	void configuredInterfaceIsKnownOnceTheRelationExists() {
		RelationView silent = RelationView.of("etcd:1", "etcd/0", Map.of());
		assertThat(RelationSnapshot.derive(silent, null).relationInterface()).isNull();
		for (RelationInterface configured : RelationInterface.values()) {
			assertThat(RelationSnapshot.derive(silent, configured).relationInterface()).isEqualTo(configured);
			assertThat(RelationSnapshot.derive(RelationView.of(Map.of("etcd:1", Map.of())), configured)
				.relationInterface()).isEqualTo(configured);
			assertThat(RelationSnapshot.derive(RelationView.empty(), configured)).isEqualTo(RelationSnapshot.NONE);
		}
	}

	@Test
	void whenThereIsNoUnitIsNone() {
		assertThat(RelationSnapshot.derive(RelationView.empty(), null)).isEqualTo(RelationSnapshot.NONE);
		assertThat(RelationSnapshot.derive(RelationView.of(Map.of("etcd:1", Map.of())), null))
			.isEqualTo(RelationSnapshot.NONE);
	}

	@Test
	void describeMissingWhenNotConnected() {
		assertThat(RelationSnapshot.NONE.describeMissing()).isEqualTo("it is not connected, its source has no data");
	}

	@Test
	void describeMissingWhenNotAvailable() {
		RelationSnapshot data = RelationSnapshot.derive(RelationView.of("etcd:1", "etcd/0", Map.of()), null);
		assertThat(data.describeMissing()).isEqualTo("it is connected but has no connection string");
	}

	@Test
	void statesCannotBeChanged() {
		RelationSnapshot data = RelationSnapshot.derive(RelationView.of("etcd:1", "etcd/0", Map.of()), null);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> data.states().add(RelationState.AVAILABLE));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> RelationSnapshot.NONE.states().add(RelationState.AVAILABLE));
	}

	@Test
	void toStringShowsNoCredentials() {
		RelationSnapshot data = RelationSnapshot.derive(RelationView.of("etcd:1", "etcd/0", Map.of("connection_string",
				"https://a:2379", "client_cert", "SECRET", "client_key", "SECRET", "client_ca", "SECRET")), null);
		assertThat(data.toString()).contains("https://a:2379").doesNotContain("SECRET");
	}

	@Test
	void toStringOfRelationShowsNoValue() {
		DefaultEtcdRelation relation = new DefaultEtcdRelation("blue");
		relation.update(RelationSnapshot.derive(RelationView.of("etcd:1", "etcd/0",
				Map.of("connection_string", "https://a:2379", "client_key", "SECRET")), null));
		assertThat(relation).hasToString("EtcdRelation[name=blue, states=[CONNECTED, AVAILABLE]]");
	}

}
