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

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Checks the client certificate that an application brings to a relation of the interface
 * {@code etcd_client}, so that what its provider would refuse is refused with the reason.
 */
public final class OwnCertificateCheck {

	private static final String CLIENT_CERT = "client-cert";

	private static final String CLIENT_KEY = "client-key";

	private static final String BASIC_CONSTRAINTS = "2.5.29.19";

	private static final int KEY_CERT_SIGN = 5;

	private static final int CRL_SIGN = 6;

	private static final String REFUSED = ", which the provider of an etcd_client relation refuses";

	private static final String SELF_SIGNED = "Give the certificate of a client. If this is a certificate that the client "
			+ "signed itself, make it anew with basicConstraints=CA:FALSE: 'openssl req -x509' makes that of an authority "
			+ "unless it is given -addext basicConstraints=critical,CA:FALSE";

	private OwnCertificateCheck() {
	}

	/**
	 * Check a client certificate.
	 * @param own the certificate
	 * @return its common name, which is the name of the user of etcd
	 * @throws InvalidRelationDataException if the provider would refuse it
	 */
	public static String check(OwnCertificate own) {
		X509Certificate certificate = own.get();
		String issued = own.isSelfSigned() ? "Make it anew" : "Have it issued";
		if (certificate.getExtensionValue(BASIC_CONSTRAINTS) == null) {
			throw refused(own, "holds a certificate (%s) without the extension BasicConstraints" + REFUSED,
					issued + " with basicConstraints=CA:FALSE");
		}
		if (CertificateChain.isAuthority(certificate)) {
			throw refused(own, "holds the certificate of an authority (%s)" + REFUSED, own.isSelfSigned() ? SELF_SIGNED
					: "Give the certificate of a client, issued with basicConstraints=CA:FALSE");
		}
		boolean[] usages = certificate.getKeyUsage();
		if (usages != null && (usages[KEY_CERT_SIGN] || usages[CRL_SIGN])) {
			throw refused(own,
					"holds a certificate (%s) whose key may sign "
							+ ((usages[KEY_CERT_SIGN]) ? "certificates" : "revocation lists") + REFUSED,
					issued + " without the key usages keyCertSign and cRLSign");
		}
		String name = CommonName.of(certificate);
		if (name == null) {
			throw refused(own, "holds a certificate (%s) without a common name, which names the user of etcd",
					issued + " with a subject such as CN=my-app");
		}
		return name;
	}

	/**
	 * Describe a refusal in the words of who gave an SSL bundle.
	 * @param refusal the refusal of a certificate, or of the key that does not belong to
	 * it
	 * @param bundle the name of the SSL bundle, empty if it has none
	 * @return the refusal of the bundle
	 */
	public static InvalidRelationDataException ofBundle(InvalidRelationDataException refusal, String bundle) {
		String reason = refusal.getReason().replace("in " + CLIENT_CERT, "in it").replace(CLIENT_KEY, "its key");
		return new InvalidRelationDataException("ssl.bundle",
				"names an SSL bundle %s%s %s".formatted(bundle.isEmpty() ? "" : "'" + bundle + "' ",
						refusal.getItem().equals(CLIENT_KEY) ? "whose private key" : "that", reason),
				refusal.getRemedy());
	}

	private static InvalidRelationDataException refused(OwnCertificate own, String reason, String remedy) {
		return new InvalidRelationDataException(CLIENT_CERT, reason.formatted(own.getSubject()), remedy);
	}

}
