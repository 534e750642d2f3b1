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

import java.lang.reflect.Proxy;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.autoconfigure.TestPem;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PemSslBundles}.
 */
class PemSslBundlesTests {

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA" })
	void keyIsHeldWithoutPasswordBasedEncryption(String algorithm) throws Exception {
		SslBundle bundle = bundle(algorithm);
		KeyStore store = bundle.getStores().getKeyStore();
		assertThat(store.getType()).isEqualTo("JKS");
		assertThat(store.getCertificateChain("ssl")).isNotEmpty();
		// As one reads it who takes the stores instead of the managers
		assertThat(store.getKey("ssl", characters(bundle.getKey().getPassword()))).isEqualTo(key(algorithm));
	}

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA" })
	void keyIsManaged(String algorithm) {
		KeyManager[] managers = bundle(algorithm).getManagers().getKeyManagers();
		assertThat(managers).singleElement()
			.isInstanceOfSatisfying(X509KeyManager.class,
					(manager) -> assertThat(
							manager.getPrivateKey(manager.chooseClientAlias(new String[] { algorithm }, null, null)))
						.isEqualTo(key(algorithm)));
	}

	@Test
	void keyOfACurveThatJavaDoesNotSupportIsNamed() throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
		generator.initialize(new ECGenParameterSpec("secp256k1"));
		String key = "-----BEGIN PRIVATE KEY-----\n"
				+ Base64.getMimeEncoder().encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
				+ "\n-----END PRIVATE KEY-----\n";
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> PemSslBundles
				.create(new ClientCredentials(PemFixtures.chain(PemFixtures.EC), key, PemFixtures.ROOT_PEM)))
			.withMessageContaining(
					"client-key has an elliptic curve that this Java runtime does not support: secp256k1");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void certificatesThatAreNotSentAreReportedByTheirItem(CapturedOutput output) {
		PemSslBundles.create(new ClientCredentials(TestPem.CERT, TestPem.KEY + PemFixtures.FOREIGN_PEM, TestPem.CA));
		assertThat(output)
			.contains("Certificates in client-key that are not sent, because they do not belong to the "
					+ "chain of the client certificate: 1")
			.doesNotContain("Certificates in client-cert");
		PemSslBundles.create(new ClientCredentials(TestPem.CERT + PemFixtures.FOREIGN_PEM + PemFixtures.ROOT_PEM,
				TestPem.KEY + PemFixtures.FOREIGN_PEM, TestPem.CA));
		assertThat(output).containsOnlyOnce("Certificates in client-key")
			.contains("Certificates in client-cert that are not sent, because they do not belong to the chain of the "
					+ "client certificate: 2");
	}

	@Test
	void keySignsOnceForAllCertificates() {
		List<X509Certificate> certificates = Stream.generate(PemFixtures.FOREIGN::getCertificate).limit(9).toList();
		AtomicInteger signatures = new AtomicInteger();
		ECPrivateKey key = (ECPrivateKey) PemFixtures.EC.getKeyPair().getPrivate();
		PrivateKey counting = (PrivateKey) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ECPrivateKey.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("getS") || method.getName().equals("getEncoded")) {
						signatures.incrementAndGet();
					}
					return method.invoke(key, arguments);
				});
		CertificateChain.of(counting, certificates.subList(0, 1));
		int once = signatures.getAndSet(0);
		assertThat(CertificateChain.of(counting, certificates)).isEmpty();
		assertThat(signatures).hasValue(once).hasPositiveValue();
	}

	private static SslBundle bundle(String algorithm) {
		boolean rsa = algorithm.equals("RSA");
		return PemSslBundles.create(new ClientCredentials(rsa ? TestPem.RSA_CERT : TestPem.CERT,
				rsa ? TestPem.RSA_KEY : TestPem.KEY, TestPem.CA));
	}

	private static @Nullable PrivateKey key(String algorithm) {
		return PemContent.of(algorithm.equals("RSA") ? TestPem.RSA_KEY : TestPem.KEY).getPrivateKey();
	}

	private static char @Nullable [] characters(@Nullable String text) {
		return (text != null) ? text.toCharArray() : null;
	}

}
