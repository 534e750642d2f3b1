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

package io.github.etcdrelation.internal.tls;

import java.util.Objects;

import io.github.etcdrelation.ClientCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Caches the SSL bundle of a relation's credentials until they change: a source creates
 * it to check whether they belong together, and the channel connects with it.
 */
public final class SslBundleCache {

	private @Nullable String keyPassword;

	private @Nullable ClientCredentials credentials;

	private @Nullable SslBundle bundle;

	/**
	 * Create a cache.
	 * @param keyPassword the password of the private key or {@code null}
	 */
	public SslBundleCache(@Nullable String keyPassword) {
		this.keyPassword = keyPassword;
	}

	/**
	 * Set the password of the private key.
	 * @param latest the password or {@code null}
	 * @return whether it is another one
	 */
	public synchronized boolean setKeyPassword(@Nullable String latest) {
		boolean changed = !Objects.equals(latest, this.keyPassword);
		if (changed) {
			this.keyPassword = latest;
			this.credentials = null;
		}
		return changed;
	}

	/**
	 * Return the password of the private key.
	 * @return the password or {@code null}
	 */
	public synchronized @Nullable String getKeyPassword() {
		return this.keyPassword;
	}

	/**
	 * Return the bundle of credentials, the same one until they or the password of the
	 * key change.
	 * @param latest the credentials; certificate and key may both be absent
	 * @return the bundle
	 * @throws io.github.etcdrelation.InvalidRelationDataException if a part is missing,
	 * cannot be read or does not fit the others
	 */
	public synchronized SslBundle get(ClientCredentials latest) {
		SslBundle current = this.bundle;
		if (current == null || !latest.equals(this.credentials)) {
			current = PemSslBundles.create(latest, this.keyPassword);
			this.bundle = current;
			this.credentials = latest;
		}
		return current;
	}

}
