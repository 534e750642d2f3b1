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

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

/**
 * Verifies servers as its delegate does and explains why one is refused.
 */
final class ServerTrustManager extends X509ExtendedTrustManager {

	// Of an engine without a session
	private static final String NO_CIPHER_SUITE = "SSL_NULL_WITH_NULL_NULL";

	private final X509ExtendedTrustManager delegate;

	private final String authorityItem;

	private final TlsHandshakes handshakes;

	/**
	 * Create a trust manager.
	 * @param delegate verifies the certificates
	 * @param authorityItem the property that gives the certificate authorities
	 * @param handshakes records that a server presented its certificate
	 */
	ServerTrustManager(X509ExtendedTrustManager delegate, String authorityItem, TlsHandshakes handshakes) {
		this.delegate = delegate;
		this.authorityItem = authorityItem;
		this.handshakes = handshakes;
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		refuseRenegotiation(engine);
		this.handshakes.certificatePresented(engine.getPeerHost(), engine.getPeerPort());
		try {
			this.delegate.checkServerTrusted(chain, authType, engine);
		}
		catch (CertificateException ex) {
			SSLSession session = engine.getHandshakeSession();
			String host = (session != null) ? session.getPeerHost() : engine.getPeerHost();
			throw new ServerCertificateException(
					ServerCertificateReport.of(chain, ex, host, this.delegate.getAcceptedIssuers(), this.authorityItem),
					ex);
		}
	}

	/**
	 * Let there be one handshake on a connection: HTTP/2 forbids that the server asks for
	 * another one, which TLS 1.2 allows. A connection that began with the session of
	 * another one would not be seen here, so no session of TLS 1.2 is used again.
	 */
	private static void refuseRenegotiation(SSLEngine engine) throws CertificateException {
		if (!NO_CIPHER_SUITE.equals(engine.getSession().getCipherSuite())) {
			throw new CertificateException("etcd must not ask for another handshake on a connection");
		}
		SSLSession session = engine.getHandshakeSession();
		if (session != null && session.getProtocol().equals("TLSv1.2")) {
			session.invalidate();
			try {
				// The current handshake has its own copy of them
				engine.setEnabledProtocols(new String[0]);
			}
			catch (IllegalArgumentException ex) {
				// Another provider than the JDK's: the session above is what can be
				// checked
				return;
			}
		}
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
		throw new UnsupportedOperationException("Connections use an SSLEngine");
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) {
		throw new UnsupportedOperationException("Connections use an SSLEngine");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
		throw new UnsupportedOperationException("Connects to servers");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
		throw new UnsupportedOperationException("Connects to servers");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) {
		throw new UnsupportedOperationException("Connects to servers");
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.delegate.getAcceptedIssuers();
	}

}
