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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import org.jspecify.annotations.Nullable;

/**
 * Finds the secrets that the databag of an application refers to.
 */
public final class SecretReferences {

	private static final String KEY_PREFIX = "secret-";

	private SecretReferences() {
	}

	/**
	 * Find the secrets that the other side publishes, in either version of the interface.
	 * @param relationId the id of the relation
	 * @param databag the databag of the remote application
	 * @return the references in their order
	 */
	public static List<Reference> find(String relationId, Map<String, String> databag) {
		List<Reference> references = new ArrayList<>();
		if (EtcdClientDatabag.V1.equals(databag.get(EtcdClientDatabag.VERSION))) {
			String text = databag.getOrDefault(EtcdClientDatabag.REQUESTS, "");
			DatabagJson.readObjects(text)
				.orElse(Collections.emptyList())
				.forEach((response) -> addAll(references, response, response.get(EtcdClientDatabag.REQUEST_ID),
						relationId));
		}
		else {
			addAll(references, databag, null, relationId);
		}
		return references;
	}

	private static void addAll(List<Reference> references, Map<String, String> values, @Nullable String requestId,
			String relationId) {
		values.forEach((key, value) -> {
			// The own certificate comes back in some answers
			if (key.startsWith(KEY_PREFIX) && !key.equals(EtcdClientDatabag.SECRET_MTLS)
					&& value.startsWith(EtcdClientDatabag.SECRET_SCHEME)) {
				references.add(new Reference(key, value,
						SecretLabel.of(relationId, requestId, key.substring(KEY_PREFIX.length()))));
			}
		});
	}

	/**
	 * Reference to a secret.
	 *
	 * @param key the key that refers to it
	 * @param uri its URI
	 * @param label the label that it gets
	 */
	public record Reference(String key, String uri, String label) {

	}

}
