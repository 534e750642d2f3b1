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

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.HexFormat;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.util.StringUtils;

/**
 * Reads the private key of a PEM block, in the form that its content has, which its label
 * does not always name.
 */
final class PemPrivateKey {

	private static final String CONVERT = "openssl pkcs8 -topk8 -in <old> -out <new>";

	// That of the JDK for key stores, which takes seconds
	private static final int MAX_ITERATIONS = 5_000_000;

	private static final int MAX_DEPTH = 10;

	private static final byte[] EC_PUBLIC_KEY = hex("2a8648ce3d0201");

	// By the length of the private value. If it is another curve, no certificate fits
	private static final Map<Integer, byte[]> CURVES = Map.of(32, hex("2a8648ce3d030107"), 48, hex("2b81040022"), 66,
			hex("2b81040023"));

	private static final Map<String, String> ALGORITHMS = Map.of("2a8648ce3d0201", "EC", "2b6570", "Ed25519", "2b6571",
			"Ed448");

	private final PemBlock block;

	private final byte[] content;

	private PemPrivateKey(PemBlock block) {
		this.block = block;
		this.content = block.decode();
	}

	/**
	 * Read a key.
	 * @param block the block
	 * @param password the password of an encrypted key or {@code null}
	 * @return the key
	 * @throws InvalidRelationDataException if it cannot be read
	 */
	static PrivateKey read(PemBlock block, @Nullable String password) {
		if (block.label().getKind() == PemLabel.Kind.FOREIGN_KEY) {
			throw foreign(block);
		}
		if (block.isLegacyEncrypted()) {
			throw block.refused(
					"is encrypted in OpenSSL's legacy format (Proc-Type: 4,ENCRYPTED), which is not supported",
					"Convert it with %s and set client-key-password, or decrypt it with -nocrypt".formatted(CONVERT));
		}
		return new PemPrivateKey(block).read(password);
	}

	private static InvalidRelationDataException foreign(PemBlock block) {
		String remedy = (block.label() == PemLabel.OPENSSH_PRIVATE_KEY)
				? "Convert a copy of it with ssh-keygen -p -m PKCS8 -f <copy>" : "Give a PKCS#8, RSA or EC key as PEM";
		return block.refused("is " + block.label().getDescription(), remedy);
	}

	private PrivateKey read(@Nullable String password) {
		DerElement sequence = require(DerElement.of(this.content));
		DerElement first = require(sequence.first());
		DerElement second = require(first.next(sequence));
		if (first.tag() == DerElement.SEQUENCE && second.tag() == DerElement.OCTET_STRING) {
			requireQuick(first, 0);
			return decrypt(password);
		}
		if (first.tag() != DerElement.INTEGER || first.length() != 1) {
			throw unreadable();
		}
		int version = this.content[first.start()];
		return switch (second.tag()) {
			case DerElement.SEQUENCE -> (version == 3) ? pkcs12() : pkcs8(second);
			case DerElement.INTEGER -> parse(PemLabel.RSA_PRIVATE_KEY, this.content, "RSA");
			case DerElement.OCTET_STRING -> sec1(sequence, second);
			default -> throw unreadable();
		};
	}

	private DerElement require(@Nullable DerElement element) {
		if (element == null) {
			throw unreadable();
		}
		return element;
	}

	private PrivateKey pkcs12() {
		throw this.block.refused("holds a PKCS#12 key store", CredentialFormat.PKCS12.getRemedy());
	}

	private PrivateKey pkcs8(DerElement algorithm) {
		DerElement identifier = algorithm.first();
		String name = (identifier != null) ? ALGORITHMS.get(HexFormat.of().formatHex(identifier.content())) : null;
		return parse(PemLabel.PRIVATE_KEY, this.content, name);
	}

	private PrivateKey sec1(DerElement sequence, DerElement value) {
		DerElement parameters = value.next(sequence);
		byte[] curve = CURVES.get(value.length());
		if (curve == null || parameters != null && parameters.tag() == DerElement.CONTEXT_0) {
			return parse(PemLabel.EC_PRIVATE_KEY, this.content, "EC");
		}
		// Without a curve, which Boot would take for P-384
		byte[] algorithm = DerElement.encode(DerElement.SEQUENCE,
				DerElement.encode(DerElement.OBJECT_IDENTIFIER, EC_PUBLIC_KEY),
				DerElement.encode(DerElement.OBJECT_IDENTIFIER, curve));
		byte[] pkcs8 = DerElement.encode(DerElement.SEQUENCE, DerElement.encode(DerElement.INTEGER, new byte[1]),
				algorithm, DerElement.encode(DerElement.OCTET_STRING, this.content));
		return parse(PemLabel.PRIVATE_KEY, pkcs8, "EC");
	}

	private PrivateKey parse(PemLabel label, byte[] key, @Nullable String algorithm) {
		if (algorithm != null) {
			RuntimeModules.require(this.block.item(), algorithm);
		}
		try {
			PrivateKey parsed = PemContent.of(PemBlock.format(label, key)).getPrivateKey();
			if (parsed != null) {
				return parsed;
			}
		}
		catch (RuntimeException ex) {
			// The cause might quote the key
		}
		if ("EC".equals(algorithm)) {
			throw this.block.refused(
					"holds no EC key that this Java runtime can read: it is damaged, or has a curve that is not known",
					"Give a key of the curve P-256, P-384 or P-521");
		}
		throw unreadable();
	}

	/**
	 * Check the number of iterations: any that an attacker writes there would be done.
	 */
	private void requireQuick(DerElement sequence, int depth) {
		for (DerElement part = sequence.first(); part != null; part = part.next(sequence)) {
			boolean number = part.tag() == DerElement.INTEGER && part.length() > 0;
			if (number && new BigInteger(part.content()).compareTo(BigInteger.valueOf(MAX_ITERATIONS)) > 0) {
				throw this.block.refused("is encrypted with more than %d iterations".formatted(MAX_ITERATIONS),
						"Encrypt it anew with openssl pkcs8 -topk8 -v2 aes-256-cbc -in <old> -out <new>");
			}
			if (part.tag() == DerElement.SEQUENCE && depth < MAX_DEPTH) {
				requireQuick(part, depth + 1);
			}
		}
	}

	private PrivateKey decrypt(@Nullable String password) {
		if (!StringUtils.hasLength(password)) {
			throw new InvalidRelationDataException(this.block.item(), "is encrypted and there is no password for it",
					"Set client-key-password, or decrypt it with openssl pkcs8 -in <old> -out <new>");
		}
		Throwable failure = null;
		try {
			PrivateKey key = PemContent.of(PemBlock.format(PemLabel.ENCRYPTED_PRIVATE_KEY, this.content))
				.getPrivateKey(password);
			if (key != null) {
				return key;
			}
		}
		catch (RuntimeException ex) {
			failure = ex;
		}
		boolean decrypted = true;
		for (; failure != null; failure = failure.getCause()) {
			if (failure instanceof NoSuchAlgorithmException) {
				throw this.block.refused("is encrypted with an algorithm that this Java runtime does not have",
						"Encrypt it anew with openssl pkcs8 -topk8 -v2 aes-256-cbc -in <old> -out <new>");
			}
			decrypted &= !(failure instanceof GeneralSecurityException || failure instanceof IOException);
		}
		if (decrypted) {
			// Which algorithm it has cannot be seen, and no other needs a module
			RuntimeModules.require(this.block.item(), "EC");
			throw unreadable();
		}
		throw new InvalidRelationDataException(this.block.item(),
				"is encrypted, and client-key-password does not decrypt it",
				"Give the password that the key was encrypted with");
	}

	private InvalidRelationDataException unreadable() {
		return this.block.refused("holds no readable private key",
				"Give a key as PEM: PKCS#8, PKCS#1 (RSA) or SEC1 (EC)");
	}

	private static byte[] hex(String text) {
		return HexFormat.of().parseHex(text);
	}

}
