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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.source.EtcdClientValues;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.BundleCredentials;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.OwnCertificate;
import io.github.etcdrelation.internal.tls.OwnCertificateCheck;
import org.jspecify.annotations.Nullable;

/**
 * Creates the view of a relation of the interface {@code etcd_client} from properties, as
 * if the application {@code properties} had granted what they say.
 *
 * @param relationName the name of the relation
 * @param sslBundle the SSL bundle of the relation or {@code null}
 * @param keyPassword supplies the password of the private key
 */
record EtcdClientPropertyView(String relationName, @Nullable ConfiguredSslBundle sslBundle,
		Supplier<@Nullable String> keyPassword) implements Function<Map<String, String>, RelationView> {

	/**
	 * Create the view.
	 * @throws InvalidRelationDataException if something is missing, or the certificate
	 * cannot name a user
	 */
	@Override
	public RelationView apply(Map<String, String> given) {
		Map<String, String> values = new LinkedHashMap<>(given);
		if (this.sslBundle != null) {
			addCredentials(values, BundleCredentials.export(this.sslBundle.get()));
		}
		if (values.containsKey(RelationSnapshot.CONNECTION_STRING)) {
			require(values, RelationSnapshot.CLIENT_CA, "client-ca",
					"Give the certificate authority of the etcd servers, which the provider hands over as tls-ca");
			String key = require(values, RelationSnapshot.CLIENT_KEY, "client-key",
					"Give the private key of client-cert");
			String certificate = require(values, RelationSnapshot.CLIENT_CERT, "client-cert",
					"Give the certificate that was published to the provider");
			values.put(RelationSnapshot.USERNAME, user(certificate, key));
		}
		Map<String, String> own = new LinkedHashMap<>(values);
		own.keySet()
			.retainAll(Set.of(RelationSnapshot.CLIENT_CERT, RelationSnapshot.CLIENT_KEY, RelationSnapshot.PREFIX));
		return RelationView.empty()
			.withApplications(Map.of(this.relationName + ":0", EtcdClientValues.toApplication(values)))
			.withOwnData(own);
	}

	private String user(String certificate, String key) {
		try {
			return OwnCertificateCheck.check(OwnCertificate.of(certificate, key, this.keyPassword.get()));
		}
		catch (InvalidRelationDataException ex) {
			throw (this.sslBundle != null) ? OwnCertificateCheck.ofBundle(ex, this.sslBundle.getName()) : ex;
		}
	}

	private static void addCredentials(Map<String, String> values, ClientCredentials credentials) {
		putIfAbsent(values, RelationSnapshot.CLIENT_CERT, credentials.clientCert());
		putIfAbsent(values, RelationSnapshot.CLIENT_KEY, credentials.clientKey());
		putIfAbsent(values, RelationSnapshot.CLIENT_CA, credentials.clientCa());
	}

	private static void putIfAbsent(Map<String, String> values, String key, @Nullable String value) {
		if (value != null) {
			values.putIfAbsent(key, value);
		}
	}

	private static String require(Map<String, String> values, String key, String item, String remedy) {
		String value = values.get(key);
		if (value == null) {
			throw new InvalidRelationDataException(item,
					"is missing, but property 'interface' says etcd_client and 'connection-string' is given", remedy);
		}
		return value;
	}

}
