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

import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Checks the certificate authority that a provider offers to others.
 */
public final class AuthorityCheck {

	private static final String REMEDY = "Give the certificate of the authority of the etcd servers, "
			+ "or several of them, as PEM text without anything else";

	private AuthorityCheck() {
	}

	/**
	 * Check that a text consists of certificates.
	 * @param item what the text is given as, for errors
	 * @param pem the certificates as PEM text
	 * @throws InvalidRelationDataException if one cannot be read, or there is something
	 * else, such as a private key; the error quotes no content
	 */
	public static void check(String item, String pem) {
		List<PemBlock> blocks = PemReader.read(item, pem);
		List<PemBlock> others = blocks.stream()
			.filter((block) -> block.label().getKind() != PemLabel.Kind.CERTIFICATE)
			.toList();
		if (others.size() == blocks.size()) {
			throw PemCertificates.missing(item, blocks, REMEDY);
		}
		if (!others.isEmpty()) {
			throw new InvalidRelationDataException(item,
					"holds " + PemCertificates.describe(others) + " beside certificates, which others would read",
					REMEDY);
		}
		PemCertificates.read(blocks);
	}

}
