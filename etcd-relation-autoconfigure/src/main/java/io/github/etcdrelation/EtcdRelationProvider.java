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

import org.jspecify.annotations.Nullable;

/**
 * Provider's side of a relation: offers an etcd cluster to related applications. What is
 * offered is published once and when it changes; relations that are added later receive
 * it too. All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public interface EtcdRelationProvider {

	/**
	 * Return the name of the relation on the provider's side.
	 * @return the name
	 */
	String getName();

	/**
	 * Return whether the other side is there: with Juju at least one remote unit, with a
	 * directory that it exists and is writable. The value is returned from memory. What
	 * is offered before then is published once it is there.
	 * @return whether the other side is there
	 */
	boolean isConnected();

	/**
	 * Offer the client URLs of the cluster and withdraw a version offered before.
	 * @param connectionString the client URLs, separated by commas; {@code null} or empty
	 * to withdraw them
	 * @throws InvalidRelationDataException if it could not be published everywhere; this
	 * is retried automatically
	 */
	default void setConnectionString(@Nullable String connectionString) {
		setConnectionString(connectionString, null);
	}

	/**
	 * Offer the client URLs of the cluster and its version.
	 * @param connectionString the client URLs, separated by commas; {@code null} or empty
	 * to withdraw them
	 * @param version the version of etcd; {@code null} or empty to withdraw it
	 * @throws InvalidRelationDataException if it could not be published everywhere; this
	 * is retried automatically
	 */
	void setConnectionString(@Nullable String connectionString, @Nullable String version);

	/**
	 * Offer TLS client credentials as PEM text.
	 * @param key the private key; {@code null} or empty to withdraw it
	 * @param cert the client certificate; {@code null} or empty to withdraw it
	 * @param ca the certificate authority of the servers; {@code null} or empty to
	 * withdraw it
	 * @throws InvalidRelationDataException if it could not be published everywhere; this
	 * is retried automatically
	 */
	void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca);

}
