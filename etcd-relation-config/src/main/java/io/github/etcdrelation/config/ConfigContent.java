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

package io.github.etcdrelation.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The properties of a location at one revision.
 *
 * @param revision the revision
 * @param keys the keys that they were made of
 * @param documents the properties of documents by name, in ascending order of precedence
 * @param single the properties of single keys, which have precedence
 */
record ConfigContent(long revision, SortedMap<String, ConfigKey> keys, Map<String, ConfigDocument> documents,
		ConfigProperties single) {

	static final ConfigContent NONE = new ConfigContent(0, new TreeMap<>(), Map.of(), ConfigProperties.NONE);

	/**
	 * Make properties.
	 * @param location the location
	 * @param snapshot its keys
	 * @param former the content whose unchanged keys are not parsed again
	 * @throws EtcdConfigException if a value is not what its key says
	 */
	static ConfigContent of(EtcdConfigLocation location, ConfigSnapshot snapshot, ConfigContent former) {
		SortedMap<String, ConfigKey> keys = new TreeMap<>();
		Map<String, ConfigDocument> documents = new LinkedHashMap<>();
		ConfigProperties.Builder single = new ConfigProperties.Builder();
		snapshot.entries().forEach((name, entry) -> {
			ConfigKey known = former.keys.get(name);
			ConfigKey key = (known != null && known.entry().equals(entry)) ? known
					: ConfigKey.parse(location, name, entry);
			keys.put(name, key);
			key.documents().forEach((document) -> documents.put(document.name(), document));
			single.add(key.single());
		});
		return new ConfigContent(snapshot.revision(), keys, Collections.unmodifiableMap(documents), single.build());
	}

	@Override
	public String toString() {
		return "revision %d with %d keys".formatted(this.revision, this.keys.size());
	}

}
