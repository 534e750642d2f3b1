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

import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link OwnCertificateCheck}.
 */
class OwnCertificateCheckTests {

	private static final String BASIC_CONSTRAINTS = "2.5.29.19";

	private static final byte[] NO_AUTHORITY = { 0x30, 0 };

	@Test
	void commonNameOfAClientIsTheUser() {
		assertThat(check(pem(client("CN=my-app")))).isEqualTo("my-app");
	}

	@Test
	void usageOfTheKeyMayBeSignatures() {
		assertThat(
				check(pem(client("CN=my-app").setKeyUsage(true, KeyUsage.digitalSignature, KeyUsage.keyEncipherment))))
			.isEqualTo("my-app");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CN=app                    | app
			CN=app,O=Example\\, Inc.   | app
			O=Example,CN=Jos\u00e9        | Jos\u00e9
			CN=other,OU=x,CN=app      | other
			CN=a\\,b\\+c               | a,b+c
			CN=app+OU=x               | app
			""")
	void commonNameIsReadLikeEtcdDoes(String subject, String name) {
		assertThat(check(pem(client(subject)))).isEqualTo(name);
	}

	@Test
	void certificateWithoutBasicConstraintsIsRefused() {
		assertRefused(PemFixtures.chain(PemFixtures.unconstrained()),
				"client-cert holds a certificate (CN=client) without the extension BasicConstraints, which the provider "
						+ "of an etcd_client relation refuses",
				"Have it issued with basicConstraints=CA:FALSE");
	}

	@Test
	void authorityIsRefused() {
		assertRefused(PemFixtures.pem(PemFixtures.LOWER.getCertificate()),
				"client-cert holds the certificate of an authority (CN=Lower), which",
				"Give the certificate of a client, issued with basicConstraints=CA:FALSE");
	}

	@Test
	void certificateThatTheClientSignedItselfIsToBeMadeAnew() {
		assertRefused(PemFixtures.ROOT_PEM, "client-cert holds the certificate of an authority (CN=Root), which",
				"make it anew with basicConstraints=CA:FALSE: 'openssl req -x509' makes that of an authority unless it "
						+ "is given -addext basicConstraints=critical,CA:FALSE");
		assertRefused(PemFixtures.pem(PemFixtures.pssCertificate(PemFixtures.pssKeyPair())), "BasicConstraints",
				"Make it anew with basicConstraints=CA:FALSE");
	}

	@Test
	void refusalNamesTheBundle() {
		InvalidRelationDataException refusal = catchThrowableOfType(InvalidRelationDataException.class,
				() -> check(PemFixtures.ROOT_PEM));
		assertThat(OwnCertificateCheck.ofBundle(refusal, "orders").getMessage())
			.startsWith("ssl.bundle names an SSL bundle 'orders' that holds the certificate of an authority (CN=Root)");
		assertThat(OwnCertificateCheck.ofBundle(refusal, "").getMessage())
			.startsWith("ssl.bundle names an SSL bundle that holds the certificate of an authority (CN=Root)");
		InvalidRelationDataException mismatch = catchThrowableOfType(InvalidRelationDataException.class,
				() -> OwnCertificate.of(PemFixtures.ROOT_PEM + PemFixtures.chain(PemFixtures.RSA),
						PemFixtures.pkcs8(PemFixtures.EC), null));
		assertThat(OwnCertificateCheck.ofBundle(mismatch, "orders").getMessage()).isEqualTo(
				"ssl.bundle names an SSL bundle 'orders' whose private key does not belong to any certificate in "
						+ "it. Give the certificate and the key that were issued together");
	}

	@ParameterizedTest
	@CsvSource({ "keyCertSign, certificates", "cRLSign, revocation lists" })
	void usagesOfAnAuthorityAreRefused(KeyUsage usage, String what) {
		assertRefused(pem(client("CN=my-app").setKeyUsage(true, KeyUsage.digitalSignature, usage)),
				"client-cert holds a certificate (CN=my-app) whose key may sign " + what + ", which the provider",
				"without the key usages keyCertSign and cRLSign");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			O=Example | O=Example
			CN=       | CN=
			""")
	void certificateWithoutCommonNameIsRefused(String subject, String shown) {
		assertRefused(pem(client(subject)),
				"client-cert holds a certificate (%s) without a common name, which names the user of etcd"
					.formatted(shown),
				"Have it issued with a subject such as CN=my-app");
	}

	@Test
	void textWithoutCertificateIsRefused() {
		String key = PemFixtures.pkcs8(PemFixtures.EC);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> check(key))
			.withMessageContaining("client-cert holds a private key, but no certificate")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(key.substring(40, 60)));
	}

	private static String check(String pem) {
		return OwnCertificateCheck.check(OwnCertificate.of(pem, null, null));
	}

	private static void assertRefused(String pem, String reason, String remedy) {
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> check(pem))
			.withMessageContaining(reason)
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains(remedy));
	}

	private static CertificateBuilder client(String subject) {
		return new CertificateBuilder().subject(subject)
			.addExtensionOctetString(BASIC_CONSTRAINTS, true, NO_AUTHORITY)
			.ecp256();
	}

	private static String pem(CertificateBuilder builder) {
		return PemFixtures.pem(PemFixtures.call(() -> builder.buildIssuedBy(PemFixtures.LOWER)).getCertificate());
	}

}
