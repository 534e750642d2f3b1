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

import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.event.EtcdClientRequestRemovedEvent;
import io.github.etcdrelation.event.EtcdClientRequestedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Provider's side of a relation: offers an etcd cluster to related applications. What is
 * offered is published once and when it changes; relations that are added later receive
 * it too. All methods may be called from any thread.
 * <p>
 * With the interface {@code etcd} all applications are offered the same, by
 * {@link #setConnectionString(String, String)} and
 * {@link #setClientCredentials(String, String, String)}. With the interface
 * {@code etcd_client} each application makes requests, which are answered one by one with
 * {@link #setUser} or {@link #refuse}, and {@link #setEndpoints(String, String)} and
 * {@link #setCa} apply to all answers. A method of the other interface that offers or
 * answers something throws an {@link UnsupportedOperationException}.
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
	 * @throws UnsupportedOperationException if the interface is not {@code etcd}
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
	 * @throws UnsupportedOperationException if the interface is not {@code etcd}
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
	 * @throws UnsupportedOperationException if the interface is not {@code etcd}
	 */
	void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca);

	/**
	 * Return the requests of the related applications; with the interface {@code etcd}
	 * there are none. Only the unit that is the leader of its application knows them; at
	 * all others the list is empty. A request is listed as soon as its prefix and its
	 * certificate are there. The list is returned from memory.
	 * @return the requests, in the order of their relation ids
	 * @see EtcdClientRequestedEvent
	 * @see EtcdClientRequestRemovedEvent
	 */
	default List<EtcdClientRequest> getRequests() {
		return Collections.emptyList();
	}

	/**
	 * Offer the addresses of the cluster to all granted requests and withdraw a version
	 * offered before.
	 * @param endpoints hosts with ports, without a scheme, separated by commas;
	 * {@code null} or empty to withdraw them
	 * @throws IllegalArgumentException if the endpoints have a scheme
	 * @throws InvalidRelationDataException if they are no addresses, in which case those
	 * offered before stay, or if they could not be published everywhere, which is retried
	 * automatically
	 * @throws UnsupportedOperationException if the interface is not {@code etcd_client}
	 */
	default void setEndpoints(@Nullable String endpoints) {
		setEndpoints(endpoints, null);
	}

	/**
	 * Offer the addresses of the cluster and its version to all granted requests. No
	 * request is answered before there are endpoints.
	 * @param endpoints hosts with ports, without a scheme, separated by commas;
	 * {@code null} or empty to withdraw them
	 * @param version the version of etcd; {@code null} or empty to withdraw it
	 * @throws IllegalArgumentException if the endpoints have a scheme
	 * @throws InvalidRelationDataException if they are no addresses, in which case those
	 * offered before stay, or if they could not be published everywhere, which is retried
	 * automatically
	 * @throws UnsupportedOperationException if the interface is not {@code etcd_client}
	 */
	default void setEndpoints(@Nullable String endpoints, @Nullable String version) {
		throw noRequests();
	}

	/**
	 * Offer the certificate authority of the servers to all granted requests.
	 * @param ca the certificate authority, or several of them, as PEM text; {@code null}
	 * or empty to withdraw it
	 * @throws InvalidRelationDataException if it does not consist of certificates, in
	 * which case the one offered before stays, or if it could not be published
	 * everywhere, which is retried automatically
	 * @throws UnsupportedOperationException if the interface is not {@code etcd_client}
	 */
	default void setCa(@Nullable String ca) {
		throw noRequests();
	}

	/**
	 * Grant a request: publish the name of the user together with the endpoints and the
	 * certificate authority, and withdraw a refusal. The user exists in etcd by then and
	 * may use the prefix. Without effect if the request has changed or was removed
	 * meanwhile, or if this unit is not the leader any more. It is remembered until one
	 * of these happens, so that endpoints and a certificate authority that change later
	 * are published to it too.
	 * @param request the request
	 * @param username the name of the user in etcd, usually the common name of the
	 * certificate
	 * @throws IllegalArgumentException if the name is empty or has control characters
	 * @throws InvalidRelationDataException if it could not be published; this is retried
	 * automatically
	 * @throws UnsupportedOperationException if the interface is not {@code etcd_client}
	 */
	default void setUser(EtcdClientRequest request, String username) {
		throw noRequests();
	}

	/**
	 * Refuse a request: publish the reason, and withdraw a user granted before.
	 * {@link #setUser Granting} it withdraws the refusal. Without effect if the request
	 * has changed or was removed meanwhile, or if this unit is not the leader any more.
	 * @param request the request
	 * @param code the code of the reason, by which applications distinguish it: 4000 to
	 * 4999 if it may pass by itself, 5000 to 5999 if it does not
	 * @param message what is refused, and why
	 * @param resolution what to do about it or {@code null}
	 * @throws IllegalArgumentException if the code is another one
	 * @throws InvalidRelationDataException if it could not be published; this is retried
	 * automatically
	 * @throws UnsupportedOperationException if the interface is not {@code etcd_client}
	 */
	default void refuse(EtcdClientRequest request, int code, String message, @Nullable String resolution) {
		throw noRequests();
	}

	private static UnsupportedOperationException noRequests() {
		return new UnsupportedOperationException("Requests are part of the interface etcd_client, "
				+ "which this provider does not have. Set etcd.provider.interface to etcd-client");
	}

}
