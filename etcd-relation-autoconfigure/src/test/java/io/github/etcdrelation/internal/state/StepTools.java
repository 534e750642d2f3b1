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
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.UnitHookTools;
import org.jspecify.annotations.Nullable;

/**
 * Hook tools that answer what the current step of a scenario says.
 */
abstract class StepTools extends UnitHookTools {

	private Map<String, Object> step = Collections.emptyMap();

	HookEnvironment environment() {
		return new HookEnvironment(this::variable);
	}

	@Nullable String variable(String name) {
		return name.equals("JUJU_HOOK_NAME") ? hook() : (String) Scenario.map(this.step.get("env")).get(name);
	}

	String hook() {
		return (String) this.step.get("hook");
	}

	void begin(Map<String, Object> step) {
		this.step = step;
	}

	Map<String, Object> step() {
		return this.step;
	}

	List<Map<String, Object>> relations() {
		return Scenario.maps(this.step.get("relations"));
	}

	Map<String, Object> relation(String relationId) {
		return relations().stream()
			.filter((relation) -> relationId.equals(relation.get("id")))
			.findFirst()
			.orElseThrow(() -> failure("names no relation " + relationId));
	}

	static InvalidRelationDataException failure(String reason) {
		return new InvalidRelationDataException("juju.enabled", reason, null);
	}

	/**
	 * Return whether the hook for the end of a relation runs.
	 */
	boolean isEnding(String relationId) {
		return hook().endsWith("-relation-broken") && relationId.equals(variable("JUJU_RELATION_ID"));
	}

	@Override
	public List<String> relationIds(String endpoint) {
		return relations().stream()
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

}
