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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag.Response;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a relation of the interface {@code etcd_client} that arrive one by one, by
 * the names that they have in files.
 */
final class ProviderParts {

	static final String ENDPOINTS = EtcdClientDatabag.URIS + " or " + EtcdClientDatabag.ENDPOINTS;

	private ProviderParts() {
	}

	/**
	 * Return which parts the other side has not given yet.
	 * @param application the databag and the secrets that it refers to
	 * @return the names, {@code null} if nothing is due since the other side refuses
	 */
	static @Nullable List<String> missing(RemoteApplication application) {
		EtcdClientDatabag databag = new EtcdClientDatabag(application);
		if (!databag.getRefusals().isEmpty()) {
			return null;
		}
		List<String> fewest = null;
		for (Response response : databag.getResponses(null)) {
			List<String> missing = missing(response);
			if (fewest == null || missing.size() < fewest.size()) {
				fewest = missing;
			}
		}
		return (fewest != null) ? fewest : List.of(EtcdClientDatabag.REQUESTS);
	}

	private static List<String> missing(Response response) {
		List<String> missing = new ArrayList<>();
		String connectionString = response.getConnectionString();
		if (response.username() == null) {
			missing.add(EtcdClientDatabag.USERNAME);
		}
		if (connectionString == null) {
			missing.add(ENDPOINTS);
		}
		if (response.ca() == null && !(connectionString != null && connectionString.startsWith("http:"))) {
			missing.add(EtcdClientDatabag.TLS_CA);
		}
		return missing;
	}

	/**
	 * Return which parts of the own certificate are missing.
	 * @param ownData what the own side brings
	 */
	static List<String> missingOwn(Map<String, String> ownData) {
		return List.of(RelationSnapshot.CLIENT_CERT, RelationSnapshot.CLIENT_KEY)
			.stream()
			.filter((key) -> ownData.getOrDefault(key, "").isBlank())
			.toList();
	}

}
