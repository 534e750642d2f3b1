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
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Compares certificates, whatever the form of the PEM text that holds them.
 */
public final class PemComparison {

	private PemComparison() {
	}

	/**
	 * Return whether two texts hold the same certificates in the same order, and nothing
	 * else but text around them. Those that cannot be read are compared without spaces
	 * and line ends.
	 * @param first certificates as PEM text
	 * @param second certificates as PEM text
	 * @return whether they are the same
	 */
	public static boolean isSame(String first, String second) {
		List<X509Certificate> certificates = read(first);
		return certificates.isEmpty() ? compact(first).equals(compact(second)) : certificates.equals(read(second));
	}

	private static List<X509Certificate> read(String pem) {
		try {
			List<PemBlock> blocks = PemReader.read("certificate", pem);
			// A private key beside them makes it another text
			return blocks.stream().allMatch((block) -> block.label().getKind() == PemLabel.Kind.CERTIFICATE)
					? PemCertificates.read(blocks) : Collections.emptyList();
		}
		catch (InvalidRelationDataException ex) {
			return Collections.emptyList();
		}
	}

	private static String compact(String text) {
		return text.replaceAll("\\s", "");
	}

}
