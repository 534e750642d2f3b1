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

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * The form in which a certificate or a key is given. Only PEM text is read; the others
 * are recognized so that an error can name them.
 */
public enum CredentialFormat {

	/**
	 * PEM text, though not necessarily without faults.
	 */
	PEM("PEM text", "Give PEM text"),

	/**
	 * PEM text whose markers have lost some of their hyphens, or have dashes instead.
	 */
	PEM_WITHOUT_HYPHENS("PEM text without the five hyphens before BEGIN and END",
			"Copy it anew: each line of BEGIN and END begins and ends with five hyphens (-----)"),

	/**
	 * PEM text with two bytes for each character.
	 */
	UTF_16("UTF-16 text", "Save it as UTF-8"),

	/**
	 * PEM text that has been encoded as a whole.
	 */
	ENCODED_PEM("PEM text that is base64-encoded once more", "Decode it once; a property may begin with base64:"),

	/**
	 * The content of a PEM block alone.
	 */
	BASE64("base64 text without its BEGIN and END lines",
			"Put the line -----BEGIN ...----- before it and the line -----END ...----- after it"),

	/**
	 * Binary ASN.1.
	 */
	DER("binary DER", "Convert it with openssl x509 -inform DER (a certificate) or openssl pkey -inform DER (a key)"),

	/**
	 * A PKCS#12 store.
	 */
	PKCS12("a PKCS#12 key store", "Convert it with openssl pkcs12 -in <file> -nodes, or use it with ssl.bundle"),

	/**
	 * A Java key store.
	 */
	JKS("a Java key store",
			"Convert it with keytool -importkeystore and openssl pkcs12 -nodes, or use it with ssl.bundle"),

	/**
	 * A key of PuTTY.
	 */
	PUTTY("a key in the format of PuTTY", "Export it with puttygen as an OpenSSH key and convert that to PEM"),

	/**
	 * Any other text.
	 */
	UNKNOWN(null, "Give PEM text, beginning with -----BEGIN and ending with -----END ...-----");

	private static final int HEAD = 64;

	private final @Nullable String description;

	private final String remedy;

	CredentialFormat(@Nullable String description, String remedy) {
		this.description = description;
		this.remedy = remedy;
	}

	/**
	 * Return what the text is, for the end of a sentence.
	 * @return a description, {@code null} if the form is not known
	 */
	public @Nullable String getDescription() {
		return this.description;
	}

	/**
	 * Return how PEM is made from it.
	 * @return what to do
	 */
	public String getRemedy() {
		return this.remedy;
	}

	/**
	 * Recognize the form of a text. Binary content may have been decoded as UTF-8 or
	 * ISO-8859-1 before.
	 * @param text the text
	 * @return its form
	 */
	public static CredentialFormat of(String text) {
		if (text.contains("-----BEGIN") || text.contains("-----END")) {
			return PEM;
		}
		if (text.contains("\0B\0E\0G\0I\0N")) {
			return UTF_16;
		}
		CredentialFormat binary = ofBinary(text.substring(0, Math.min(HEAD, text.length())));
		return (binary != UNKNOWN) ? binary : ofText(text);
	}

	private static CredentialFormat ofBinary(String head) {
		if (head.startsWith("\uFFFD\uFFFD\uFFFD\uFFFD") || head.startsWith("\u00FE\u00ED\u00FE\u00ED")) {
			return JKS;
		}
		boolean binary = head.chars()
			.anyMatch((c) -> c == 0xFFFD || c < ' ' && !Character.isWhitespace(c) || c >= 0x80 && c < 0xA0);
		if (!binary || !head.startsWith("0")) {
			return UNKNOWN;
		}
		int version = head.indexOf("\u0002\u0001\u0003");
		return (version > 0 && version < 8) ? PKCS12 : DER;
	}

	private static CredentialFormat ofText(String text) {
		String stripped = text.strip();
		if (stripped.startsWith("PuTTY-User-Key-File")) {
			return PUTTY;
		}
		if (stripped.startsWith("LS0tLS1CRUdJTi")) {
			return ENCODED_PEM;
		}
		if (stripped.contains("BEGIN") && (stripped.contains("CERTIFICATE") || stripped.contains("KEY"))) {
			return PEM_WITHOUT_HYPHENS;
		}
		return ofBase64(stripped);
	}

	private static CredentialFormat ofBase64(String text) {
		if (text.length() < HEAD || !text.chars().allMatch((c) -> PemBlock.isBase64(c) || c == '=' || c <= ' ')) {
			return UNKNOWN;
		}
		String head;
		try {
			head = new String(Base64.getDecoder().decode(text.substring(0, 16)), StandardCharsets.ISO_8859_1);
		}
		catch (IllegalArgumentException ex) {
			return UNKNOWN;
		}
		CredentialFormat content = ofBinary(head);
		return (content == DER) ? BASE64 : content;
	}

}
