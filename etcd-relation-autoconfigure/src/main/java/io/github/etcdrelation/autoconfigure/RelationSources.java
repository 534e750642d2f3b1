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
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.source.PropertiesRelationSource;
import io.github.etcdrelation.internal.tls.SslBundleCache;

/**
 * Resolves the source of each relation: connection details, a bean of the application, or
 * the configured properties.
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

	RelationSource get(RelationDefinition definition, SslBundleCache sslBundles) {
		EtcdConnectionDetails connectionDetails = definition.connectionDetails();
		if (connectionDetails != null) {
			return new ConnectionDetailsRelationSource(definition.name(), connectionDetails);
		}
		RelationSource bean = this.beans.get(definition.name());
		if (bean != null) {
			return bean;
		}
		EtcdRelationProperties properties = definition.properties();
		if (properties.getJuju().isEnabled()) {
			return juju(definition);
		}
		if (definition.directory() == null) {
			return new PropertiesRelationSource(definition.name(), () -> this.databag.create(properties));
		}
		if (properties.hasData()) {
			throw InvalidRelationConfigurationException
				.ofProperty(definition.prefix(), new InvalidRelationDataException("directory",
						"and the properties that give the relation's data are mutually exclusive",
						"Give either a directory, or connection-string, version, client-cert, client-key and client-ca"));
		}
		return new DirectoryRelationSource(definition.name(), definition.directory(), this.resources.directoryWatcher(),
				this.resources.refreshExecutor(), sslBundles);
	}

	private static RelationSource juju(RelationDefinition definition) {
		if (definition.directory() != null || definition.properties().hasData()) {
			throw InvalidRelationConfigurationException
				.ofProperty(definition.prefix(), new InvalidRelationDataException("juju.enabled",
						"is true and other properties give the relation's data too",
						"Give either juju.enabled, or directory, or connection-string, version, client-cert, client-key "
								+ "and client-ca"));
		}
		return new JujuRelationSource(
				new JujuEndpoint(definition.name(), new ProcessHookTools(), HookEnvironment.ofProcess()));
	}

}
