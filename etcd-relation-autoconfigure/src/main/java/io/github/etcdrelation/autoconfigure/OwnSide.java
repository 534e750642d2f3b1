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

import java.util.function.Consumer;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.client.ClientNamespace;
import io.github.etcdrelation.internal.client.OwnSideCheck;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What the application brings to one relation, and how that depends on the interface that
 * its data turns out to be of.
 *
 * @param data its certificate, private key and prefix
 * @param namespace the namespace of its clients
 * @param check refuses data that does not fit
 */
record OwnSide(OwnData data, ClientNamespace namespace, Consumer<RelationSnapshot> check) {

	/**
	 * Create the own side of a relation.
	 * @param definition the relation
	 * @param sslBundle its SSL bundle or {@code null}
	 * @param sslBundles checks that certificate and key belong together
	 * @param exposedFiles warns of files that others have access to
	 * @throws InvalidRelationDataException if its properties contradict each other
	 */
	static OwnSide of(RelationDefinition definition, @Nullable ConfiguredSslBundle sslBundle, SslBundleCache sslBundles,
			ExposedFiles exposedFiles) {
		EtcdRelationProperties properties = definition.properties();
		OwnPair pair = new OwnPair(new PropertyDatabag(exposedFiles),
				(credentials) -> isMatching(credentials, sslBundles), System::nanoTime);
		OwnData data = new OwnData(() -> OwnData.of(properties), pair, sslBundle, sslBundles::getKeyPassword);
		ClientNamespace namespace = namespace(properties);
		OwnSideCheck check = new OwnSideCheck(namespace, sslBundle, sslBundles::getKeyPassword,
				() -> alternative(definition));
		return new OwnSide(data, namespace, check.andThen(new UnusedOwnData(definition)));
	}

	/**
	 * Return whether a certificate and a key belong together.
	 */
	static boolean isMatching(ClientCredentials credentials, SslBundleCache sslBundles) {
		try {
			sslBundles.get(credentials);
			return true;
		}
		catch (InvalidRelationDataException ex) {
			return false;
		}
	}

	private static ClientNamespace namespace(EtcdRelationProperties properties) {
		EtcdRelationProperties.Client client = properties.getClient();
		if (!client.isNamespaceFromPrefix()) {
			return ClientNamespace.of(client.getNamespace());
		}
		if (StringUtils.hasText(client.getNamespace())) {
			throw new InvalidRelationDataException("client.namespace-from-prefix",
					"is true, but 'client.namespace' is given", "Give one of them: a client has one namespace");
		}
		String prefix = properties.getPrefix();
		return ClientNamespace.ofPrefix(StringUtils.hasText(prefix) ? prefix : null);
	}

	/**
	 * Return what to do about files that only look like those of an etcd_client relation.
	 */
	private static @Nullable String alternative(RelationDefinition definition) {
		boolean judged = definition.connectionDetails() == null && definition.directory() != null
				&& definition.properties().getInterface() == null
				&& !DirectoryRelationSource.isSpool(definition.directory());
		return judged ? "If the files are not those of an etcd_client relation, set %s.interface=etcd"
			.formatted(definition.prefix()) : null;
	}

}
