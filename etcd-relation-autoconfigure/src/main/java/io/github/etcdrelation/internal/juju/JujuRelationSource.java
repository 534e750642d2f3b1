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

package io.github.etcdrelation.internal.juju;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.jspecify.annotations.Nullable;

/**
 * {@link RelationSource} that reads the databags of an endpoint's remote units with the
 * hook tools of Juju. The relation has the name of the endpoint.
 */
public final class JujuRelationSource implements RelationSource {

	private final JujuEndpoint endpoint;

	private volatile @Nullable String missing;

	/**
	 * Create a source.
	 * @param endpoint the endpoint
	 */
	public JujuRelationSource(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	@Override
	public String getRelationName() {
		return this.endpoint.getName();
	}

	@Override
	public String getDescription() {
		return "Juju endpoint " + this.endpoint.getName();
	}

	@Override
	public RelationView read() {
		Map<String, Map<String, Map<String, String>>> relations = new LinkedHashMap<>();
		for (String relationId : this.endpoint.getRelationIds()) {
			Map<String, Map<String, String>> units = new LinkedHashMap<>();
			for (String unit : this.endpoint.getUnits(relationId)) {
				units.put(unit, this.endpoint.getTools().relationGet(relationId, unit));
			}
			relations.put(relationId, units);
		}
		this.missing = relations.values().stream().allMatch(Map::isEmpty)
				? "it is not connected, its source shows no remote unit" : null;
		return RelationView.of(relations);
	}

	@Override
	public @Nullable String describeMissing() {
		return this.missing;
	}

}
