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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * What the module tells editors about its properties.
 */
final class ConfigurationMetadata {

	/**
	 * The map of further relations. Editors find the properties of its values by their
	 * type, in the metadata there is the map only.
	 */
	static final String FURTHER = "etcd.relations";

	private static final ConfigurationPropertyName FURTHER_NAME = ConfigurationPropertyName.of(FURTHER);

	private static final ConfigurationPropertyName DEFAULT_NAME = ConfigurationPropertyName.of("etcd.relation");

	private final DocumentContext document;

	private final Map<String, Map<String, Object>> properties = new LinkedHashMap<>();

	private ConfigurationMetadata(DocumentContext document) {
		this.document = document;
		List<Map<String, Object>> properties = document.read("$.properties");
		properties.forEach((property) -> this.properties.put((String) property.get("name"), property));
	}

	/**
	 * Return what is in the jar.
	 */
	static ConfigurationMetadata load() {
		return load("spring-configuration-metadata.json");
	}

	/**
	 * Return what was written by hand.
	 */
	static ConfigurationMetadata loadAdditional() {
		return load("additional-spring-configuration-metadata.json");
	}

	private static ConfigurationMetadata load(String name) {
		// Other jars have one too
		String directory = EtcdRelationProperties.class.getProtectionDomain().getCodeSource().getLocation().getPath();
		try {
			return new ConfigurationMetadata(
					JsonPath.parse(Files.newInputStream(Path.of(directory, "META-INF", name))));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Map<String, Map<String, Object>> getProperties() {
		return this.properties;
	}

	List<String> getHintNames() {
		return this.document.read("$.hints[*].name");
	}

	List<String> getHintValues(String name) {
		return this.document.read("$.hints[?(@.name=='%s')].values[*].value".formatted(name));
	}

	/**
	 * Return whether an editor knows a key of a configuration file.
	 */
	boolean knows(String key) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
		int further = FURTHER_NAME.getNumberOfElements();
		if (FURTHER_NAME.isAncestorOf(name) && name.getNumberOfElements() > further + 1) {
			name = DEFAULT_NAME.append(name.subName(further + 1));
		}
		return this.properties.keySet().stream().map(ConfigurationPropertyName::of).anyMatch(name::equals);
	}

}
