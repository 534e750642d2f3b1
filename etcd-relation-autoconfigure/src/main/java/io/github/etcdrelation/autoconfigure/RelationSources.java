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
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.source.ConfiguredInterfaceSource;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.source.OwnDataSource;
import io.github.etcdrelation.internal.source.PropertiesRelationSource;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the source of each relation: connection details, a bean of the application, or
 * the configured properties.
 */
final class RelationSources {

	private final Map<String, RelationSource> beans = new LinkedHashMap<>();

	private final RelationResources resources;

	private final PropertyDatabag databag;

	RelationSources(Stream<RelationSource> beans, RelationResources resources) {
		beans.forEach((bean) -> {
			if (this.beans.putIfAbsent(bean.getRelationName(), bean) != null) {
				throw new IllegalStateException(
						"There are two beans of type RelationSource for relation '%s': keep one of them"
							.formatted(bean.getRelationName()));
			}
		});
		this.resources = resources;
		this.databag = new PropertyDatabag(resources.exposedFiles());
	}

	boolean hasBean(String relationName) {
		return this.beans.containsKey(relationName);
	}

	RelationSource get(RelationDefinition definition, SslBundleCache sslBundles, OwnData ownData,
			@Nullable ConfiguredSslBundle sslBundle) {
		EtcdConnectionDetails connectionDetails = definition.connectionDetails();
		if (connectionDetails != null) {
			return new ConnectionDetailsRelationSource(definition.name(), connectionDetails);
		}
		RelationInterface configured = definition.properties().getInterface();
		RelationSource live = live(definition, sslBundles, ownData);
		if (live == null) {
			return properties(definition, sslBundles, sslBundle);
		}
		return (configured != null)
				? new ConfiguredInterfaceSource(live, configured, definition.prefix() + ".interface") : live;
	}

	private @Nullable RelationSource live(RelationDefinition definition, SslBundleCache sslBundles, OwnData ownData) {
		EtcdRelationProperties properties = definition.properties();
		RelationSource bean = this.beans.get(definition.name());
		if (bean != null) {
			return ownData.isGiven() ? withOwnData(bean, properties, ownData) : bean;
		}
		if (properties.getJuju().isEnabled()) {
			return juju(definition, ownData);
		}
		if (definition.directory() == null) {
			return null;
		}
		if (properties.hasRemoteData()) {
			throw InvalidRelationConfigurationException.ofProperty(definition.prefix(),
					new InvalidRelationDataException("directory",
							"and the properties that give the relation's data are mutually exclusive",
							"Give either a directory, or connection-string, version and client-ca"));
		}
		RelationSource source = new DirectoryRelationSource(definition.name(), definition.directory(),
				this.resources.directoryWatcher(), this.resources.refreshExecutor(), sslBundles,
				properties.getInterface(), ownData::getKind, this.resources.exposedFiles());
		return withOwnData(source, properties, ownData);
	}

	private static RelationSource withOwnData(RelationSource source, EtcdRelationProperties properties,
			OwnData ownData) {
		RelationInterface configured = properties.getInterface();
		return (configured != RelationInterface.ETCD) ? new OwnDataSource(source, configured, ownData) : source;
	}

	private RelationSource properties(RelationDefinition definition, SslBundleCache sslBundles,
			@Nullable ConfiguredSslBundle sslBundle) {
		EtcdRelationProperties properties = definition.properties();
		Supplier<Map<String, String>> values = () -> this.databag.create(properties);
		return (properties.getInterface() == RelationInterface.ETCD_CLIENT)
				? new PropertiesRelationSource(definition.name(), values,
						new EtcdClientPropertyView(definition.name(), sslBundle, sslBundles::getKeyPassword))
				: new PropertiesRelationSource(definition.name(), values);
	}

	private static RelationSource juju(RelationDefinition definition, OwnData ownData) {
		if (definition.directory() != null || definition.properties().hasRemoteData()) {
			throw InvalidRelationConfigurationException
				.ofProperty(definition.prefix(), new InvalidRelationDataException("juju.enabled",
						"is true and other properties give the relation's data too",
						"Give either juju.enabled, or directory, or connection-string, version, client-cert, client-key "
								+ "and client-ca"));
		}
		JujuEndpoint endpoint = new JujuEndpoint(definition.name(), new ProcessHookTools(),
				HookEnvironment.ofProcess());
		return new JujuRelationSource(endpoint, definition.properties().getInterface(), ownData);
	}

}
