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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays the scenarios of the interface {@code etcd_client} with views, from the
 * derivation to the events.
 */
class EtcdClientViewReplayTests {

	static List<Scenario> scenarios() {
		return Scenario.loadEtcdClient();
	}

	@Test
	void scenariosCoverTheInterface() {
		assertThat(scenarios()).hasSizeGreaterThanOrEqualTo(60);
		assertThat(scenarios()).extracting(Scenario::name).filteredOn((name) -> name.startsWith("c0")).hasSize(4);
		assertThat(scenarios()).extracting(Scenario::name).filteredOn((name) -> name.startsWith("t0")).hasSize(8);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replay(Scenario scenario) {
		Map<String, RelationView> views = new HashMap<>();
		try (EtcdClientReplay replay = new EtcdClientReplay(scenario, (endpoint) -> source(endpoint, views))) {
			replay.replay((step) -> scenario.endpoints()
				.forEach((endpoint) -> views.put(endpoint, EtcdClientScenario.view(scenario, step, endpoint))));
		}
	}

	private static RelationSource source(String endpoint, Map<String, RelationView> views) {
		return new RelationSource() {

			@Override
			public String getRelationName() {
				return endpoint;
			}

			@Override
			public RelationView read() {
				return views.get(endpoint);
			}

		};
	}

}
