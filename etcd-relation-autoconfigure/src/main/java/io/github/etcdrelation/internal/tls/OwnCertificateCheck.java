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
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Checks the client certificate that an application brings to a relation of the interface
 * {@code etcd_client}, so that what its provider would refuse is refused with the reason.
 */
public final class OwnCertificateCheck {

	private static final String CLIENT_CERT = "client-cert";

	private static final String BASIC_CONSTRAINTS = "2.5.29.19";

	private static final int KEY_CERT_SIGN = 5;

	private static final int CRL_SIGN = 6;

	private static final String REFUSED = ", which the provider of an etcd_client relation refuses";

	private OwnCertificateCheck() {
	}

	/**
	 * Check a client certificate.
	 * @param pem the certificate as PEM text, with those of its issuers in any order;
	 * only the one that issued no other counts
	 * @return its common name, which is the name of the user of etcd
	 * @throws InvalidRelationDataException if it cannot be read or the provider would
	 * refuse it
	 */
	public static String check(String pem) {
		X509Certificate certificate = read(pem).get(0);
		if (certificate.getExtensionValue(BASIC_CONSTRAINTS) == null) {
			throw refused(certificate, "holds a certificate (%s) without the extension BasicConstraints" + REFUSED,
					"Have it issued with basicConstraints=CA:FALSE");
		}
		if (certificate.getBasicConstraints() >= 0) {
			throw refused(certificate, "holds the certificate of an authority (%s)" + REFUSED,
					"Give the certificate of a client, issued with basicConstraints=CA:FALSE");
		}
		boolean[] usages = certificate.getKeyUsage();
		if (usages != null && (usages[KEY_CERT_SIGN] || usages[CRL_SIGN])) {
			throw refused(certificate,
					"holds a certificate (%s) whose key may sign "
							+ ((usages[KEY_CERT_SIGN]) ? "certificates" : "revocation lists") + REFUSED,
					"Have it issued without the key usages keyCertSign and cRLSign");
		}
		String name = CommonName.of(certificate);
		if (name == null) {
			throw refused(certificate, "holds a certificate (%s) without a common name, which names the user of etcd",
					"Have it issued with a subject such as CN=my-app");
		}
		return name;
	}

	/**
	 * Return what of a client certificate is published to the provider, which takes the
	 * first certificate for that of the client.
	 * @param pem the certificate as PEM text, with those of its issuers in any order
	 * @return the certificate, then its issuers, as PEM text without anything else
	 * @throws InvalidRelationDataException if it cannot be read
	 */
	public static String toChain(String pem) {
		return PemBlock.format(read(pem));
	}

	private static List<X509Certificate> read(String pem) {
		List<PemBlock> blocks = PemReader.read(CLIENT_CERT, pem);
		List<X509Certificate> certificates = PemCertificates.read(blocks);
		if (certificates.isEmpty()) {
			throw PemCertificates.missing(CLIENT_CERT, blocks,
					"Give the client certificate that belongs to client-key");
		}
		return CertificateChain.of(certificates);
	}

	private static InvalidRelationDataException refused(X509Certificate certificate, String reason, String remedy) {
		String subject = CertificateInfo.of(certificate).subject();
		return new InvalidRelationDataException(CLIENT_CERT,
				reason.formatted(subject.isEmpty() ? "without a subject" : subject), remedy);
	}

}
