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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Properties of one relation and their prefix.
 *
 * @param name the name of the relation
 * @param prefix the prefix of the properties
 * @param properties the properties
 * @param directory the directory with the relation's data or {@code null}
 * @param connectionDetails the bean that supplies the relation's data or {@code null}
 */
record RelationDefinition(String name, String prefix, EtcdRelationProperties properties, @Nullable Path directory,
		@Nullable EtcdConnectionDetails connectionDetails) {

	static final String DEFAULT_NAME = "etcd";

	static final String DEFAULT_PREFIX = "etcd.relation";

	static final String CONNECTION_STRING = "connection-string";

	static final String FURTHER_PREFIX = "etcd.relations";

	static RelationDefinition ofDefault(EtcdRelationProperties properties, Environment environment,
			@Nullable EtcdConnectionDetails connectionDetails) {
		Path directory = properties.getDirectory();
		if (connectionDetails == null && directory == null && !properties.hasRemoteData()
				&& !properties.getJuju().isEnabled()) {
			try {
				directory = ServiceBindings.find(environment);
			}
			catch (InvalidRelationDataException ex) {
				throw InvalidRelationConfigurationException.ofProperty(DEFAULT_PREFIX, ex);
			}
		}
		return new RelationDefinition(name(properties, DEFAULT_NAME), DEFAULT_PREFIX, properties, directory,
				connectionDetails);
	}

	/**
	 * Return the further relations.
	 * @throws InvalidRelationConfigurationException if two of them have the same name
	 */
	static List<RelationDefinition> ofFurther(Map<String, EtcdRelationProperties> relations) {
		Map<String, RelationDefinition> definitions = new LinkedHashMap<>();
		relations.forEach((key, properties) -> {
			if (properties.isEnabled()) {
				RelationDefinition definition = new RelationDefinition(name(properties, key), furtherPrefix(key),
						properties, properties.getDirectory(), null);
				RelationDefinition other = definitions.putIfAbsent(definition.name(), definition);
				if (other != null) {
					throw InvalidRelationConfigurationException.ofDuplicateName(definition.name(), other.prefix(),
							definition.prefix());
				}
			}
		});
		return new ArrayList<>(definitions.values());
	}

	/**
	 * Return the prefix of the properties of a further relation.
	 */
	static String furtherPrefix(String key) {
		return FURTHER_PREFIX + "." + key;
	}

	/**
	 * Return the name of the default relation.
	 */
	static String defaultName(EtcdRelationProperties properties) {
		return name(properties, DEFAULT_NAME);
	}

	private static String name(EtcdRelationProperties properties, String fallback) {
		String name = properties.getName();
		return (name != null && StringUtils.hasText(name)) ? name.strip() : fallback;
	}

	/**
	 * Return whether another definition has the same name and directory.
	 */
	boolean isLike(RelationDefinition other) {
		return this.name.equals(other.name) && Objects.equals(this.directory, other.directory);
	}

	boolean isConfigured() {
		return this.connectionDetails != null || this.directory != null || this.properties.hasData()
				|| this.properties.getJuju().isEnabled();
	}

	/**
	 * Return the configured interface, which does not concern connection details: they
	 * have all parts as they are.
	 */
	@Nullable RelationInterface relationInterface() {
		return (this.connectionDetails != null) ? null : this.properties.getInterface();
	}

	/**
	 * Return whether only properties could give a connection string and do not.
	 */
	boolean lacksConnectionString() {
		return this.connectionDetails == null && this.directory == null && !this.properties.getJuju().isEnabled()
				&& !StringUtils.hasText(this.properties.getConnectionString());
	}

}
