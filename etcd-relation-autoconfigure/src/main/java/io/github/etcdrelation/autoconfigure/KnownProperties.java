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

package io.github.etcdrelation.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Names of the properties of a relation below its prefix, and what may be meant by names
 * that are none of them.
 */
final class KnownProperties {

	private static final int MIN_PREFIX = 4;

	private static final Map<String, String> SYNONYMS = synonyms();

	private final Map<String, String> names = new LinkedHashMap<>();

	KnownProperties() {
		collect(EtcdRelationProperties.class, "").forEach((name) -> this.names.put(uniform(name), name));
	}

	private static Map<String, String> synonyms() {
		Map<String, String> synonyms = new LinkedHashMap<>();
		List.of("endpoint", "endpoints", "uri", "uris", "url", "urls", "host", "hosts", "address", "addresses",
				"connect-string")
			.forEach((name) -> synonyms.put(uniform(name), "connection-string"));
		List.of("cert", "certificate", "tls-cert").forEach((name) -> synonyms.put(uniform(name), "client-cert"));
		List.of("key", "private-key", "tls-key").forEach((name) -> synonyms.put(uniform(name), "client-key"));
		List.of("ca", "ca-cert", "ca-certificate", "tls-ca", "trusted-ca")
			.forEach((name) -> synonyms.put(uniform(name), "client-ca"));
		List.of("user", "username", "client.username").forEach((name) -> synonyms.put(uniform(name), "client.user"));
		synonyms.put("password", "client.password");
		synonyms.put("namespace", "client.namespace");
		return synonyms;
	}

	private static List<String> collect(Class<?> type, String prefix) {
		List<String> names = new ArrayList<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			String name = prefix + DataObjectPropertyName.toDashedForm(property.getName());
			Class<?> propertyType = property.getPropertyType();
			if (propertyType.getEnclosingClass() == EtcdRelationProperties.class && !propertyType.isEnum()) {
				names.addAll(collect(propertyType, name + "."));
			}
			else if (property.getWriteMethod() != null) {
				names.add(name);
			}
		}
		return names;
	}

	private static String uniform(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the name of a property, however it is spelled in its source.
	 * @return the name, {@code null} if there is no such property
	 */
	@Nullable String find(String name) {
		return this.names.get(uniform(name.replaceFirst("\\[\\d+\\]$", "")));
	}

	/**
	 * Return the property that is likely meant by a name that is none.
	 * @return the name of the property, {@code null} if nothing is like it
	 */
	@Nullable String suggest(String name) {
		String unknown = uniform(name);
		String synonym = SYNONYMS.get(unknown);
		if (synonym != null) {
			return synonym;
		}
		String best = null;
		int least = Integer.MAX_VALUE;
		for (Map.Entry<String, String> known : this.names.entrySet()) {
			int distance = distance(unknown, known.getKey());
			if (distance < least && distance <= Math.max(1, Math.min(unknown.length(), 12) / 4)) {
				least = distance;
				best = known.getValue();
			}
		}
		return (best != null) ? best : longest(unknown);
	}

	private @Nullable String longest(String unknown) {
		String best = null;
		int most = MIN_PREFIX;
		for (Map.Entry<String, String> known : this.names.entrySet()) {
			int length = known.getKey().length();
			if (length > most && !known.getValue().equals("enabled")
					&& (unknown.startsWith(known.getKey()) || unknown.length() > MIN_PREFIX
							&& known.getValue().equals("connection-string") && known.getKey().startsWith(unknown))) {
				most = length;
				best = known.getValue();
			}
		}
		return best;
	}

	/**
	 * Return the Levenshtein distance.
	 */
	private static int distance(String first, String second) {
		int[] previous = new int[second.length() + 1];
		for (int j = 0; j <= second.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= first.length(); i++) {
			int[] current = new int[second.length() + 1];
			current[0] = i;
			for (int j = 1; j <= second.length(); j++) {
				int changed = previous[j - 1] + ((first.charAt(i - 1) == second.charAt(j - 1)) ? 0 : 1);
				current[j] = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
			}
			previous = current;
		}
		return previous[second.length()];
	}

}
