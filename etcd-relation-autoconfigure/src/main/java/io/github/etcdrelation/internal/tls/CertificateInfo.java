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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Public details of a certificate.
 *
 * @param subject the distinguished name of its subject
 * @param issuer the distinguished name of its issuer
 * @param fingerprint its SHA-256 fingerprint, hexadecimal
 * @param validFrom the start of its validity
 * @param validTo the end of its validity
 */
public record CertificateInfo(String subject, String issuer, String fingerprint, Instant validFrom, Instant validTo) {

	/**
	 * Return the client certificate and its chain.
	 * @param bundle the bundle or {@code null}
	 * @return the certificates, empty if there are none
	 */
	public static List<CertificateInfo> ofClient(@Nullable SslBundle bundle) {
		return (bundle != null) ? of(bundle.getStores().getKeyStore()) : Collections.emptyList();
	}

	/**
	 * Return the certificate authorities of the servers.
	 * @param bundle the bundle or {@code null}
	 * @return the certificates, empty if there are none
	 */
	public static List<CertificateInfo> ofAuthorities(@Nullable SslBundle bundle) {
		return (bundle != null) ? of(bundle.getStores().getTrustStore()) : Collections.emptyList();
	}

	/**
	 * Describe the certificates that are not currently valid: a peer that refuses them
	 * seldom says why.
	 * @param bundle the bundle
	 * @return a description of each, empty if all are valid
	 */
	public static List<String> describeInvalid(SslBundle bundle) {
		Instant now = Instant.now();
		List<String> descriptions = describeInvalidClient(bundle);
		ofAuthorities(bundle)
			.forEach((certificate) -> certificate.describeInvalid("certificate authority", now, descriptions));
		return descriptions;
	}

	/**
	 * Describe the client certificates that are not currently valid.
	 * @param bundle the bundle
	 * @return a description of each, empty if all are valid
	 */
	public static List<String> describeInvalidClient(SslBundle bundle) {
		Instant now = Instant.now();
		List<String> descriptions = new ArrayList<>();
		List<CertificateInfo> client = ofClient(bundle);
		for (int i = 0; i < client.size(); i++) {
			client.get(i)
				.describeInvalid((i == 0) ? "client certificate" : "chain of the client certificate", now,
						descriptions);
		}
		return descriptions;
	}

	/**
	 * Return when the first of the client certificate and its chain expires.
	 * @param bundle the bundle or {@code null}
	 * @return the time, {@code null} if there is no client certificate
	 */
	public static @Nullable Instant clientExpiry(@Nullable SslBundle bundle) {
		return ofClient(bundle).stream().map(CertificateInfo::validTo).min(Comparator.naturalOrder()).orElse(null);
	}

	private void describeInvalid(String part, Instant now, List<String> descriptions) {
		if (now.isAfter(this.validTo)) {
			descriptions.add("the %s expired at %s".formatted(part, this.validTo));
		}
		else if (now.isBefore(this.validFrom)) {
			descriptions.add("the %s is not valid before %s".formatted(part, this.validFrom));
		}
	}

	private static List<CertificateInfo> of(@Nullable KeyStore store) {
		if (store == null) {
			return Collections.emptyList();
		}
		List<CertificateInfo> certificates = new ArrayList<>();
		try {
			for (String alias : Collections.list(store.aliases())) {
				Certificate[] chain = store.getCertificateChain(alias);
				Certificate[] entries = (chain != null) ? chain : new Certificate[] { store.getCertificate(alias) };
				for (Certificate certificate : entries) {
					if (certificate instanceof X509Certificate x509) {
						certificates.add(of(x509));
					}
				}
			}
		}
		catch (KeyStoreException ex) {
			// Not loaded, so there are no certificates
		}
		return certificates;
	}

	private static CertificateInfo of(X509Certificate certificate) {
		return new CertificateInfo(certificate.getSubjectX500Principal().getName(),
				certificate.getIssuerX500Principal().getName(), fingerprint(certificate),
				certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
	}

	private static String fingerprint(X509Certificate certificate) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
		}
		catch (NoSuchAlgorithmException | CertificateEncodingException ex) {
			throw new IllegalStateException("A certificate that was read cannot be digested", ex);
		}
	}

	/**
	 * Return whether the certificate is valid at a time.
	 * @param time the time
	 * @return whether it is
	 */
	public boolean isValidAt(Instant time) {
		return !time.isBefore(this.validFrom) && !time.isAfter(this.validTo);
	}

}
