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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.autoconfigure.TestPem;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertificateInfo}.
 */
class CertificateInfoTests {

	@Test
	void tellsWhatMayBeShown() throws Exception {
		X509Certificate certificate = certificate(TestPem.CERT);
		CertificateInfo info = CertificateInfo
			.ofClient(PemSslBundles.create(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA)))
			.get(0);
		assertThat(info.subject()).isEqualTo(certificate.getSubjectX500Principal().getName());
		assertThat(info.issuer()).isEqualTo(certificate.getIssuerX500Principal().getName());
		assertThat(info.fingerprint())
			.isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
		assertThat(info.validTo()).isEqualTo(certificate.getNotAfter().toInstant());
	}

	@Test
	void authoritiesAreApart() throws Exception {
		List<CertificateInfo> authorities = CertificateInfo
			.ofAuthorities(PemSslBundles.create(new ClientCredentials(null, null, TestPem.CA)));
		assertThat(authorities).extracting(CertificateInfo::subject)
			.containsExactly(certificate(TestPem.CA).getSubjectX500Principal().getName());
	}

	@Test
	void withoutClientCertificateThereIsNone() {
		assertThat(CertificateInfo.ofClient(PemSslBundles.create(new ClientCredentials(null, null, TestPem.CA))))
			.isEmpty();
	}

	@Test
	void withoutBundleThereIsNone() {
		assertThat(CertificateInfo.ofClient(null)).isEmpty();
		assertThat(CertificateInfo.ofAuthorities(null)).isEmpty();
	}

	@Test
	void validityHasTwoEnds() {
		CertificateInfo info = CertificateInfo
			.ofAuthorities(PemSslBundles.create(new ClientCredentials(null, null, TestPem.CA)))
			.get(0);
		assertThat(info.isValidAt(info.validFrom())).isTrue();
		assertThat(info.isValidAt(info.validTo())).isTrue();
		assertThat(info.isValidAt(info.validFrom().minus(Duration.ofSeconds(1)))).isFalse();
		assertThat(info.isValidAt(info.validTo().plus(Duration.ofSeconds(1)))).isFalse();
	}

	@Test
	void describesItselfAndItsExpiry() throws Exception {
		CertificateInfo info = CertificateInfo.of(certificate(TestPem.CERT));
		assertThat(info.describe())
			.isEqualTo("%s (issued by %s, expires at %s)".formatted(info.subject(), info.issuer(), info.validTo()));
		assertThat(info.describeInvalid("it", info.validTo())).isNull();
		assertThat(info.describeInvalid("it", info.validTo().plusSeconds(1))).isEqualTo(info.describeExpired("it"))
			.isEqualTo("it expired at " + info.validTo());
		assertThat(info.describeInvalid("it", info.validFrom().minusSeconds(1)))
			.isEqualTo("it is not valid before " + info.validFrom());
	}

	@Test
	void namesAreShownOnOneLine() throws Exception {
		X509Bundle issuer = new CertificateBuilder().subject("CN=ca\\1B[31m")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		CertificateInfo info = CertificateInfo
			.of(new CertificateBuilder().subject("CN=app\\0AWARN").ecp256().buildIssuedBy(issuer).getCertificate());
		assertThat(info.subject()).isEqualTo("CN=app\\u000aWARN");
		assertThat(info.issuer()).isEqualTo("CN=ca\\u001b[31m");
	}

	private static X509Certificate certificate(String pem) throws Exception {
		return (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
	}

}
