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

package io.github.etcdrelation;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Requirer's side of a relation to an etcd cluster. All methods may be called from any
 * thread; values are returned from memory and change when the relation's source supplies
 * other data, which the events in {@code io.github.etcdrelation.event} announce.
 *
 * @since 0.1.0
 */
public interface EtcdRelation {

	/**
	 * Return the name of the relation, the prefix of its flags.
	 * @return the name
	 */
	String getName();

	/**
	 * Return the current states.
	 * @return the states, empty when the other side is not there
	 */
	Set<RelationState> getStates();

	/**
	 * Return whether the other side is there.
	 * @return whether the state {@link RelationState#CONNECTED} holds
	 */
	default boolean isConnected() {
		return getStates().contains(RelationState.CONNECTED);
	}

	/**
	 * Return whether there is a connection string and whatever else a call needs.
	 * @return whether the state {@link RelationState#AVAILABLE} holds
	 */
	default boolean isAvailable() {
		return getStates().contains(RelationState.AVAILABLE);
	}

	/**
	 * Return whether there are a connection string and complete client credentials.
	 * @return whether the state {@link RelationState#TLS_AVAILABLE} holds
	 */
	default boolean isTlsAvailable() {
		return getStates().contains(RelationState.TLS_AVAILABLE);
	}

	/**
	 * Return the client URLs of the cluster, separated by commas, as the other side
	 * published them; those of hosts and ports alone have a scheme added.
	 * @return the connection string or {@code null}
	 */
	@Nullable String getConnectionString();

	/**
	 * Return the connection string.
	 * @return the connection string or {@code null}
	 * @deprecated since 0.1.0 in favor of {@link #getConnectionString()}; kept for code
	 * that comes from the interface layer of Juju
	 */
	@Deprecated(since = "0.1.0")
	default @Nullable String connectionString() {
		return getConnectionString();
	}

	/**
	 * Return the version of etcd that the other side published.
	 * @return the version or {@code null}
	 */
	@Nullable String getVersion();

	/**
	 * Return the name of the etcd user that the other side granted.
	 * @return the name or {@code null}
	 */
	default @Nullable String getUsername() {
		return null;
	}

	/**
	 * Return the prefix of the keys that the application may access, as the other side
	 * granted it, or as it is requested while nothing is granted.
	 * @return the prefix or {@code null}
	 */
	default @Nullable String getPrefix() {
		return null;
	}

	/**
	 * Return the name of the Juju interface that the data is of: {@code etcd}, whose
	 * provider hands over client credentials, or {@code etcd_client}, whose provider
	 * grants a user to the certificate that this side brings.
	 * @return the name, {@code null} as long as neither the data nor a property
	 * determines it
	 */
	default @Nullable String getInterface() {
		return null;
	}

	/**
	 * Return the TLS client credentials, of which each part may be absent: with the
	 * interface {@code etcd_client} the own certificate and private key with the
	 * provider's certificate authority.
	 * @return the credentials, never {@code null}
	 */
	ClientCredentials getClientCredentials();

	/**
	 * Save the TLS client credentials. Absent parts are not written and existing files
	 * are kept; the key file has mode 0600, the others 0644, and each file is replaced
	 * atomically, a link by a file.
	 * @param key the file for the private key
	 * @param cert the file for the client certificate
	 * @param ca the file for the certificate authority
	 * @throws IllegalArgumentException if two of the paths are the same or one of them
	 * cannot be a file; nothing is written then
	 * @throws UncheckedIOException if a file cannot be written, for example since the
	 * disk is full; the existing files are kept then
	 */
	void saveClientCredentials(Path key, Path cert, Path ca);

}
