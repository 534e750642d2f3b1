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

package io.github.etcdrelation.internal.channel;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * What a channel connects to: the members and the TLS material. Two targets are equal
 * when a connection to one can be used for the other.
 */
public final class ChannelTarget {

	private final Endpoints endpoints;

	private final @Nullable SslBundle sslBundle;

	private final @Nullable Object tlsIdentity;

	private final @Nullable EtcdUser user;

	private final Grant grant;

	private ChannelTarget(Endpoints endpoints, @Nullable SslBundle sslBundle, @Nullable Object tlsIdentity,
			@Nullable EtcdUser user, Grant grant) {
		this.endpoints = endpoints;
		this.sslBundle = sslBundle;
		this.tlsIdentity = tlsIdentity;
		this.user = user;
		this.grant = grant;
	}

	/**
	 * Return a target without TLS.
	 * @param endpoints the members, of scheme {@code http}
	 * @return the target
	 */
	public static ChannelTarget plainText(Endpoints endpoints) {
		if (endpoints.isSecure()) {
			throw new IllegalArgumentException("https endpoints need TLS material");
		}
		return new ChannelTarget(endpoints, null, null, null, Grant.NONE);
	}

	/**
	 * Return a target with TLS.
	 * @param endpoints the members, of scheme {@code https}
	 * @param sslBundle the client's certificate and key, if any, and the certificate
	 * authority of the members
	 * @param tlsIdentity the source of the bundle; equal for equal TLS material
	 * @return the target
	 */
	public static ChannelTarget tls(Endpoints endpoints, SslBundle sslBundle, Object tlsIdentity) {
		if (!endpoints.isSecure()) {
			throw new IllegalArgumentException("http endpoints cannot use TLS material");
		}
		return new ChannelTarget(endpoints, sslBundle, tlsIdentity, null, Grant.NONE);
	}

	/**
	 * Return the members.
	 * @return the members
	 */
	public Endpoints getEndpoints() {
		return this.endpoints;
	}

	/**
	 * Return the TLS material.
	 * @return the TLS material, {@code null} when there is no TLS
	 */
	public @Nullable SslBundle getSslBundle() {
		return this.sslBundle;
	}

	@Nullable Object getTlsIdentity() {
		return this.tlsIdentity;
	}

	/**
	 * Return the same target for a user of etcd.
	 * @param user the user or {@code null} for none
	 * @return the target
	 */
	public ChannelTarget withUser(@Nullable EtcdUser user) {
		return new ChannelTarget(this.endpoints, this.sslBundle, this.tlsIdentity, user, this.grant);
	}

	/**
	 * Return the user of etcd, which does not affect connections.
	 * @return the user, {@code null} if there is none
	 */
	public @Nullable EtcdUser getUser() {
		return this.user;
	}

	/**
	 * Return the same target with what the provider has granted.
	 * @param grant the grant, which does not affect connections
	 * @return the target
	 */
	public ChannelTarget withGrant(Grant grant) {
		return new ChannelTarget(this.endpoints, this.sslBundle, this.tlsIdentity, this.user, grant);
	}

	Grant getGrant() {
		return this.grant;
	}

	/**
	 * Return whether the provider has granted access to the client certificate, which the
	 * members then get to know one after the other.
	 */
	boolean isGrantedToCertificate() {
		return this.user == null && this.grant.username() != null;
	}

	ChannelTarget only(Endpoint member) {
		return new ChannelTarget(this.endpoints.only(member), this.sslBundle, this.tlsIdentity, this.user, this.grant);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof ChannelTarget target && this.endpoints.equals(target.endpoints)
				&& Objects.equals(this.tlsIdentity, target.tlsIdentity);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.endpoints, this.tlsIdentity);
	}

	@Override
	public String toString() {
		return this.endpoints.toString();
	}

}
