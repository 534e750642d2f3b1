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

import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreSpi;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BundleCredentials}.
 */
class BundleCredentialsTests {

	private static final List<X509Certificate> ROOT = List.of(PemFixtures.ROOT.getCertificate());

	@Test
	void exportsPemBundle() {
		PemSslStore keyStore = PemSslStore.of(PemFixtures.path(PemFixtures.EC),
				PemFixtures.EC.getKeyPair().getPrivate());
		ClientCredentials credentials = BundleCredentials
			.export(SslBundle.of(new PemSslStoreBundle(keyStore, PemSslStore.of(ROOT, null))));
		assertThat(credentials).isEqualTo(new ClientCredentials(PemFixtures.chain(PemFixtures.EC),
				PemFixtures.pkcs8(PemFixtures.EC), PemFixtures.ROOT_PEM));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void exportsKeyOfTheAlias(String type) throws Exception {
		KeyStore store = store(type);
		add(store, "first", PemFixtures.EC, "secret");
		add(store, "second", PemFixtures.RSA, "secret");
		ClientCredentials credentials = BundleCredentials
			.export(bundle(store, "unused", SslBundleKey.of("secret", "second")));
		assertThat(credentials).isEqualTo(
				new ClientCredentials(PemFixtures.chain(PemFixtures.RSA), PemFixtures.pkcs8(PemFixtures.RSA), null));
		assertThat(BundleCredentials.export(bundle(store, "secret", SslBundleKey.of(null, "first"))).clientKey())
			.isEqualTo(PemFixtures.pkcs8(PemFixtures.EC));
	}

	@Test
	void certificatesThatAreOnlyTrustedAreNoKey() throws Exception {
		KeyStore store = store("PKCS12");
		store.setCertificateEntry("a", PemFixtures.ROOT.getCertificate());
		add(store, "b", PemFixtures.EC, "secret");
		assertThat(BundleCredentials.export(bundle(store, "secret", SslBundleKey.NONE)).clientKey())
			.isEqualTo(PemFixtures.pkcs8(PemFixtures.EC));
		store.deleteEntry("b");
		assertRefused(bundle(store, "secret", SslBundleKey.NONE), "names an SSL bundle without a private key");
		assertRefused(bundle(store, "secret", SslBundleKey.of(null, "a")), "names an SSL bundle without a private key");
	}

	@Test
	void bundleThatOnlyTrustsIsRefused() {
		assertRefused(SslBundle.of(new PemSslStoreBundle(null, PemSslStore.of(ROOT, null))),
				"names an SSL bundle without a private key");
	}

	@Test
	void wrongPasswordIsRefused() throws Exception {
		KeyStore store = store("JKS");
		add(store, "client", PemFixtures.EC, "secret");
		assertRefused(bundle(store, "s3cr3t-wrong", SslBundleKey.NONE),
				"names an SSL bundle whose private key cannot be read");
	}

	@Test
	void keyThatDoesNotLeaveItsStoreIsRefused() throws Exception {
		KeyStore store = new HardwareStore();
		store.load(null, null);
		assertRefused(bundle(store, null, SslBundleKey.NONE),
				"names an SSL bundle whose private key cannot be exported");
	}

	private static void assertRefused(SslBundle bundle, String reason) {
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> BundleCredentials.export(bundle))
			.withMessageContaining("ssl.bundle " + reason)
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
	}

	private static KeyStore store(String type) throws Exception {
		KeyStore store = KeyStore.getInstance(type);
		store.load(null, null);
		return store;
	}

	private static void add(KeyStore store, String alias, X509Bundle client, String password) throws Exception {
		store.setKeyEntry(alias, client.getKeyPair().getPrivate(), password.toCharArray(), client.getCertificatePath());
	}

	private static SslBundle bundle(KeyStore store, @Nullable String password, SslBundleKey key) {
		return SslBundle.of(SslStoreBundle.of(store, password, null), key);
	}

	/**
	 * A store like that of a hardware token, whose keys have no content.
	 */
	private static final class HardwareStore extends KeyStore {

		HardwareStore() {
			super(new KeyOnly(), null, "TOKEN");
		}

	}

	private static final class KeyOnly extends KeyStoreSpi {

		@Override
		public Key engineGetKey(String alias, char[] password) {
			return new PrivateKey() {

				@Override
				public String getAlgorithm() {
					return "EC";
				}

				@Override
				public @Nullable String getFormat() {
					return null;
				}

				@Override
				public byte @Nullable [] getEncoded() {
					return null;
				}

			};
		}

		@Override
		public Certificate[] engineGetCertificateChain(String alias) {
			return PemFixtures.EC.getCertificatePath();
		}

		@Override
		public Certificate engineGetCertificate(String alias) {
			return PemFixtures.EC.getCertificate();
		}

		@Override
		public @Nullable Date engineGetCreationDate(String alias) {
			return null;
		}

		@Override
		public void engineSetKeyEntry(String alias, Key key, char[] password, Certificate[] chain) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineSetCertificateEntry(String alias, Certificate cert) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineDeleteEntry(String alias) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Enumeration<String> engineAliases() {
			return Collections.enumeration(List.of("key"));
		}

		@Override
		public boolean engineContainsAlias(String alias) {
			return alias.equals("key");
		}

		@Override
		public int engineSize() {
			return 1;
		}

		@Override
		public boolean engineIsKeyEntry(String alias) {
			return true;
		}

		@Override
		public boolean engineIsCertificateEntry(String alias) {
			return false;
		}

		@Override
		public @Nullable String engineGetCertificateAlias(Certificate cert) {
			return null;
		}

		@Override
		public void engineStore(OutputStream stream, char[] password) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineLoad(InputStream stream, char[] password) {
		}

	}

}
