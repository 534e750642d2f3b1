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
 * TLS client credentials as the provider of the relation published them, byte for byte.
 *
 * @param clientCert the client certificate as PEM text or {@code null}
 * @param clientKey the private key of the certificate as PEM text or {@code null}
 * @param clientCa the certificate authority of the etcd servers as PEM text or
 * {@code null}
 * @since 0.1.0
 */
public record ClientCredentials(@Nullable String clientCert, @Nullable String clientKey, @Nullable String clientCa) {

	/**
	 * Return whether certificate, key and certificate authority are all present.
	 * @return whether the credentials are complete
	 */
	public boolean isComplete() {
		return this.clientCert != null && this.clientKey != null && this.clientCa != null;
	}

	/**
	 * Return which parts are present, never their content.
	 */
	@Override
	public String toString() {
		return "ClientCredentials[clientCert=%s, clientKey=%s, clientCa=%s]".formatted(presence(this.clientCert),
				presence(this.clientKey), presence(this.clientCa));
	}

	private static String presence(@Nullable String value) {
		return (value != null) ? "present" : "absent";
	}

}
