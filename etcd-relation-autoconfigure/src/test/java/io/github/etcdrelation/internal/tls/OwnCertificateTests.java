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
import java.time.Duration;
import java.time.Instant;

import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests which of several certificates is the own one.
 */
class OwnCertificateTests {

	private static final String EC_PEM = PemFixtures.pem(PemFixtures.EC.getCertificate());

	private static final String RSA_PEM = PemFixtures.pem(PemFixtures.RSA.getCertificate());

	private static final String EC_KEY = PemFixtures.pkcs8(PemFixtures.EC);

	@Test
	void certificateOfTheKeyIsChosen() {
		assertThat(OwnCertificate.of(RSA_PEM + EC_PEM, EC_KEY, null).toChain()).isEqualTo(EC_PEM);
		assertThat(OwnCertificate.of(EC_PEM + RSA_PEM, EC_KEY, null).toChain()).isEqualTo(EC_PEM);
	}

	@Test
	void keyMayStandBesideTheCertificate() {
		assertThat(OwnCertificate.of(RSA_PEM + EC_PEM + EC_KEY, null, null).toChain()).isEqualTo(EC_PEM);
		assertThat(OwnCertificate.of(RSA_PEM, EC_KEY + EC_PEM, null).toChain()).isEqualTo(EC_PEM);
	}

	@Test
	void keyMayBeEncrypted() {
		String key = PemFixtures.encrypted(PemFixtures.EC);
		assertThat(OwnCertificate.of(EC_PEM, key, PemFixtures.PASSWORD).toChain()).isEqualTo(EC_PEM);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> OwnCertificate.of(EC_PEM, key, null))
			.withMessageStartingWith("client-key ");
	}

	@Test
	void chainIsSortedAndHasNothingElse() {
		X509Certificate[] path = PemFixtures.EC.getCertificatePath();
		String sorted = PemFixtures.pem(path);
		String reversed = PemFixtures.pem(path[2], path[1], path[0]) + PemFixtures.FOREIGN_PEM;
		assertThat(OwnCertificate.of(reversed, EC_KEY, null).toChain()).isEqualTo(sorted);
		assertThat(OwnCertificate.of(reversed, null, null).toChain()).isEqualTo(sorted);
		assertThat(OwnCertificate.of("Bag Attributes\n" + reversed, null, null).toChain()).isEqualTo(sorted);
	}

	@Test
	void authorityBeforeOrBehindTheCertificateIsNotChosen() {
		assertThat(OwnCertificate.of(PemFixtures.FOREIGN_PEM + RSA_PEM, null, null).toChain()).isEqualTo(RSA_PEM);
		assertThat(OwnCertificate.of(RSA_PEM + PemFixtures.FOREIGN_PEM, null, null).toChain()).isEqualTo(RSA_PEM);
		assertThat(OwnCertificate.of(PemFixtures.ROOT_PEM + RSA_PEM, null, null).toChain())
			.isEqualTo(RSA_PEM + PemFixtures.ROOT_PEM);
	}

	@Test
	void authorityThatSharesTheKeyIsNotChosen() throws Exception {
		X509Bundle authority = new CertificateBuilder().subject("CN=self")
			.keyPair(PemFixtures.EC.getKeyPair())
			.setIsCertificateAuthority(true)
			.buildIssuedBy(PemFixtures.ROOT);
		assertThat(authority.getCertificate().getPublicKey()).isEqualTo(PemFixtures.EC.getCertificate().getPublicKey());
		assertThat(OwnCertificate.of(PemFixtures.pem(authority.getCertificate()) + EC_PEM, EC_KEY, null).toChain())
			.isEqualTo(EC_PEM);
	}

	@Test
	void pairThatDoesNotMatchIsRefused() {
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> OwnCertificate.of(RSA_PEM, EC_KEY, null))
			.withMessage(
					"client-key does not belong to the certificate in client-cert. Give the certificate and the key "
							+ "that were issued together");
	}

	@Test
	void certificateWithoutKeyIsNotPublishable() {
		assertThatNoException().isThrownBy(OwnCertificate.of(EC_PEM, EC_KEY, null)::requirePublishable);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(OwnCertificate.of(EC_PEM, null, null)::requirePublishable)
			.withMessageStartingWith("client-key is missing, but client-cert is given");
	}

	@ParameterizedTest
	@CsvSource({ "-2, -1, that expired at", "1, 2, that is not valid before" })
	void certificateOutsideOfItsValidityIsNotPublishable(int begin, int end, String reason) throws Exception {
		Instant now = Instant.now();
		X509Bundle bundle = new CertificateBuilder().subject("CN=app")
			.ecp256()
			.notBefore(now.plus(Duration.ofHours(begin)))
			.notAfter(now.plus(Duration.ofHours(end)))
			.buildIssuedBy(PemFixtures.ROOT);
		OwnCertificate own = OwnCertificate.of(bundle.getCertificatePEM(), bundle.getPrivateKeyPEM(), null);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(own::requirePublishable)
			.withMessageStartingWith("client-cert holds a certificate (CN=app) " + reason);
	}

}
