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

package io.github.etcdrelation;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RelationView}.
 */
class RelationViewTests {

	@Test
	void idsAndUnitsAreInStringOrder() {
		Map<String, Map<String, Map<String, String>>> relations = new LinkedHashMap<>();
		Map<String, Map<String, String>> units = new LinkedHashMap<>();
		units.put("etcd/9", Map.of());
		units.put("etcd/10", Map.of());
		relations.put("etcd:9", units);
		relations.put("etcd:10", Map.of());
		RelationView view = RelationView.of(relations);
		assertThat(view.getRelations().keySet()).containsExactly("etcd:10", "etcd:9");
		assertThat(view.getRelations().get("etcd:9").keySet()).containsExactly("etcd/10", "etcd/9");
	}

	@Test
	void isCopyOfWhatItWasMadeFrom() {
		Map<String, String> databag = new HashMap<>(Map.of("version", "3.5.0"));
		RelationView view = RelationView.of("etcd:1", "etcd/0", databag);
		databag.put("version", "3.6.0");
		assertThat(view).isEqualTo(RelationView.of("etcd:1", "etcd/0", Map.of("version", "3.5.0")));
	}

	@Test
	void cannotBeChanged() {
		RelationView view = RelationView.of("etcd:1", "etcd/0", Map.of("version", "3.5.0"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> view.getRelations().clear());
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> view.getRelations().get("etcd:1").clear());
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> view.getRelations().get("etcd:1").get("etcd/0").clear());
	}

	@Test
	void emptyHasNoRelation() {
		assertThat(RelationView.empty().getRelations()).isEmpty();
	}

	@Test
	void toStringShowsNoValue() {
		RelationView view = RelationView.of("etcd:1", "etcd/0", Map.of("client_key", "SECRET"));
		assertThat(view).hasToString("RelationView{etcd:1={etcd/0=[client_key]}}");
	}

}
