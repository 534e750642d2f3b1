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

package io.github.etcdrelation.internal.juju;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.github.etcdrelation.internal.tls.OwnCertificate;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * Creates what an application brings to a relation.
 */
final class OwnDataFixtures {

	private OwnDataFixtures() {
	}

	static Map<String, String> create(String prefix) {
		return create("client", prefix, Duration.ofDays(1));
	}

	static Map<String, String> create(String commonName, String prefix, Duration validity) {
		try {
			X509Bundle bundle = builder(commonName).notAfter(Instant.now().plus(validity))
				// An end entity
				.addExtensionOctetString("2.5.29.19", false, new byte[] { 0x30, 0 })
				.buildIssuedBy(builder("authority").setIsCertificateAuthority(true).buildSelfSigned());
			return Map.of("client_cert", OwnCertificate.of(bundle.getCertificatePEM(), null, null).toChain(),
					"client_key", bundle.getPrivateKeyPEM(), "prefix", prefix);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CertificateBuilder builder(String commonName) {
		return new CertificateBuilder().subject("CN=" + commonName)
			.ecp256()
			.notBefore(Instant.now().minus(Duration.ofDays(2)));
	}

}
