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

package io.github.etcdrelation.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The keys of configuration files that editors know, by the metadata of all jars.
 */
final class KnownKeys {

	static final String FURTHER = "etcd.relations";

	private final Map<String, Map<String, Object>> properties = new LinkedHashMap<>();

	private final Map<String, List<String>> values = new LinkedHashMap<>();

	private final Set<ConfigurationPropertyName> names = new LinkedHashSet<>();

	private final Set<ConfigurationPropertyName> maps = new LinkedHashSet<>();

	KnownKeys() {
		try {
			for (URL resource : Collections
				.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream stream = resource.openStream()) {
					add(JsonPath.parse(stream));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(DocumentContext document) {
		List<Map<String, Object>> all = document.read("$.properties");
		for (Map<String, Object> property : all) {
			String key = (String) property.get("name");
			this.properties.put(key, property);
			ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
			this.names.add(name);
			if (!key.equals(FURTHER) && String.valueOf(property.get("type")).startsWith(Map.class.getName())) {
				this.maps.add(name);
			}
		}
		List<Map<String, Object>> hints = document.read("$..hints[?(@.values)]");
		hints.forEach((hint) -> this.values.put((String) hint.get("name"), JsonPath.read(hint, "$.values[*].value")));
	}

	/**
	 * Return the metadata of the starter's properties by name.
	 */
	Map<String, Map<String, Object>> ofStarter() {
		Map<String, Map<String, Object>> own = new LinkedHashMap<>();
		this.properties.forEach((name, property) -> {
			if (name.startsWith("etcd.") || name.matches("management\\..*\\.etcd(relation)?\\..*")) {
				own.put(name, property);
			}
		});
		return own;
	}

	List<String> values(String name) {
		return this.values.getOrDefault(name, Collections.emptyList());
	}

	boolean knows(String key) {
		ConfigurationPropertyName name = ofDefaultRelation(ConfigurationPropertyName.adapt(key, '.'));
		return this.names.contains(name) || this.names.contains(withoutIndex(name))
				|| this.maps.stream().anyMatch((map) -> map.isAncestorOf(name));
	}

	/**
	 * Return whether an environment variable stands for a property: dots as underscores
	 * and without hyphens.
	 */
	boolean knowsVariable(String variable) {
		String wanted = variable.toLowerCase(Locale.ROOT).replaceFirst("^etcd_relations_[a-z]+_", "etcd_relation_");
		return this.names.stream()
			.anyMatch((name) -> name.toString().replace("-", "").replace('.', '_').equals(wanted));
	}

	private static ConfigurationPropertyName ofDefaultRelation(ConfigurationPropertyName name) {
		ConfigurationPropertyName further = ConfigurationPropertyName.of(FURTHER);
		return (further.isAncestorOf(name) && name.getNumberOfElements() > 3)
				? ConfigurationPropertyName.of("etcd.relation").append(name.subName(3)) : name;
	}

	private static ConfigurationPropertyName withoutIndex(ConfigurationPropertyName name) {
		return name.isLastElementIndexed() ? name.getParent() : name;
	}

}
