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

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Exports the client credentials of an {@link SslBundle} as PEM text.
 */
public final class BundleCredentials {

	private static final String ITEM = "ssl.bundle";

	private BundleCredentials() {
	}

	/**
	 * Export the certificate and the private key that a bundle authenticates with.
	 * @param bundle the bundle
	 * @return the certificate with its chain, the key, not encrypted, and the authorities
	 * that the bundle trusts, {@code null} if it names none
	 * @throws InvalidRelationDataException if the bundle has no private key, or one that
	 * cannot be exported
	 */
	public static ClientCredentials export(SslBundle bundle) {
		KeyStore store = bundle.getStores().getKeyStore();
		try {
			String alias = (store != null) ? alias(store, bundle.getKey().getAlias()) : null;
			if (store == null || alias == null) {
				throw new InvalidRelationDataException(ITEM, "names an SSL bundle without a private key",
						"Give the bundle the client certificate and its private key as its key store");
			}
			String key = key(store.getKey(alias, password(bundle)));
			return new ClientCredentials(PemBlock.format(x509(store.getCertificateChain(alias))), key,
					authorities(bundle.getStores().getTrustStore()));
		}
		catch (GeneralSecurityException ex) {
			throw new InvalidRelationDataException(ITEM,
					"names an SSL bundle whose private key cannot be read: " + ex.getMessage(),
					"Correct the password of its key");
		}
	}

	private static @Nullable String alias(KeyStore store, @Nullable String alias) throws KeyStoreException {
		if (alias != null) {
			return store.isKeyEntry(alias) ? alias : null;
		}
		for (String candidate : Collections.list(store.aliases())) {
			if (store.isKeyEntry(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private static char @Nullable [] password(SslBundle bundle) {
		String password = bundle.getKey().getPassword();
		if (password == null) {
			password = bundle.getStores().getKeyStorePassword();
		}
		return (password != null) ? password.toCharArray() : null;
	}

	private static String key(@Nullable Key key) {
		byte[] encoded = (key != null && "PKCS#8".equals(key.getFormat())) ? key.getEncoded() : null;
		if (encoded == null) {
			throw new InvalidRelationDataException(ITEM, "names an SSL bundle whose private key cannot be exported",
					"Give client-cert and client-key instead, or a bundle whose key store is a file");
		}
		return PemBlock.format(PemLabel.PRIVATE_KEY, encoded);
	}

	private static @Nullable String authorities(@Nullable KeyStore store) throws KeyStoreException {
		List<X509Certificate> certificates = new ArrayList<>();
		if (store != null) {
			for (String alias : Collections.list(store.aliases())) {
				if (store.getCertificate(alias) instanceof X509Certificate certificate) {
					certificates.add(certificate);
				}
			}
		}
		return certificates.isEmpty() ? null : PemBlock.format(certificates);
	}

	private static List<X509Certificate> x509(Certificate @Nullable [] certificates) {
		return (certificates != null) ? Stream.of(certificates)
			.filter(X509Certificate.class::isInstance)
			.map(X509Certificate.class::cast)
			.toList() : Collections.emptyList();
	}

}
