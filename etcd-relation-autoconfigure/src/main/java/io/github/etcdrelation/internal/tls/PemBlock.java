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
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * A block of PEM text. Its content is decoded when it is needed.
 *
 * @param item what the text is given as, for errors
 * @param text the whole text
 * @param label the label of the block
 * @param number the number of the block, from 1
 * @param begin where the block begins
 * @param start where its content begins
 * @param end where its content ends
 */
record PemBlock(String item, String text, PemLabel label, int number, int begin, int start, int end) {

	private static final int UNICODE_DIGITS = 4;

	private static final String COPY_ANEW = "Copy it anew, with all its lines";

	/**
	 * Return an error about this block.
	 * @param why what is wrong with it, as the end of a sentence
	 * @param remedy what to do about it
	 * @return the error, which shows no content
	 */
	InvalidRelationDataException refused(String why, String remedy) {
		return new InvalidRelationDataException(this.item, "cannot be read: block %d (%s, line %d) %s"
			.formatted(this.number, this.label, line(this.text, this.begin), why), remedy);
	}

	/**
	 * Return whether the block has the headers of a key that is encrypted in the format
	 * that OpenSSL used before PKCS#8.
	 * @return whether it has
	 */
	boolean isLegacyEncrypted() {
		return this.text.substring(this.start, this.end).contains("Proc-Type");
	}

	/**
	 * Decode the content.
	 * @return the content, one DER element
	 * @throws InvalidRelationDataException if it cannot be decoded or is not whole
	 */
	byte[] decode() {
		int first = skipHeaders();
		// DER begins with M in base64
		if (this.text.startsWith("nM", first)) {
			throw refused("has lost the backslashes of its escaped line ends", "Escape line ends as \\n");
		}
		byte[] characters = new byte[this.end - this.start];
		int count = 0;
		boolean padded = false;
		for (int i = first; i < this.end; i++) {
			char c = this.text.charAt(i);
			if (c == '\\') {
				i = escaped(i);
				c = (i < this.end) ? unescape(i) : ' ';
				i += (this.text.startsWith("u", i) && c != '\\') ? UNICODE_DIGITS : 0;
			}
			if (isBase64(c)) {
				if (padded) {
					throw refused("has the end (=) of its base64 text before line %d".formatted(line(this.text, i)),
							"Give each block a BEGIN and an END of its own");
				}
				characters[count++] = (byte) c;
			}
			else if (c == '=') {
				padded = true;
			}
			else if (!isBlank(c)) {
				throw refused(
						"has a character that is not base64 in line %d: %s".formatted(line(this.text, i), describe(c)),
						COPY_ANEW);
			}
		}
		if (count == 0) {
			throw refused("is empty", COPY_ANEW);
		}
		if (count % 4 == 1) {
			throw refused("is cut off: its base64 text has one character too few or too many", COPY_ANEW);
		}
		byte[] content = Base64.getDecoder().decode(Arrays.copyOf(characters, count));
		checkLength(content);
		return content;
	}

	private int skipHeaders() {
		int at = this.start;
		while (true) {
			int header = at;
			while (header < this.end && isBlank(this.text.charAt(header))) {
				header++;
			}
			int colon = header;
			while (colon < this.end
					&& (Character.isLetter(this.text.charAt(colon)) || this.text.charAt(colon) == '-')) {
				colon++;
			}
			if (colon == header || colon >= this.end || this.text.charAt(colon) != ':') {
				return at;
			}
			int lineEnd = this.text.indexOf('\n', colon);
			if (lineEnd < 0 || lineEnd > this.end) {
				return at;
			}
			at = lineEnd;
		}
	}

	private int escaped(int start) {
		int at = start;
		// Escaped more than once if it went through several hands
		while (at < this.end && this.text.charAt(at) == '\\') {
			at++;
		}
		return at;
	}

	private char unescape(int offset) {
		char c = this.text.charAt(offset);
		return switch (c) {
			case 'n', 'r', 't' -> ' ';
			case '/' -> '/';
			case 'u' -> unicode(offset + 1);
			default -> isBlank(c) ? ' ' : '\\';
		};
	}

	private char unicode(int start) {
		try {
			return (start + UNICODE_DIGITS <= this.end)
					? (char) Integer.parseInt(this.text, start, start + UNICODE_DIGITS, 16) : '\\';
		}
		catch (NumberFormatException ex) {
			return '\\';
		}
	}

	private void checkLength(byte[] content) {
		DerElement element = DerElement.of(content);
		if (element == null || element.tag() != DerElement.SEQUENCE) {
			if (new String(content, 0, Math.min(10, content.length), StandardCharsets.US_ASCII).equals("-----BEGIN")) {
				throw refused("holds PEM text that is base64-encoded once more", "Decode its content once");
			}
			throw refused("does not hold what its label says: its content is no DER", COPY_ANEW);
		}
		long missing = element.end() - content.length;
		if (missing > 0) {
			throw refused(
					"lacks %d of its %d bytes: it is cut off, or a line is missing".formatted(missing, element.end()),
					COPY_ANEW);
		}
		// OpenSSL adds what the certificate is trusted for
		if (missing < 0 && this.label != PemLabel.TRUSTED_CERTIFICATE) {
			throw refused("has %d bytes more than it should have".formatted(-missing),
					"Give each certificate and key a block of its own");
		}
	}

	/**
	 * Return the canonical form of a block.
	 * @param label the label
	 * @param content the content
	 * @return the block as PEM text
	 */
	static String format(PemLabel label, byte[] content) {
		return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label,
				Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content));
	}

	/**
	 * Return the canonical form of certificates.
	 * @param certificates the certificates
	 * @return the certificates in their order as PEM text
	 */
	static String format(List<X509Certificate> certificates) {
		StringBuilder text = new StringBuilder();
		try {
			for (X509Certificate certificate : certificates) {
				text.append(format(PemLabel.CERTIFICATE, certificate.getEncoded()));
			}
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException("A certificate that was read cannot be encoded", ex);
		}
		return text.toString();
	}

	/**
	 * Return the number of a line. An escaped line end counts as well.
	 * @param text the text
	 * @param offset a position in the line
	 * @return the number, from 1
	 */
	static int line(String text, int offset) {
		int line = 1;
		for (int i = 0; i < offset; i++) {
			char c = text.charAt(i);
			boolean escaped = c == 'n' && i > 0 && text.charAt(i - 1) == '\\';
			boolean carriageReturn = c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
			if (c == '\n' || escaped || carriageReturn) {
				line++;
			}
		}
		return line;
	}

	static boolean isBase64(int c) {
		return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
	}

	private static boolean isBlank(char c) {
		return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF' || c == '\u200B';
	}

	private static String describe(char c) {
		if (c == '-' || c == '_') {
			return "a hyphen or underscore, as in base64url";
		}
		if (c == '\uFFFD') {
			return "a byte that is no text";
		}
		if (c == '%') {
			return "a percent sign, as in a URL";
		}
		if (Character.isISOControl(c)) {
			return "a control character";
		}
		return (c < 0x80) ? "a punctuation mark" : "a character beyond ASCII";
	}

}
