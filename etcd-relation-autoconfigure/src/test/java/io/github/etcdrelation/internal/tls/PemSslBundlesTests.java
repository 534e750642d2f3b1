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

import java.security.KeyStore;
import java.security.PrivateKey;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.autoconfigure.TestPem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemContent;

import static org.assertj.core.api.Assertions.assertThat;

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
