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
import java.util.Map;
import java.util.TreeMap;

/**
 * Hook tools that show what a scenario says, and keep what is written to the databags of
 * the local unit if the hook succeeds.
 */
final class ScenarioTools extends StepTools {

	private final Map<String, Map<String, String>> committed = new TreeMap<>();

	private Map<String, Map<String, String>> pending = new TreeMap<>();

	@Override
	void begin(Map<String, Object> step) {
		super.begin(step);
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
		this.committed.keySet().removeIf(this::isEnding);
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
	public Map<String, String> applicationGet(String relationId, String application) {
		return Scenario.stringMap(relation(relationId).get("app_data"));
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		relation(relationId);
		this.pending.computeIfAbsent(relationId, (id) -> new HashMap<>()).putAll(values);
	}

}
