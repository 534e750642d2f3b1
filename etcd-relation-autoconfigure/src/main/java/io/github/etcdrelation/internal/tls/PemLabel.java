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

import java.util.HashMap;
import java.util.Map;

/**
 * The labels of PEM blocks that are read, or that have a name in errors.
 */
enum PemLabel {

	CERTIFICATE("CERTIFICATE", Kind.CERTIFICATE, "a certificate"),

	X509_CERTIFICATE("X509 CERTIFICATE", Kind.CERTIFICATE, "a certificate"),

	TRUSTED_CERTIFICATE("TRUSTED CERTIFICATE", Kind.CERTIFICATE, "a certificate"),

	PRIVATE_KEY("PRIVATE KEY", Kind.PRIVATE_KEY, "a private key"),

	ENCRYPTED_PRIVATE_KEY("ENCRYPTED PRIVATE KEY", Kind.PRIVATE_KEY, "a private key"),

	RSA_PRIVATE_KEY("RSA PRIVATE KEY", Kind.PRIVATE_KEY, "a private key"),

	EC_PRIVATE_KEY("EC PRIVATE KEY", Kind.PRIVATE_KEY, "a private key"),

	ANY_PRIVATE_KEY("ANY PRIVATE KEY", Kind.PRIVATE_KEY, "a private key"),

	OPENSSH_PRIVATE_KEY("OPENSSH PRIVATE KEY", Kind.FOREIGN_KEY, "a private key in the format of OpenSSH"),

	DSA_PRIVATE_KEY("DSA PRIVATE KEY", Kind.FOREIGN_KEY, "a DSA key, which TLS does not use"),

	PGP_PRIVATE_KEY("PGP PRIVATE KEY BLOCK", Kind.FOREIGN_KEY, "a PGP key"),

	PUBLIC_KEY("PUBLIC KEY", Kind.OTHER, "a public key"),

	RSA_PUBLIC_KEY("RSA PUBLIC KEY", Kind.OTHER, "a public key"),

	PGP_PUBLIC_KEY("PGP PUBLIC KEY BLOCK", Kind.OTHER, "a PGP key"),

	SSH2_PUBLIC_KEY("SSH2 PUBLIC KEY", Kind.OTHER, "a public key of SSH"),

	CERTIFICATE_REQUEST("CERTIFICATE REQUEST", Kind.OTHER, "a certificate request (CSR)"),

	NEW_CERTIFICATE_REQUEST("NEW CERTIFICATE REQUEST", Kind.OTHER, "a certificate request (CSR)"),

	ATTRIBUTE_CERTIFICATE("ATTRIBUTE CERTIFICATE", Kind.OTHER, "an attribute certificate"),

	CERTIFICATE_CHAIN("CERTIFICATE CHAIN", Kind.OTHER, "a PKCS#7 container"),

	PKCS7("PKCS7", Kind.OTHER, "a PKCS#7 container"),

	PKCS7_SIGNED_DATA("PKCS #7 SIGNED DATA", Kind.OTHER, "a PKCS#7 container"),

	CMS("CMS", Kind.OTHER, "a PKCS#7 container"),

	PKCS12("PKCS12", Kind.OTHER, "a PKCS#12 key store"),

	CRL("X509 CRL", Kind.OTHER, "a revocation list (CRL)"),

	DH_PARAMETERS("DH PARAMETERS", Kind.OTHER, "DH parameters"),

	X942_DH_PARAMETERS("X9.42 DH PARAMETERS", Kind.OTHER, "DH parameters"),

	DSA_PARAMETERS("DSA PARAMETERS", Kind.OTHER, "DSA parameters"),

	EC_PARAMETERS("EC PARAMETERS", Kind.OTHER, "EC parameters"),

	/**
	 * Any other label. It is never quoted, as it may be damaged.
	 */
	UNKNOWN("unknown label", Kind.OTHER, "a block with an unknown label");

	private static final Map<String, PemLabel> LABELS = new HashMap<>();

	static {
		for (PemLabel label : values()) {
			LABELS.put(squeeze(label.text), label);
		}
	}

	private final String text;

	private final Kind kind;

	private final String description;

	PemLabel(String text, Kind kind, String description) {
		this.text = text;
		this.kind = kind;
		this.description = description;
	}

	Kind getKind() {
		return this.kind;
	}

	String getDescription() {
		return this.description;
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * Return the label of a squeezed text.
	 * @param squeezed a text without blanks
	 * @return the label or {@link #UNKNOWN}
	 * @see #squeeze(String)
	 */
	static PemLabel of(String squeezed) {
		return LABELS.getOrDefault(squeezed, UNKNOWN);
	}

	/**
	 * Return only the letters and digits of a label: what is between them is lost, or
	 * becomes a line end, on the way of some PEM texts.
	 * @param text the label
	 * @return its capital letters and digits
	 */
	static String squeeze(String text) {
		StringBuilder squeezed = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
				squeezed.append(c);
			}
		}
		return squeezed.toString();
	}

	/**
	 * What a block is for.
	 */
	enum Kind {

		CERTIFICATE, PRIVATE_KEY, FOREIGN_KEY, OTHER

	}

}
