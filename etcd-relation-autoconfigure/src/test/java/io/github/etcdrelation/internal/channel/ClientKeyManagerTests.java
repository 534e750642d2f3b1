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

package io.github.etcdrelation.internal.channel;

import java.security.KeyStore;
import java.security.Principal;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientKeyManager}.
 */
class ClientKeyManagerTests {

	private static final String[] BOTH_TYPES = { "EC", "RSA" };

	private static final Principal[] STRANGER = { new X500Principal("CN=stranger") };

	private final TlsHandshakes handshakes = new TlsHandshakes();

	private final Endpoint endpoint = new Endpoint("10.0.0.1", 2379);

	private SSLEngine engine;

	@BeforeEach
	void createEngine() throws Exception {
		this.engine = SSLContext.getDefault().createSSLEngine("10.0.0.1", 2379);
	}

	@Test
	void onlyCertificateIsSentWhateverIsAnnounced() throws Exception {
		ClientKeyManager manager = manager(null, "first");
		assertThat(manager.chooseEngineClientAlias(BOTH_TYPES, STRANGER, this.engine)).isEqualTo("first");
		TlsHandshakes.Handshake handshake = this.handshakes.get(this.endpoint);
		assertThat(handshake).isNotNull();
		assertThat(handshake.issuers()).containsExactly("CN=stranger");
		assertThat(handshake.sent()).isNotNull();
		assertThat(handshake.sent().getSubjectX500Principal().getName()).isEqualTo("CN=first");
	}

	@Test
	void issuerChoosesAmongSeveral() throws Exception {
		ClientKeyManager manager = manager(null, "first", "second");
		for (String name : new String[] { "first", "second" }) {
			Principal[] issuers = { new X500Principal("CN=issuer of " + name) };
			assertThat(manager.chooseEngineClientAlias(BOTH_TYPES, issuers, this.engine)).isEqualTo(name);
		}
		assertThat(manager.chooseEngineClientAlias(BOTH_TYPES, STRANGER, this.engine)).isIn("first", "second");
	}

	@Test
	void keyTypeChooses() throws Exception {
		ClientKeyManager manager = manager(null, "first", "rsa");
		assertThat(manager.chooseEngineClientAlias(new String[] { "RSA" }, STRANGER, this.engine)).isEqualTo("rsa");
		assertThat(manager.chooseEngineClientAlias(new String[] { "EC" }, STRANGER, this.engine)).isEqualTo("first");
		assertThat(manager.chooseEngineClientAlias(new String[] { "EdDSA" }, STRANGER, this.engine)).isNull();
	}

	@Test
	void aliasOfTheBundleWins() throws Exception {
		Principal[] issuers = { new X500Principal("CN=issuer of first") };
		assertThat(manager("second", "first", "second").chooseEngineClientAlias(BOTH_TYPES, issuers, this.engine))
			.isEqualTo("second");
	}

	@Test
	void demandIsRecordedWithoutCertificates() {
		ClientKeyManager manager = new ClientKeyManager(null, null, this.handshakes);
		assertThat(manager.chooseEngineClientAlias(BOTH_TYPES, null, this.engine)).isNull();
		TlsHandshakes.Handshake handshake = this.handshakes.get(this.endpoint);
		assertThat(handshake).isNotNull();
		assertThat(handshake.certificateRequested()).isTrue();
		assertThat(handshake.sent()).isNull();
	}

	private ClientKeyManager manager(@Nullable String alias, String... names) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		for (String name : names) {
			CertificateBuilder builder = new CertificateBuilder().subject("CN=" + name);
			X509Bundle issuer = new CertificateBuilder().subject("CN=issuer of " + name)
				.setIsCertificateAuthority(true)
				.ecp256()
				.buildSelfSigned();
			X509Bundle bundle = (name.equals("rsa") ? builder.rsa2048() : builder.ecp256()).buildIssuedBy(issuer);
			store.setKeyEntry(name, bundle.getKeyPair().getPrivate(), new char[0],
					new X509Certificate[] { bundle.getCertificate() });
		}
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(store, new char[0]);
		return new ClientKeyManager((X509ExtendedKeyManager) factory.getKeyManagers()[0], alias, this.handshakes);
	}

}
