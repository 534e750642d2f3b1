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
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Orders certificates: the one of a private key, then its issuer, up to the root.
 */
final class CertificateChain {

	private CertificateChain() {
	}

	/**
	 * Create the chain of a private key.
	 * @param key the key
	 * @param certificates the certificates, in any order
	 * @return the chain; certificates that do not belong to it are left out. It is empty
	 * if none has the public key
	 */
	static List<X509Certificate> of(PrivateKey key, List<X509Certificate> certificates) {
		List<X509Certificate> chain = new ArrayList<>();
		X509Certificate next = find(key, certificates);
		while (next != null) {
			chain.add(next);
			next = issuer(next, certificates, chain);
		}
		return chain;
	}

	/**
	 * Create the chain of the certificate that issued none of the others. If there are
	 * several it is the first one that is not that of an authority, if there is such.
	 * @param certificates the certificates, at least one, in any order
	 * @return the chain; certificates that do not belong to it are left out
	 */
	static List<X509Certificate> of(List<X509Certificate> certificates) {
		List<X509Certificate> candidates = certificates.stream()
			.filter((candidate) -> certificates.stream().noneMatch((other) -> isIssuer(candidate, other)))
			.toList();
		X509Certificate next = first(candidates, (candidate) -> !isAuthority(candidate),
				(!candidates.isEmpty()) ? candidates.get(0) : certificates.get(0));
		List<X509Certificate> chain = new ArrayList<>();
		while (next != null) {
			chain.add(next);
			next = issuer(next, certificates, chain);
		}
		return chain;
	}

	private static boolean isIssuer(X509Certificate candidate, X509Certificate certificate) {
		return candidate != certificate
				&& candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
	}

	private static @Nullable X509Certificate find(PrivateKey key, List<X509Certificate> certificates) {
		PublicKeyMatcher matcher = new PublicKeyMatcher(key);
		List<X509Certificate> matching = certificates.stream()
			.filter((certificate) -> matcher.matches(certificate.getPublicKey()))
			.toList();
		if (matching.isEmpty()) {
			return null;
		}
		// A renewed certificate may have kept its key, and an authority may share it
		Date now = Date.from(Instant.now());
		return first(matching, (certificate) -> isValid(certificate, now) && !isAuthority(certificate),
				first(matching, (certificate) -> isValid(certificate, now), matching.get(0)));
	}

	private static X509Certificate first(List<X509Certificate> certificates, Predicate<X509Certificate> condition,
			X509Certificate fallback) {
		return certificates.stream().filter(condition).findFirst().orElse(fallback);
	}

	/**
	 * Return whether a certificate is that of an authority.
	 */
	static boolean isAuthority(X509Certificate certificate) {
		return certificate.getBasicConstraints() >= 0;
	}

	private static @Nullable X509Certificate issuer(X509Certificate certificate, List<X509Certificate> certificates,
			List<X509Certificate> chain) {
		if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
			return null;
		}
		List<X509Certificate> named = certificates.stream()
			.filter((candidate) -> !chain.contains(candidate)
					&& candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
			.toList();
		if (named.size() < 2) {
			return (!named.isEmpty()) ? named.get(0) : null;
		}
		// Authorities that were renewed, or are cross-signed
		return named.stream().filter((candidate) -> isSigned(certificate, candidate)).findFirst().orElse(named.get(0));
	}

	private static boolean isValid(X509Certificate certificate, Date time) {
		try {
			certificate.checkValidity(time);
			return true;
		}
		catch (CertificateException ex) {
			return false;
		}
	}

	private static boolean isSigned(X509Certificate certificate, X509Certificate issuer) {
		try {
			certificate.verify(issuer.getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

}
