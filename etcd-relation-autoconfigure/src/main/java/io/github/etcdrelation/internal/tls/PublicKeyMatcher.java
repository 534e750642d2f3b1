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
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes the public key of a private key, with which it signs at most once.
 */
final class PublicKeyMatcher {

	private static final byte[] SAMPLE = "sample".getBytes(StandardCharsets.UTF_8);

	private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "EdDSA", "EdDSA", "Ed25519",
			"Ed25519", "Ed448", "Ed448");

	private static final String UNSUPPORTED = "Curve not supported";

	private final PrivateKey privateKey;

	private byte @Nullable [] signed;

	PublicKeyMatcher(PrivateKey privateKey) {
		this.privateKey = privateKey;
	}

	/**
	 * Return whether a public key belongs to the private key.
	 * @throws InvalidRelationDataException if the private key is of a kind that this
	 * runtime does not support
	 */
	boolean matches(PublicKey publicKey) {
		if (this.privateKey instanceof RSAKey privateRsa && publicKey instanceof RSAKey publicRsa) {
			return privateRsa.getModulus().equals(publicRsa.getModulus());
		}
		String algorithm = SIGNATURES.get(this.privateKey.getAlgorithm());
		if (algorithm == null || !this.privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
			return false;
		}
		try {
			Signature signature = Signature.getInstance(algorithm);
			byte[] signed = sign(signature);
			signature.initVerify(publicKey);
			signature.update(SAMPLE);
			return signature.verify(signed);
		}
		catch (GeneralSecurityException ex) {
			String reason = String.valueOf(ex.getMessage());
			if (reason.startsWith(UNSUPPORTED)) {
				throw new InvalidRelationDataException("client-key",
						"has an elliptic curve that this Java runtime does not support"
								+ reason.substring(UNSUPPORTED.length()),
						"Use a key of P-256, P-384, P-521, Ed25519 or RSA");
			}
			return false;
		}
	}

	private byte[] sign(Signature signature) throws GeneralSecurityException {
		byte[] signed = this.signed;
		if (signed == null) {
			signature.initSign(this.privateKey);
			signature.update(SAMPLE);
			signed = signature.sign();
			this.signed = signed;
		}
		return signed;
	}

}
