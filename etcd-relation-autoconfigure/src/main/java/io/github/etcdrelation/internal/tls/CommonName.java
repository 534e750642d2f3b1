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
import java.util.List;

import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the common name that etcd takes for the name of the user.
 */
public final class CommonName {

	private static final String TYPE = "CN";

	private CommonName() {
	}

	/**
	 * Return the common name of the first certificate.
	 * @param pem certificates as PEM text
	 * @return the name, {@code null} if there is none or the certificate cannot be read
	 */
	public static @Nullable String ofFirst(String pem) {
		try {
			List<PemBlock> first = PemReader.read("certificate", pem)
				.stream()
				.filter((block) -> block.label().getKind() == PemLabel.Kind.CERTIFICATE)
				.limit(1)
				.toList();
			return first.isEmpty() ? null : of(PemCertificates.read(first).get(0));
		}
		catch (InvalidRelationDataException ex) {
			return null;
		}
	}

	/**
	 * Return the common name of a certificate.
	 * @param certificate the certificate
	 * @return the name, {@code null} if there is none
	 */
	static @Nullable String of(X509Certificate certificate) {
		String name = null;
		try {
			// The last one counts, as in Go
			for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
				Attribute attribute = part.toAttributes().get(TYPE);
				if (attribute != null && attribute.get() instanceof String value) {
					name = value;
				}
			}
		}
		catch (InvalidNameException ex) {
			return null;
		}
		catch (NamingException ex) {
			throw new IllegalStateException("An attribute in memory cannot be read", ex);
		}
		return (name == null || name.isBlank()) ? null : name;
	}

}
