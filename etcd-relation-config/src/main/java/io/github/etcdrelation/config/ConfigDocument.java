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

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A document in the value of a key.
 *
 * @param name tells it apart from others of the location. It has what
 * {@code spring.config.activate} says, as whether a property source holds is decided once
 * @param conditional whether it holds only where that permits it
 * @param properties its properties
 */
record ConfigDocument(String name, boolean conditional, ConfigProperties properties) {

	private static final String ACTIVATION = "spring.config.activate.";

	/**
	 * Create a document.
	 * @param key the key
	 * @param properties its properties
	 * @param free returns whether a name is free
	 */
	static ConfigDocument of(String key, ConfigProperties properties, Predicate<String> free) {
		SortedMap<String, Object> conditions = new TreeMap<>();
		properties.values().forEach((name, value) -> {
			if (name.startsWith(ACTIVATION)) {
				conditions.put(name.substring(ACTIVATION.length()), value);
			}
		});
		String base = key + (conditions.isEmpty() ? "" : " " + conditions);
		String name = base;
		for (int i = 1; !free.test(name); i++) {
			name = base + " (document #" + i + ")";
		}
		return new ConfigDocument(name, !conditions.isEmpty(), properties);
	}

}
