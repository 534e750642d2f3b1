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

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * A private key and the chain of the certificate that belongs to it.
 */
final class PemPair {

	private static final String CLIENT_CERT = "client-cert";

	private static final String CLIENT_KEY = "client-key";

	private final PrivateKey key;

	private final List<X509Certificate> chain;

	private final Set<X509Certificate> given;

	private final Set<X509Certificate> besideKey;

	private PemPair(PrivateKey key, List<X509Certificate> chain, Set<X509Certificate> given,
			Set<X509Certificate> besideKey) {
		this.key = key;
		this.chain = chain;
		this.given = given;
		this.besideKey = besideKey;
	}

	/**
	 * Find a pair.
	 * @param certBlocks the blocks of the certificate
	 * @param keyBlocks the blocks of the private key
	 * @param keyPassword the password of the private key, {@code null} if it is not
	 * encrypted
	 * @return the first key to which a certificate belongs
	 * @throws InvalidRelationDataException if there is no pair, or a part cannot be read
	 */
	static PemPair find(List<PemBlock> certBlocks, List<PemBlock> keyBlocks, @Nullable String keyPassword) {
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
				return new PemPair(key, chain, given, besideKey);
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

	/**
	 * Return the blocks of a kind.
	 */
	static List<PemBlock> ofKind(List<PemBlock> blocks, PemLabel.Kind kind) {
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
			.map((certificate) -> certificate.getPublicKey().getAlgorithm())
			.filter(RuntimeModules::isMissing)
			.forEach((algorithm) -> RuntimeModules.require(certItem, algorithm));
		if (certificates.stream().allMatch(CertificateChain::isAuthority)) {
			return new InvalidRelationDataException(certItem,
					"holds only certificates of authorities, and client-key does not belong to them",
					"Give the client certificate, before the certificates of its issuers if there are any");
		}
		String all = (certificates.size() > 1) ? "any certificate in " : "the certificate in ";
		return new InvalidRelationDataException(CLIENT_KEY, "does not belong to " + all + certItem,
				"Give the certificate and the key that were issued together");
	}

	PrivateKey getKey() {
		return this.key;
	}

	/**
	 * Return the certificate that belongs to the key, then its issuers.
	 */
	List<X509Certificate> getChain() {
		return this.chain;
	}

	/**
	 * Return how many of the certificates beside the certificate are not in the chain.
	 */
	long countUnused() {
		return countUnused(this.given);
	}

	/**
	 * Return how many of the certificates beside the key are not in the chain.
	 */
	long countUnusedBesideKey() {
		return countUnused(this.besideKey);
	}

	private long countUnused(Set<X509Certificate> certificates) {
		return certificates.stream().filter((certificate) -> !this.chain.contains(certificate)).count();
	}

}
