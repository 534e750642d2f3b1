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
import java.util.Objects;

import javax.security.auth.x500.X500Principal;

import io.github.etcdrelation.internal.text.Printable;
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
		return (bundle != null) ? of(bundle.getStores().getKeyStore(), bundle.getKey().getAlias())
				: Collections.emptyList();
	}

	/**
	 * Return the certificate authorities of the servers.
	 * @param bundle the bundle or {@code null}
	 * @return the certificates, empty if there are none
	 */
	public static List<CertificateInfo> ofAuthorities(@Nullable SslBundle bundle) {
		return (bundle != null) ? of(bundle.getStores().getTrustStore(), null) : Collections.emptyList();
	}

	/**
	 * Describe the certificates that are not currently valid: a peer that refuses them
	 * seldom says why.
	 * @param bundle the bundle
	 * @return a description of each, empty if all are valid
	 */
	public static List<String> describeInvalid(SslBundle bundle) {
		Instant now = Instant.now();
		List<String> descriptions = new ArrayList<>(describeInvalidClient(bundle));
		ofAuthorities(bundle).stream()
			.map((certificate) -> certificate.describeInvalid("the certificate authority", now))
			.filter(Objects::nonNull)
			.forEach(descriptions::add);
		return descriptions;
	}

	/**
	 * Describe the client certificates that are not currently valid.
	 * @param bundle the bundle
	 * @return a description of each, empty if all are valid
	 */
	public static List<String> describeInvalidClient(SslBundle bundle) {
		Instant now = Instant.now();
		List<@Nullable String> descriptions = new ArrayList<>();
		List<CertificateInfo> client = ofClient(bundle);
		for (int i = 0; i < client.size(); i++) {
			descriptions.add(client.get(i)
				.describeInvalid((i == 0) ? "the client certificate" : "the chain of the client certificate", now));
		}
		return descriptions.stream().filter(Objects::nonNull).toList();
	}

	/**
	 * Return when the first of the client certificate and its chain expires.
	 * @param bundle the bundle or {@code null}
	 * @return the time, {@code null} if there is no client certificate
	 */
	public static @Nullable Instant clientExpiry(@Nullable SslBundle bundle) {
		return ofClient(bundle).stream().map(CertificateInfo::validTo).min(Comparator.naturalOrder()).orElse(null);
	}

	/**
	 * Describe that the certificate is not valid at a time.
	 * @param name what to call it
	 * @param time the time
	 * @return the description, {@code null} if it is valid
	 */
	public @Nullable String describeInvalid(String name, Instant time) {
		if (time.isAfter(this.validTo)) {
			return describeExpired(name);
		}
		return time.isBefore(this.validFrom) ? "%s is not valid before %s".formatted(name, this.validFrom) : null;
	}

	/**
	 * Describe that the certificate has expired.
	 * @param name what to call it
	 * @return the description
	 */
	public String describeExpired(String name) {
		return "%s expired at %s".formatted(name, this.validTo);
	}

	/**
	 * Describe the certificate.
	 * @return subject, issuer and end of its validity
	 */
	public String describe() {
		return "%s (issued by %s, expires at %s)".formatted(this.subject, this.issuer, this.validTo);
	}

	private static List<CertificateInfo> of(@Nullable KeyStore store, @Nullable String only) {
		if (store == null) {
			return Collections.emptyList();
		}
		List<CertificateInfo> certificates = new ArrayList<>();
		try {
			for (String alias : Collections.list(store.aliases())) {
				if (only != null && !only.equalsIgnoreCase(alias)) {
					continue;
				}
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

	/**
	 * Return the details of a certificate.
	 * @param certificate the certificate
	 * @return its details
	 */
	public static CertificateInfo of(X509Certificate certificate) {
		return new CertificateInfo(name(certificate.getSubjectX500Principal()),
				name(certificate.getIssuerX500Principal()), fingerprint(certificate),
				certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
	}

	/**
	 * Return a name as it is shown.
	 * @param principal a subject or an issuer
	 * @return its name without control characters, which a certificate may have in it
	 */
	public static String name(X500Principal principal) {
		return Printable.of(principal.getName());
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
