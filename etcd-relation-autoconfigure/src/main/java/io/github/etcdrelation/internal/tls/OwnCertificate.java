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

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * The client certificate that the own side brings to a relation of the interface
 * {@code etcd_client}, chosen by its private key among what is given.
 */
public final class OwnCertificate {

	private static final String CLIENT_CERT = "client-cert";

	private static final String CLIENT_KEY = "client-key";

	private final List<X509Certificate> chain;

	private final boolean paired;

	private OwnCertificate(List<X509Certificate> chain, boolean paired) {
		this.chain = chain;
		this.paired = paired;
	}

	/**
	 * Choose the certificate.
	 * @param certificate the certificate as PEM text, with others in any order
	 * @param key the private key as PEM text, {@code null} if it is not known or stands
	 * beside the certificate
	 * @param keyPassword the password of the private key or {@code null}
	 * @return the certificate that belongs to the key. Without a key it is one that
	 * issued no other, preferably not that of an authority
	 * @throws InvalidRelationDataException if a part cannot be read, or no certificate
	 * belongs to the key
	 */
	public static OwnCertificate of(String certificate, @Nullable String key, @Nullable String keyPassword) {
		List<PemBlock> certBlocks = PemReader.read(CLIENT_CERT, certificate);
		if (key != null || !PemPair.ofKind(certBlocks, PemLabel.Kind.PRIVATE_KEY).isEmpty()) {
			List<PemBlock> keyBlocks = (key != null) ? PemReader.read(CLIENT_KEY, key) : Collections.emptyList();
			return new OwnCertificate(PemPair.find(certBlocks, keyBlocks, keyPassword).getChain(), true);
		}
		List<X509Certificate> certificates = PemCertificates.read(certBlocks);
		if (certificates.isEmpty()) {
			throw PemCertificates.missing(CLIENT_CERT, certBlocks,
					"Give the client certificate that belongs to client-key");
		}
		return new OwnCertificate(CertificateChain.of(certificates), false);
	}

	/**
	 * Check that the certificate may be published: a provider that trusts one without a
	 * key, or outside of its validity, may trust the former one no longer.
	 * @throws InvalidRelationDataException if it may not
	 */
	public void requirePublishable() {
		if (!this.paired) {
			throw new InvalidRelationDataException(CLIENT_KEY, "is missing, but client-cert is given",
					"Give the private key of the certificate");
		}
		String invalid = CertificateInfo.of(get())
			.describeInvalid("a certificate (%s) that".formatted(getSubject()), Instant.now());
		if (invalid != null) {
			throw new InvalidRelationDataException(CLIENT_CERT, "holds " + invalid,
					"Give one that is valid now, and check the clock of this machine");
		}
	}

	/**
	 * Return what is published to the provider, which takes the first certificate for
	 * that of the client.
	 * @return the certificate, then its issuers, as PEM text without anything else
	 */
	public String toChain() {
		return PemBlock.format(this.chain);
	}

	X509Certificate get() {
		return this.chain.get(0);
	}

	String getSubject() {
		String subject = CertificateInfo.of(get()).subject();
		return subject.isEmpty() ? "without a subject" : subject;
	}

	boolean isSelfSigned() {
		return get().getSubjectX500Principal().equals(get().getIssuerX500Principal());
	}

}
