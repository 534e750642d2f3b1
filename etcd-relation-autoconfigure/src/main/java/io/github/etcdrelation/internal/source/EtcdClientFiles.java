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

package io.github.etcdrelation.internal.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RelationSnapshot;

/**
 * Files that hold one value each, as what the two sides of a relation of the interface
 * {@code etcd_client} give: nothing but the certificate and its key is the own side's.
 */
final class EtcdClientFiles {

	private EtcdClientFiles() {
	}

	/**
	 * Return the view that the files stand for.
	 * @param relationId the id of the relation
	 * @param values the values of the files by key
	 */
	static RelationView view(String relationId, Map<String, String> values) {
		return RelationView.empty()
			.withApplications(Map.of(relationId, EtcdClientValues.toApplication(values)))
			.withOwnData(given(values, List.of(RelationSnapshot.CLIENT_CERT, RelationSnapshot.CLIENT_KEY)));
	}

	/**
	 * Return what the own side brings to a spool.
	 * @param values the values of the files beside the spool by key
	 */
	static Map<String, String> ownData(Map<String, String> values) {
		return given(values,
				List.of(RelationSnapshot.CLIENT_CERT, RelationSnapshot.CLIENT_KEY, RelationSnapshot.PREFIX));
	}

	private static Map<String, String> given(Map<String, String> values, List<String> keys) {
		Map<String, String> given = new LinkedHashMap<>();
		for (String key : keys) {
			String value = values.getOrDefault(key, "");
			if (!value.isBlank()) {
				given.put(key, value);
			}
		}
		return given;
	}

}
