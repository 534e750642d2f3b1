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
import java.util.TreeMap;

import io.github.etcdrelation.RelationView;

/**
 * What one endpoint of a scenario shows in one hook.
 */
public final class ScenarioView {

	private static final String DEPARTED = "-relation-departed";

	private ScenarioView() {
	}

	/**
	 * Return the view of an endpoint: units that are members, without the one that is
	 * departing.
	 */
	public static RelationView of(Map<String, Object> step, String endpoint) {
		Map<String, Map<String, Map<String, String>>> relations = new TreeMap<>();
		for (Map<String, Object> relation : Scenario.maps(step.get("relations"))) {
			if (endpoint.equals(relation.get("name"))) {
				String id = (String) relation.get("id");
				Map<String, Map<String, String>> units = new TreeMap<>();
				Map<String, Object> databags = Scenario.map(relation.get("data"));
				for (String member : Scenario.strings(relation.get("members"))) {
					if (!isDeparting(step, id, member)) {
						units.put(member, Scenario.stringMap(databags.get(member)));
					}
				}
				relations.put(id, units);
			}
		}
		return RelationView.of(relations);
	}

	private static boolean isDeparting(Map<String, Object> step, String relationId, String unit) {
		Map<String, Object> env = Scenario.map(step.get("env"));
		return ((String) step.get("hook")).endsWith(DEPARTED) && relationId.equals(env.get("JUJU_RELATION_ID"))
				&& (unit.equals(env.get("JUJU_REMOTE_UNIT")) || unit.equals(env.get("JUJU_DEPARTING_UNIT")));
	}

}
