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
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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
		if (given != null && other == null && ofKind(givenBlocks, needed).isEmpty()) {
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
		Set<X509Certificate> given = new LinkedHashSet<>(PemCertificates.read(certBlocks));
		if (given.isEmpty() && !certBlocks.isEmpty()) {
			throw missingCertificate(certBlocks, keyBlocks);
		}
		Set<X509Certificate> besideKey = new LinkedHashSet<>(PemCertificates.read(keyBlocks));
		besideKey.removeAll(given);
		List<X509Certificate> certificates = Stream.of(given, besideKey).flatMap(Set::stream).toList();
		for (PemBlock block : keys(certBlocks, keyBlocks)) {
			PrivateKey key = PemPrivateKey.read(block, keyPassword);
			List<X509Certificate> chain = CertificateChain.of(key, certificates);
			if (!chain.isEmpty()) {
				logUnused(CLIENT_CERT, given, chain);
				logUnused(CLIENT_KEY, besideKey, chain);
				return PemSslStore.of(KEY_STORE_TYPE, null, KEY_PASSWORD, chain, key);
			}
		}
		throw noPair((!certBlocks.isEmpty()) ? CLIENT_CERT : CLIENT_KEY, certificates);
	}

	private static List<PemBlock> keys(List<PemBlock> certBlocks, List<PemBlock> keyBlocks) {
		List<PemBlock> blocks = Stream.of(keyBlocks, certBlocks).flatMap(List::stream).toList();
		List<PemBlock> keys = ofKind(blocks, PemLabel.Kind.PRIVATE_KEY);
		if (keys.isEmpty()) {
			// Only to report what they are
			keys = ofKind(blocks, PemLabel.Kind.FOREIGN_KEY);
		}
		if (keys.isEmpty()) {
			throw new InvalidRelationDataException(CLIENT_KEY,
					"holds " + PemCertificates.describe(keyBlocks) + ", but no private key",
					"Give the private key of the certificate as PEM: PKCS#8, PKCS#1 (RSA) or SEC1 (EC)");
		}
		return keys;
	}

	private static List<PemBlock> ofKind(List<PemBlock> blocks, PemLabel.Kind kind) {
		return blocks.stream().filter((block) -> block.label().getKind() == kind).toList();
	}

	private static InvalidRelationDataException missingCertificate(List<PemBlock> certBlocks,
			List<PemBlock> keyBlocks) {
		boolean swapped = !ofKind(certBlocks, PemLabel.Kind.PRIVATE_KEY).isEmpty()
				&& !ofKind(keyBlocks, PemLabel.Kind.CERTIFICATE).isEmpty();
		return PemCertificates.missing(CLIENT_CERT, certBlocks,
				swapped ? "Swap client-cert and client-key" : "Give the client certificate that belongs to client-key");
	}

	private static InvalidRelationDataException noPair(String certItem, List<X509Certificate> certificates) {
		certificates.stream()
			.filter(PemSslBundles::isUnusable)
			.forEach((certificate) -> RuntimeModules.require(certItem, certificate.getPublicKey().getAlgorithm()));
		if (certificates.stream().allMatch((certificate) -> certificate.getBasicConstraints() >= 0)) {
			return new InvalidRelationDataException(certItem,
					"holds only certificates of authorities, and client-key does not belong to them",
					"Give the client certificate, before the certificates of its issuers if there are any");
		}
		String all = (certificates.size() > 1) ? "any certificate in " : "the certificate in ";
		return new InvalidRelationDataException(CLIENT_KEY, "does not belong to " + all + certItem,
				"Give the certificate and the key that were issued together");
	}

	private static void logUnused(String item, Set<X509Certificate> given, List<X509Certificate> chain) {
		long count = given.stream().filter((certificate) -> !chain.contains(certificate)).count();
		if (count > 0) {
			logger
				.info(LogMessage.format("Certificates in %s that are not sent, because they do not belong to the chain "
						+ "of the client certificate: %d", item, count));
		}
	}

}
