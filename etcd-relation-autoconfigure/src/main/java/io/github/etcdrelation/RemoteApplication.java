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

package io.github.etcdrelation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Databag of the remote application of a relation, with the contents of the Juju secrets
 * that it refers to. Immutable.
 *
 * @param databag keys and values; the value of a key such as {@code secret-user} is the
 * URI of a secret
 * @param secrets the contents, field to value, by the URI of the secret; a secret that is
 * not there or may not be read is absent
 * @since 0.1.0
 */
public record RemoteApplication(Map<String, String> databag, Map<String, Map<String, String>> secrets) {

	/**
	 * Create a new instance with copies of the given maps.
	 */
	public RemoteApplication {
		databag = Map.copyOf(databag);
		Map<String, Map<String, String>> contents = new LinkedHashMap<>();
		secrets.forEach((uri, content) -> contents.put(uri, Map.copyOf(content)));
		secrets = Map.copyOf(contents);
	}

	/**
	 * Return the names of the keys and fields, never a value.
	 */
	@Override
	public String toString() {
		Map<String, Object> fields = new TreeMap<>();
		this.secrets.forEach((uri, content) -> fields.put(uri, new TreeSet<>(content.keySet())));
		return "RemoteApplication[databag=%s, secrets=%s]".formatted(new TreeSet<>(this.databag.keySet()), fields);
	}

}
