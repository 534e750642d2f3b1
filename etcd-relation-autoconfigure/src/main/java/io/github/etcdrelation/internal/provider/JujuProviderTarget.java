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

package io.github.etcdrelation.internal.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the databag of the local unit in every relation of an endpoint.
 */
public final class JujuProviderTarget implements ProviderTarget {

	private final JujuEndpoint endpoint;

	private final Map<String, Map<String, String>> written = new HashMap<>();

	/**
	 * Create a target.
	 * @param endpoint the endpoint
	 */
	public JujuProviderTarget(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	@Override
	public boolean isConnected() {
		return this.endpoint.hasUnits();
	}

	@Override
	public void publish(Map<String, String> values) {
		List<String> relationIds = this.endpoint.getRelationIds();
		this.written.keySet().retainAll(relationIds);
		InvalidRelationDataException failure = null;
		for (String relationId : relationIds) {
			try {
				publish(relationId, values);
			}
			catch (InvalidRelationDataException ex) {
				if (failure == null) {
					failure = ex;
				}
			}
		}
		throwIfFailed(failure);
	}

	private void publish(String relationId, Map<String, String> values) {
		Map<String, String> known = this.written.computeIfAbsent(relationId, (id) -> new HashMap<>());
		Map<String, String> differing = new TreeMap<>(values);
		differing.entrySet().removeIf((entry) -> entry.getValue().equals(known.get(entry.getKey())));
		if (!differing.isEmpty()) {
			// The effect of a call that fails is unknown
			known.keySet().removeAll(differing.keySet());
			this.endpoint.getTools().relationSet(relationId, differing);
			known.putAll(differing);
		}
	}

	private static void throwIfFailed(@Nullable InvalidRelationDataException failure) {
		if (failure != null) {
			throw failure;
		}
	}

	@Override
	public void forget() {
		this.written.clear();
	}

}
