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
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.core.log.LogMessage;

/**
 * Creates an {@link SslBundle} from the credentials of a relation, or reports which part
 * cannot be used and why. Certificate and key may be in one text, in any order.
 */
public final class PemSslBundles {

	private static final Log logger = LogFactory.getLog(PemSslBundles.class);

	private static final String CLIENT_CERT = "client-cert";

	private static final String CLIENT_KEY = "client-key";

	private static final String CLIENT_CA = "client-ca";

	// The default, PKCS12, encrypts the private key, which is only held in memory.
	// Deriving the key for that takes longer than all else, and happens twice
	private static final String KEY_STORE_TYPE = chooseKeyStoreType();

	// JKS accepts no key without a password
	private static final String KEY_PASSWORD = "";

	private PemSslBundles() {
	}

	/**
	 * Create an SSL bundle from credentials whose key is not encrypted.
	 * @param credentials the credentials; certificate and key may both be absent
	 * @return a bundle that trusts the certificate authority of the credentials only
	 * @throws InvalidRelationDataException if a part is missing, cannot be read or does
	 * not fit the others
	 */
	public static SslBundle create(ClientCredentials credentials) {
		return create(credentials, null);
	}

	/**
	 * Create an SSL bundle.
	 * @param credentials the credentials; certificate and key may both be absent
	 * @param keyPassword the password of the private key, {@code null} if it is not
	 * encrypted
	 * @return a bundle that trusts the certificate authority of the credentials only
	 * @throws InvalidRelationDataException if a part is missing, cannot be read or does
	 * not fit the others
	 */
	public static SslBundle create(ClientCredentials credentials, @Nullable String keyPassword) {
		String cert = credentials.clientCert();
		String key = credentials.clientKey();
		String ca = credentials.clientCa();
		if (cert == null && key == null && ca == null) {
			throw new InvalidRelationDataException(CLIENT_CA,
					"is missing, but the connection string has https endpoints",
					"Give client-cert, client-key and client-ca, or client-ca alone if etcd asks for no certificate");
		}
		List<PemBlock> certBlocks = read(CLIENT_CERT, cert);
		List<PemBlock> keyBlocks = read(CLIENT_KEY, key);
		requireTogether(cert, CLIENT_CERT, key, CLIENT_KEY, certBlocks, PemLabel.Kind.PRIVATE_KEY);
		requireTogether(key, CLIENT_KEY, cert, CLIENT_CERT, keyBlocks, PemLabel.Kind.CERTIFICATE);
		if (ca == null) {
			throw new InvalidRelationDataException(CLIENT_CA,
					"is missing: without it any server with a publicly trusted certificate would be trusted",
					"Give the certificate authority of the etcd servers");
		}
		List<X509Certificate> authorities = authorities(PemReader.read(CLIENT_CA, ca));
		PemSslStore trustStore = PemSslStore.of(authorities, null);
		if (cert == null && key == null) {
			return SslBundle.of(new PemSslStoreBundle(null, trustStore));
		}
		return SslBundle.of(new PemSslStoreBundle(keyStore(certBlocks, keyBlocks, keyPassword), trustStore),
				SslBundleKey.of(KEY_PASSWORD));
	}

	private static List<PemBlock> read(String item, @Nullable String text) {
		return (text != null) ? PemReader.read(item, text) : Collections.emptyList();
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
			String otherItem, List<PemBlock> givenBlocks, PemLabel.Kind needed) {
		if (given != null && other == null && PemPair.ofKind(givenBlocks, needed).isEmpty()) {
			throw new InvalidRelationDataException(otherItem, "is missing, but " + givenItem + " is given",
					"Give both, or neither if etcd asks for no certificate");
		}
	}

	private static List<X509Certificate> authorities(List<PemBlock> blocks) {
		List<X509Certificate> authorities = PemCertificates.read(blocks);
		if (authorities.isEmpty()) {
			throw PemCertificates.missing(CLIENT_CA, blocks,
					"Give the certificate of the authority of the etcd servers");
		}
		if (authorities.stream().allMatch(PemSslBundles::isUnusable)) {
			RuntimeModules.require(CLIENT_CA, authorities.get(0).getPublicKey().getAlgorithm());
		}
		return authorities;
	}

	private static boolean isUnusable(X509Certificate certificate) {
		return RuntimeModules.isMissing(certificate.getPublicKey().getAlgorithm());
	}

	private static PemSslStore keyStore(List<PemBlock> certBlocks, List<PemBlock> keyBlocks,
			@Nullable String keyPassword) {
		PemPair pair = PemPair.find(certBlocks, keyBlocks, keyPassword);
		logUnused(CLIENT_CERT, pair.countUnused());
		logUnused(CLIENT_KEY, pair.countUnusedBesideKey());
		return PemSslStore.of(KEY_STORE_TYPE, null, KEY_PASSWORD, pair.getChain(), pair.getKey());
	}

	private static void logUnused(String item, long count) {
		if (count > 0) {
			logger
				.info(LogMessage.format("Certificates in %s that are not sent, because they do not belong to the chain "
						+ "of the client certificate: %d", item, count));
		}
	}

}
