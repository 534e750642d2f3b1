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

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.client.ClientNamespace;
import io.github.etcdrelation.internal.client.OwnSideCheck;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
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

	private static final Log logger = LogFactory.getLog(OwnSide.class);

	/**
	 * Create the own side of a relation.
	 * @param definition the relation
	 * @param sslBundle its SSL bundle or {@code null}
	 * @param sslBundles checks that certificate and key belong together
	 * @throws InvalidRelationDataException if its properties contradict each other
	 */
	static OwnSide of(RelationDefinition definition, @Nullable ConfiguredSslBundle sslBundle,
			SslBundleCache sslBundles) {
		EtcdRelationProperties properties = definition.properties();
		OwnPair pair = new OwnPair(new PropertyDatabag(), (credentials) -> isMatching(credentials, sslBundles),
				System::nanoTime);
		OwnData data = new OwnData(() -> OwnData.of(properties), pair, sslBundle);
		ClientNamespace namespace = namespace(properties);
		OwnSideCheck check = new OwnSideCheck(namespace, sslBundle);
		return new OwnSide(data, namespace,
				isLive(definition) ? check.andThen(new UnusedCertificate(definition, new AtomicBoolean())) : check);
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

	private static boolean isLive(RelationDefinition definition) {
		return definition.connectionDetails() == null
				&& (definition.directory() != null || definition.properties().getJuju().isEnabled());
	}

	/**
	 * Logs that a certificate which is given as a property is not used, since the data is
	 * of the interface whose provider hands over the credentials.
	 */
	private record UnusedCertificate(RelationDefinition definition,
			AtomicBoolean logged) implements Consumer<RelationSnapshot> {

		@Override
		public void accept(RelationSnapshot snapshot) {
			List<String> given = Stream.of("client-cert", "client-key")
				.filter((item) -> StringUtils.hasText(this.definition.properties().credentials().get(item)))
				.map((item) -> "'%s.%s'".formatted(this.definition.prefix(), item))
				.toList();
			if (!given.isEmpty() && snapshot.relationInterface() == RelationInterface.ETCD
					&& this.logged.compareAndSet(false, true)) {
				logger.warn(LogMessage.format(
						"Relation '%s': %s %s not used, for its data is of the interface etcd, whose provider hands "
								+ "over the client certificate and its key",
						this.definition.name(), given.stream().collect(Collectors.joining(" and ")),
						(given.size() > 1) ? "are" : "is"));
			}
		}

	}

}
