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

package io.github.etcdrelation.test;

import java.security.cert.X509Certificate;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.pem.PemContent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CertificateAuthority}.
 */
class CertificateAuthorityTests {

	private final CertificateAuthority authority = CertificateAuthority.create();

	@ParameterizedTest
	@CsvSource({ "PKCS8, -----BEGIN PRIVATE KEY-----, EC", "PKCS1, -----BEGIN RSA PRIVATE KEY-----, RSA",
			"SEC1, -----BEGIN EC PRIVATE KEY-----, EC" })
	void clientKeyHasFormat(KeyFormat format, String header, String algorithm) {
		ClientCredentials credentials = this.authority.issueClient("app", format);
		assertThat(credentials.clientKey()).startsWith(header);
		assertThat(PemContent.of(credentials.clientKey()).getPrivateKey().getAlgorithm()).isEqualTo(algorithm);
		assertThat(certificates(credentials.clientCert()).get(0).getPublicKey().getAlgorithm()).isEqualTo(algorithm);
	}

	@Test
	void clientCertificateIsIssuedByAuthority() throws Exception {
		ClientCredentials credentials = this.authority.issueClient("app");
		assertThat(credentials.clientCa()).isEqualTo(this.authority.caPem());
		X509Certificate root = certificates(this.authority.caPem()).get(0);
		List<X509Certificate> chain = certificates(credentials.clientCert());
		assertThat(chain).hasSize(1);
		chain.get(0).verify(root.getPublicKey());
		chain.get(0).checkValidity();
		assertThat(chain.get(0).getSubjectX500Principal().getName()).isEqualTo("CN=app");
	}

	@Test
	void intermediateIsPartOfChain() throws Exception {
		CertificateAuthority intermediate = this.authority.createIntermediate("Intermediate");
		ClientCredentials credentials = intermediate.issueClient("app");
		assertThat(credentials.clientCa()).isEqualTo(intermediate.caPem()).isEqualTo(this.authority.caPem());
		List<X509Certificate> chain = certificates(credentials.clientCert());
		assertThat(chain).hasSize(2);
		chain.get(0).verify(chain.get(1).getPublicKey());
		chain.get(1).verify(certificates(this.authority.caPem()).get(0).getPublicKey());
	}

	@Test
	void serverCertificateHasNames() throws Exception {
		ServerCertificate server = this.authority.issueServer("127.0.0.2", "localhost", "::1");
		assertThat(certificates(server.certificate()).get(0).getSubjectAlternativeNames())
			.extracting((name) -> String.valueOf(name.get(1)))
			.containsExactly("127.0.0.2", "localhost", "0:0:0:0:0:0:0:1");
		assertThat(server.toString()).doesNotContain("BEGIN");
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd_1", "etcd..example", "", "etcd 1" })
	void serverCertificateNeedsDnsNames(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.authority.issueServer(name))
			.withMessageContaining("'" + name + "' is no DNS name");
	}

	@Test
	void authoritiesDiffer() {
		assertThat(CertificateAuthority.create().caPem()).isNotEqualTo(this.authority.caPem());
	}

	private static List<X509Certificate> certificates(String pem) {
		return PemContent.of(pem).getCertificates();
	}

}
