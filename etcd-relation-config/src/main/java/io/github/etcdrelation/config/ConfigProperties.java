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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;

/**
 * Properties with their origins.
 *
 * @param values the values by name
 * @param origins the origins by name
 */
record ConfigProperties(Map<String, Object> values, Map<String, Origin> origins) {

	static final ConfigProperties NONE = new ConfigProperties(Map.of(), Map.of());

	/**
	 * Take the origins out of tracked values.
	 * @param tracked values, some of them with origins
	 */
	static ConfigProperties of(Map<?, ?> tracked) {
		Map<String, Object> values = new LinkedHashMap<>();
		Map<String, Origin> origins = new LinkedHashMap<>();
		tracked.forEach((name, value) -> {
			Object plain = (value instanceof OriginTrackedValue trackedValue) ? trackedValue.getValue() : value;
			Origin origin = Origin.from(value);
			values.put(String.valueOf(name), plain);
			if (origin != null) {
				origins.put(String.valueOf(name), origin);
			}
		});
		return new ConfigProperties(Collections.unmodifiableMap(values), origins);
	}

	static ConfigProperties of(String name, Object value, Origin origin) {
		return new ConfigProperties(Map.of(name, value), Map.of(name, origin));
	}

	@Nullable Origin origin(String name) {
		return this.origins.get(name);
	}

	/**
	 * Return the names of the properties that differ.
	 */
	Set<String> difference(ConfigProperties other) {
		Set<String> names = new HashSet<>();
		this.values.forEach((name, value) -> {
			if (!Objects.equals(value, other.values.get(name))) {
				names.add(name);
			}
		});
		other.values.keySet().stream().filter((name) -> !this.values.containsKey(name)).forEach(names::add);
		return names;
	}

	@Override
	public String toString() {
		return this.values.size() + " properties";
	}

	/**
	 * Adds properties, later ones over earlier ones.
	 */
	static final class Builder {

		private final Map<String, Object> values = new LinkedHashMap<>();

		private final Map<String, Origin> origins = new LinkedHashMap<>();

		void add(ConfigProperties properties) {
			this.values.putAll(properties.values);
			this.origins.putAll(properties.origins);
		}

		/**
		 * Add properties; a list replaces another one as a whole.
		 */
		void addDocument(ConfigProperties properties) {
			Set<String> lists = new HashSet<>();
			properties.values.keySet().forEach((name) -> {
				int index = name.indexOf('[');
				if (index > 0) {
					lists.add(name.substring(0, index + 1));
				}
			});
			if (!lists.isEmpty()) {
				this.values.keySet().removeIf((name) -> lists.stream().anyMatch(name::startsWith));
			}
			add(properties);
		}

		ConfigProperties build() {
			this.origins.keySet().retainAll(this.values.keySet());
			return new ConfigProperties(Collections.unmodifiableMap(this.values), this.origins);
		}

	}

}
