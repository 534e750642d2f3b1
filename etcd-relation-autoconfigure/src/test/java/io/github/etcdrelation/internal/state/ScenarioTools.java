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

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.UnitHookTools;
import org.jspecify.annotations.Nullable;

/**
 * Hook tools that show what a scenario says, and keep what is written to the databags of
 * the local unit if the hook succeeds.
 */
final class ScenarioTools extends UnitHookTools {

	private static final String BROKEN = "-relation-broken";

	private Map<String, Object> step = Collections.emptyMap();

	private final Map<String, Map<String, String>> committed = new TreeMap<>();

	private Map<String, Map<String, String>> pending = new TreeMap<>();

	HookEnvironment environment() {
		return new HookEnvironment(this::variable);
	}

	private @Nullable String variable(String name) {
		return name.equals("JUJU_HOOK_NAME") ? hook() : (String) Scenario.map(this.step.get("env")).get(name);
	}

	private String hook() {
		return (String) this.step.get("hook");
	}

	void begin(Map<String, Object> step) {
		this.step = step;
		this.pending = new TreeMap<>();
	}

	void end(boolean success) {
		if (!success) {
			return;
		}
		this.pending.forEach((relationId, values) -> values.forEach((key, value) -> {
			Map<String, String> databag = this.committed.computeIfAbsent(relationId, (id) -> new TreeMap<>());
			if (value.isEmpty()) {
				databag.remove(key);
			}
			else {
				databag.put(key, value);
			}
		}));
		if (hook().endsWith(BROKEN)) {
			this.committed.remove(variable("JUJU_RELATION_ID"));
		}
	}

	/**
	 * What the local unit has published, without databags that are empty.
	 */
	Map<String, Map<String, String>> localDatabags() {
		Map<String, Map<String, String>> databags = new TreeMap<>(this.committed);
		databags.values().removeIf(Map::isEmpty);
		return databags;
	}

	@Override
	public List<String> relationIds(String endpoint) {
		return Scenario.maps(this.step.get("relations"))
			.stream()
			.filter((relation) -> endpoint.equals(relation.get("name")))
			.map((relation) -> (String) relation.get("id"))
			.toList();
	}

	@Override
	public List<String> relationList(String relationId) {
		return Scenario.strings(relation(relationId).get("members"));
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		return Scenario.stringMap(Scenario.map(relation(relationId).get("data")).get(unit));
	}

	@Override
	public String relationApplication(String relationId) {
		return (String) relation(relationId).getOrDefault("app", "");
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		return Scenario.stringMap(relation(relationId).get("app_data"));
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		relation(relationId);
		this.pending.computeIfAbsent(relationId, (id) -> new HashMap<>()).putAll(values);
	}

	private Map<String, Object> relation(String relationId) {
		return Scenario.maps(this.step.get("relations"))
			.stream()
			.filter((relation) -> relationId.equals(relation.get("id")))
			.findFirst()
			.orElseThrow(
					() -> new InvalidRelationDataException("juju.enabled", "names no relation " + relationId, null));
	}

}
