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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.juju.HookEnvironment;
import io.github.etcdrelation.juju.JujuEndpoint;
import io.github.etcdrelation.juju.JujuRelationSource;
import io.github.etcdrelation.juju.ProcessHookTools;
import io.github.etcdrelation.source.DirectoryRelationSource;
import io.github.etcdrelation.source.PropertiesRelationSource;

/**
 * Knows the source of each relation: connection details, a bean of the application, or
 * what the properties say.
 */
final class RelationSources {

	private final Map<String, RelationSource> beans = new LinkedHashMap<>();

	private final RelationResources resources;

	private final PropertyDatabag databag = new PropertyDatabag();

	RelationSources(Stream<RelationSource> beans, RelationResources resources) {
		beans.forEach((bean) -> {
			if (this.beans.putIfAbsent(bean.getRelationName(), bean) != null) {
				throw new IllegalStateException(
						"There are two beans of type RelationSource for relation '%s': keep one of them"
							.formatted(bean.getRelationName()));
			}
		});
		this.resources = resources;
	}

	boolean hasBean(String relationName) {
		return this.beans.containsKey(relationName);
	}

	RelationSource get(RelationConfiguration configuration) {
		EtcdConnectionDetails connectionDetails = configuration.connectionDetails();
		if (connectionDetails != null) {
			return new ConnectionDetailsRelationSource(configuration.name(), connectionDetails);
		}
		RelationSource bean = this.beans.get(configuration.name());
		if (bean != null) {
			return bean;
		}
		EtcdRelationProperties properties = configuration.properties();
		if (properties.getJuju().isEnabled()) {
			return juju(configuration);
		}
		if (configuration.directory() == null) {
			return new PropertiesRelationSource(configuration.name(), () -> this.databag.create(properties));
		}
		if (properties.hasData()) {
			throw new InvalidRelationPropertyException(configuration.prefix(), new InvalidRelationDataException(
					"directory", "and the properties that give the relation's data are mutually exclusive",
					"Give either a directory, or connection-string, version, client-cert, client-key and client-ca"));
		}
		return new DirectoryRelationSource(configuration.name(), configuration.directory(),
				this.resources.directoryWatcher(), this.resources.refreshExecutor());
	}

	private static RelationSource juju(RelationConfiguration configuration) {
		if (configuration.directory() != null || configuration.properties().hasData()) {
			throw new InvalidRelationPropertyException(configuration.prefix(), new InvalidRelationDataException(
					"juju.enabled", "is true and other properties give the relation's data too",
					"Give either juju.enabled, or directory, or connection-string, version, client-cert, client-key "
							+ "and client-ca"));
		}
		return new JujuRelationSource(
				new JujuEndpoint(configuration.name(), new ProcessHookTools(), HookEnvironment.ofProcess()));
	}

}
