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

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Reads the certificates among PEM blocks.
 */
final class PemCertificates {

	private PemCertificates() {
	}

	/**
	 * Read all certificates; blocks of other kinds are skipped.
	 * @param blocks the blocks
	 * @return the certificates in their order, without duplicates, perhaps none
	 * @throws InvalidRelationDataException if one of them cannot be read
	 */
	static List<X509Certificate> read(List<PemBlock> blocks) {
		CertificateFactory factory = createFactory();
		Set<X509Certificate> certificates = new LinkedHashSet<>();
		for (PemBlock block : blocks) {
			if (block.label().getKind() == PemLabel.Kind.CERTIFICATE) {
				certificates.add(read(block, factory));
			}
		}
		return new ArrayList<>(certificates);
	}

	/**
	 * Return the error about blocks without any certificate.
	 * @param item what the blocks are given as
	 * @param blocks the blocks
	 * @param remedy what to give instead
	 * @return the error
	 */
	static InvalidRelationDataException missing(String item, List<PemBlock> blocks, String remedy) {
		return new InvalidRelationDataException(item, "holds " + describe(blocks) + ", but no certificate",
				convertible(blocks, remedy));
	}

	/**
	 * Describe which kinds of blocks there are.
	 * @param blocks the blocks
	 * @return a description
	 */
	static String describe(List<PemBlock> blocks) {
		return blocks.stream()
			.map((block) -> block.label().getDescription())
			.distinct()
			.collect(Collectors.joining(" and "));
	}

	private static String convertible(List<PemBlock> blocks, String remedy) {
		for (PemBlock block : blocks) {
			switch (block.label()) {
				case PKCS7, PKCS7_SIGNED_DATA, CMS, CERTIFICATE_CHAIN -> {
					return "Convert it with openssl pkcs7 -print_certs";
				}
				case CERTIFICATE_REQUEST, NEW_CERTIFICATE_REQUEST -> {
					return "Give the certificate that the authority issued for the request";
				}
				default -> {
				}
			}
		}
		return remedy;
	}

	private static X509Certificate read(PemBlock block, CertificateFactory factory) {
		byte[] content = block.decode();
		try {
			return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content));
		}
		catch (CertificateException | RuntimeException ex) {
			// The cause might quote the content
			throw block.refused("holds no X.509 certificate",
					"Give X.509 certificates as PEM, each between BEGIN CERTIFICATE and END CERTIFICATE");
		}
	}

	private static CertificateFactory createFactory() {
		try {
			return CertificateFactory.getInstance("X.509");
		}
		catch (CertificateException ex) {
			throw new IllegalStateException("This Java runtime cannot read X.509 certificates", ex);
		}
	}

}
