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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.source.OwnDataKind;
import io.github.etcdrelation.internal.state.OwnDataSupplier;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.BundleCredentials;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * Supplies what the application brings to a relation of the interface
 * {@code etcd_client}: its certificate and private key, given as properties or as an SSL
 * bundle, and the prefix that it requests.
 */
final class OwnData implements OwnDataSupplier {

	private final @Nullable ConfiguredSslBundle sslBundle;

	private final OwnPair pair;

	private final Supplier<@Nullable String> keyPassword;

	private volatile Supplier<Map<String, String>> properties;

	private @Nullable SslBundle exported;

	private Map<String, String> credentials = Collections.emptyMap();

	/**
	 * Create a supplier.
	 * @param properties supplies what properties give, locations as they are
	 * @param pair reads what is at these locations
	 * @param sslBundle the SSL bundle of the relation or {@code null}
	 * @param keyPassword supplies the password of the private key
	 */
	OwnData(Supplier<Map<String, String>> properties, OwnPair pair, @Nullable ConfiguredSslBundle sslBundle,
			Supplier<@Nullable String> keyPassword) {
		this.keyPassword = keyPassword;
		this.properties = properties;
		this.pair = pair;
		this.sslBundle = sslBundle;
	}

	/**
	 * Return what properties give, without reading what is at locations.
	 */
	static Map<String, String> of(EtcdRelationProperties properties) {
		Map<String, String> values = new LinkedHashMap<>();
		put(values, RelationSnapshot.CLIENT_CERT, properties.getClientCert());
		put(values, RelationSnapshot.CLIENT_KEY, properties.getClientKey());
		put(values, RelationSnapshot.PREFIX, properties.getPrefix());
		return values;
	}

	/**
	 * Return whether the application is configured to bring anything. What is at
	 * locations is not read. A bundle may have certificate authorities alone.
	 */
	boolean isGiven() {
		return !this.properties.get().isEmpty() || isGivenByBundle();
	}

	private boolean isGivenByBundle() {
		return this.sslBundle != null && !credentials(this.sslBundle).isEmpty();
	}

	/**
	 * Return what is given. What is at locations is not read.
	 */
	OwnDataKind getKind() {
		Set<String> given = this.properties.get().keySet();
		if (given.contains(RelationSnapshot.CLIENT_CERT) || given.contains(RelationSnapshot.CLIENT_KEY)) {
			return OwnDataKind.CERTIFICATE;
		}
		return isGiven() ? OwnDataKind.UNDECIDED : OwnDataKind.NONE;
	}

	/**
	 * Supply other values from the next time on.
	 * @param latest supplies what properties give, locations as they are
	 * @return whether they differ
	 */
	boolean update(Supplier<Map<String, String>> latest) {
		Supplier<Map<String, String>> former = this.properties;
		this.properties = latest;
		return !latest.get().equals(former.get());
	}

	@Override
	public @Nullable String getKeyPassword() {
		return this.keyPassword.get();
	}

	@Override
	public Map<String, String> get() {
		Map<String, String> values = new LinkedHashMap<>(this.pair.read(this.properties.get()));
		if (this.sslBundle != null) {
			values.putAll(credentials(this.sslBundle));
		}
		return values;
	}

	/**
	 * Return certificate and key of the bundle. One that has none is no error as long as
	 * the data may turn out to be of the interface that uses the bundle as it is.
	 */
	private synchronized Map<String, String> credentials(ConfiguredSslBundle configured) {
		try {
			SslBundle bundle = configured.get();
			if (bundle != this.exported) {
				this.exported = bundle;
				this.credentials = Collections.emptyMap();
				ClientCredentials latest = BundleCredentials.export(bundle);
				Map<String, String> values = new LinkedHashMap<>();
				put(values, RelationSnapshot.CLIENT_CERT, latest.clientCert());
				put(values, RelationSnapshot.CLIENT_KEY, latest.clientKey());
				values.put(RelationSnapshot.SSL_BUNDLE, configured.getName());
				this.credentials = values;
			}
			return this.credentials;
		}
		catch (InvalidRelationDataException ex) {
			// OwnSideCheck reports it once the data is of the other interface
			return Collections.emptyMap();
		}
	}

	private static void put(Map<String, String> values, String key, @Nullable String value) {
		if (value != null && StringUtils.hasText(value)) {
			values.put(key, value);
		}
	}

}
