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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The relations of a scenario that is replayed, by the names of their endpoints.
 */
final class ReplayedRelations {

	private final Map<String, RelationReconciler> relations = new TreeMap<>();

	void add(String endpoint, RelationReconciler relation) {
		this.relations.put(endpoint, relation);
	}

	DefaultEtcdRelation get(String endpoint) {
		return (DefaultEtcdRelation) this.relations.get(endpoint).getRelation();
	}

	Set<String> getEndpoints() {
		return this.relations.keySet();
	}

	/**
	 * Have all relations look at their source, as they do at a step.
	 */
	void refresh(int step) {
		this.relations.values().forEach((relation) -> {
			if (step == 0) {
				relation.load();
				relation.start();
			}
			else {
				relation.refresh().join();
			}
		});
	}

	/**
	 * Return the flags of the states of all relations.
	 */
	Set<String> getStates() {
		Set<String> states = new TreeSet<>();
		this.relations.forEach((endpoint,
				relation) -> relation.getRelation().getStates().forEach((state) -> states.add(state.flag(endpoint))));
		return states;
	}

	void stop() {
		this.relations.values().forEach(RelationReconciler::stop);
	}

}
