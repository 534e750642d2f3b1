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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RelationState}.
 */
class RelationStateTests {

	@ParameterizedTest
	@CsvSource({ "CONNECTED,etcd.connected", "AVAILABLE,etcd.available", "TLS_AVAILABLE,etcd.tls.available" })
	void flagHasNameOfRelation(RelationState state, String flag) {
		assertThat(state.flag("etcd")).isEqualTo(flag);
	}

	@Test
	void statesAreInTheOrderInWhichTheyAreGained() {
		assertThat(RelationState.values()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE,
				RelationState.TLS_AVAILABLE);
	}

}
