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

package io.github.etcdrelation.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.LocalEtcdMember;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Finds out whether members let in whoever has a certificate.
 */
final class TrustProbe extends X509ExtendedKeyManager {

	private static final byte[] REQUEST = "GET /version HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final String ALIAS = "own";

	private final X509Certificate certificate;

	private final PrivateKey key;

	private final SSLContext sslContext;

	/**
	 * Create a probe.
	 * @param own a certificate without those that issued it, its key, and the authority
	 * of the servers
	 */
	TrustProbe(ClientCredentials own) throws Exception {
		PemSslStoreDetails store = new PemSslStoreDetails("PKCS12", own.clientCert(), own.clientKey()).withAlias(ALIAS);
		SslBundle bundle = SslBundle.of(new PemSslStoreBundle(PemSslStore.load(store),
				PemSslStore.load(PemSslStoreDetails.forCertificate(own.clientCa()))));
		KeyStore keys = bundle.getStores().getKeyStore();
		this.certificate = (X509Certificate) keys.getCertificate(ALIAS);
		this.key = (PrivateKey) keys.getKey(ALIAS, null);
		this.sslContext = SSLContext.getInstance("TLS");
		this.sslContext.init(new KeyManager[] { this }, bundle.getManagers().getTrustManagers(), null);
	}

	/**
	 * Return whether a member that runs answers. It may refuse after the handshake only.
	 */
	boolean isLetIn(LocalEtcdMember member) {
		try (SSLSocket socket = (SSLSocket) this.sslContext.getSocketFactory().createSocket()) {
			socket.setSoTimeout(5000);
			socket.connect(new InetSocketAddress(member.getHost(), member.getPort()), 5000);
			socket.getOutputStream().write(REQUEST);
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
				.startsWith("HTTP/1.1 200");
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public String[] getClientAliases(String keyType, Principal[] issuers) {
		return new String[] { ALIAS };
	}

	/**
	 * Members name whom they trust as issuers, and trust the certificate itself.
	 */
	@Override
	public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
		return ALIAS;
	}

	@Override
	public String[] getServerAliases(String keyType, Principal[] issuers) {
		return null;
	}

	@Override
	public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
		return null;
	}

	@Override
	public X509Certificate[] getCertificateChain(String alias) {
		return new X509Certificate[] { this.certificate };
	}

	@Override
	public PrivateKey getPrivateKey(String alias) {
		return this.key;
	}

}
