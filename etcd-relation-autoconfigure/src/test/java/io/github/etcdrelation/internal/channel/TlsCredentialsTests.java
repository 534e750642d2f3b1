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
import java.security.cert.X509Certificate;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TlsCredentials} of key stores with several entries.
 */
class TlsCredentialsTests {

	private static KeyStore store;

	@BeforeAll
	static void createStore() throws Exception {
		store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		for (String name : new String[] { "first", "second" }) {
			X509Bundle bundle = new CertificateBuilder().subject("CN=" + name)
				.setIsCertificateAuthority(true)
				.ecp256()
				.buildSelfSigned();
			store.setKeyEntry(name, bundle.getKeyPair().getPrivate(), new char[0],
					new X509Certificate[] { bundle.getCertificate() });
			store.setCertificateEntry("trusted-" + name, bundle.getCertificate());
		}
	}

	@Test
	void aliasIsFoundInAnyCase() {
		SslBundle bundle = bundle(store, "SECOND");
		assertThat(new TlsCredentials(bundle, true).hasCertificate()).isTrue();
		assertThat(CertificateInfo.ofClient(bundle)).extracting(CertificateInfo::subject).containsExactly("CN=second");
	}

	@Test
	void aliasWithoutAKeyIsRefused() {
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> new TlsCredentials(bundle(store, "trusted-first"), true))
			.withMessageContaining("has the key alias 'trusted-first', by which its key store has no key");
	}

	@Test
	void storeOfCertificatesAloneHasNoClientCertificate() throws Exception {
		KeyStore certificates = KeyStore.getInstance("PKCS12");
		certificates.load(null, null);
		certificates.setCertificateEntry("trusted", store.getCertificate("first"));
		TlsCredentials credentials = new TlsCredentials(bundle(certificates, null), true);
		assertThat(credentials.hasCertificate()).isFalse();
		assertThat(credentials.getKeyTypes()).isEmpty();
	}

	private static SslBundle bundle(KeyStore keyStore, String alias) {
		return SslBundle.of(SslStoreBundle.of(keyStore, "", store), SslBundleKey.of("", alias));
	}

}
