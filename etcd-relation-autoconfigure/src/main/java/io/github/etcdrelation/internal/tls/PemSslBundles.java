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

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * Creates an {@link SslBundle} from the credentials of a relation, or reports which part
 * cannot be used and why.
 */
public final class PemSslBundles {

	private static final String CLIENT_CERT = "client-cert";

	private static final String CLIENT_KEY = "client-key";

	private static final String CLIENT_CA = "client-ca";

	// The default, PKCS12, encrypts the private key, which is only held in memory.
	// Deriving the key for that takes longer than all else, and happens twice
	private static final String KEY_STORE_TYPE = chooseKeyStoreType();

	private PemSslBundles() {
	}

	/**
	 * Create an SSL bundle.
	 * @param credentials the credentials; certificate and key may both be absent
	 * @return a bundle that trusts the certificate authority of the credentials only
	 * @throws InvalidRelationDataException if a part is missing, cannot be read or does
	 * not fit the others
	 */
	public static SslBundle create(ClientCredentials credentials) {
		String cert = credentials.clientCert();
		String key = credentials.clientKey();
		String ca = credentials.clientCa();
		if (cert == null && key == null && ca == null) {
			throw new InvalidRelationDataException(CLIENT_CA,
					"is missing, but the connection string has https endpoints",
					"Give client-cert, client-key and client-ca, or client-ca alone if etcd asks for no certificate");
		}
		requireTogether(cert, CLIENT_CERT, key, CLIENT_KEY);
		requireTogether(key, CLIENT_KEY, cert, CLIENT_CERT);
		if (ca == null) {
			throw new InvalidRelationDataException(CLIENT_CA,
					"is missing: without it any server with a publicly trusted certificate would be trusted",
					"Give the certificate authority of the etcd servers");
		}
		PemSslBundleProperties properties = new PemSslBundleProperties();
		checkCertificates(CLIENT_CA, ca);
		properties.getTruststore().setCertificate(ca);
		if (cert != null && key != null) {
			checkCertificates(CLIENT_CERT, cert);
			checkKey(key);
			properties.getKeystore().setCertificate(cert);
			properties.getKeystore().setPrivateKey(key);
			properties.getKeystore().setVerifyKeys(true);
			properties.getKeystore().setType(KEY_STORE_TYPE);
			// JKS accepts no key without a password
			properties.getKey().setPassword("");
		}
		try {
			return PropertiesSslBundle.get(properties);
		}
		catch (IllegalStateException ex) {
			// Each part has been parsed before, so they do not match
			throw new InvalidRelationDataException(CLIENT_KEY, "does not belong to the certificate in client-cert",
					"Give the certificate and the key that were issued together");
		}
	}

	private static String chooseKeyStoreType() {
		try {
			return KeyStore.getInstance("JKS").getType();
		}
		catch (KeyStoreException ex) {
			// A JDK that is restricted to certain algorithms
			return KeyStore.getDefaultType();
		}
	}

	private static void requireTogether(@Nullable String given, String givenItem, @Nullable String other,
			String otherItem) {
		if (given != null && other == null) {
			throw new InvalidRelationDataException(otherItem, "is missing, but " + givenItem + " is given",
					"Give both, or neither if etcd asks for no certificate");
		}
	}

	private static void checkCertificates(String item, String text) {
		requirePem(item, text);
		try {
			List<X509Certificate> certificates = pem(text).getCertificates();
			if (certificates.isEmpty()) {
				throw new IllegalStateException("no certificate");
			}
		}
		catch (RuntimeException ex) {
			throw new InvalidRelationDataException(item, "has no readable certificate",
					"Give X.509 certificates as PEM, each between BEGIN CERTIFICATE and END CERTIFICATE");
		}
	}

	private static void checkKey(String text) {
		requirePem(CLIENT_KEY, text);
		if (text.contains("ENCRYPTED")) {
			throw new InvalidRelationDataException(CLIENT_KEY, "is encrypted and there is no password for it",
					"Decrypt it, or define a Spring SSL bundle with its password and name it in ssl.bundle");
		}
		PrivateKey key = null;
		try {
			key = pem(text).getPrivateKey();
		}
		catch (RuntimeException ex) {
			// The cause might quote the key
		}
		if (key == null) {
			throw new InvalidRelationDataException(CLIENT_KEY, "has no readable private key",
					"Give an unencrypted key as PEM: PKCS#8, PKCS#1 (RSA) or SEC1 (EC)");
		}
	}

	private static void requirePem(String item, String text) {
		if (!PemContent.isPresentInText(text)) {
			throw new InvalidRelationDataException(item, "is not PEM",
					"Give PEM text, beginning with -----BEGIN and ending with -----END ...-----");
		}
	}

	private static PemContent pem(String text) {
		return PemContent.of(text);
	}

}
