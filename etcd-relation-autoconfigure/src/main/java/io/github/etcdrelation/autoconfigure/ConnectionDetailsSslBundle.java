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

import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * The SSL bundle that connection details give.
 */
final class ConnectionDetailsSslBundle implements Supplier<SslBundle> {

	private final SslBundle bundle;

	private ConnectionDetailsSslBundle(SslBundle bundle) {
		this.bundle = bundle;
	}

	/**
	 * Return the SSL bundle of connection details.
	 * @throws InvalidRelationDataException if they give client credentials as well
	 */
	static @Nullable ConnectionDetailsSslBundle of(EtcdConnectionDetails connectionDetails) {
		SslBundle bundle = connectionDetails.getSslBundle();
		if (bundle == null) {
			return null;
		}
		if (connectionDetails.getClientCredentials() != null) {
			throw new InvalidRelationDataException("ssl.bundle", "is given together with client credentials",
					"Give either an SSL bundle or client credentials");
		}
		return new ConnectionDetailsSslBundle(bundle);
	}

	@Override
	public SslBundle get() {
		try {
			return NamedSslBundle.read(this.bundle);
		}
		catch (RuntimeException ex) {
			throw new InvalidRelationDataException("ssl.bundle",
					"cannot be read: %s".formatted(NamedSslBundle.describe(ex)),
					"Correct its certificates, keys and passwords");
		}
	}

}
