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

package io.github.etcdrelation.sample.quickstart;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

/**
 * Certificates as PEM text.
 */
final class PemText {

	private PemText() {
	}

	static List<X509Certificate> read(@Nullable String pem) {
		if (pem == null) {
			return List.of();
		}
		try {
			return CertificateFactory.getInstance("X.509")
				.generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
				.stream()
				.map(X509Certificate.class::cast)
				.toList();
		}
		catch (CertificateException ex) {
			return List.of();
		}
	}

	/**
	 * Return the common name, which is all that these certificates have.
	 */
	static String name(X500Principal principal) {
		return name(principal.getName());
	}

	static String name(String distinguishedName) {
		return distinguishedName.startsWith("CN=") ? distinguishedName.substring(3) : distinguishedName;
	}

}
