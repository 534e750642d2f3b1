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

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLEngine;
import javax.security.auth.x500.X500Principal;

import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the handshakes with each endpoint showed. A peer that refuses a certificate says
 * little; whether it asked for one, and of which issuers, explains more.
 */
final class TlsHandshakes {

	private final Map<String, Handshake> handshakes = new ConcurrentHashMap<>();

	/**
	 * Record that a connection is opened, which may end before its handshake.
	 */
	void begin(Endpoint endpoint) {
		this.handshakes.computeIfPresent(key(endpoint.host(), endpoint.port()),
				(key, former) -> new Handshake(false, former.certificateRequested(), former.issuers(), former.sent()));
	}

	/**
	 * Record that a server presented its certificate.
	 */
	void certificatePresented(String host, int port) {
		this.handshakes.put(key(host, port), new Handshake(true, false, List.of(), null));
	}

	/**
	 * Record that a server asked for a client certificate.
	 * @param engine the engine of the connection
	 * @param issuers the issuers that it announced, none for any
	 * @param sent the certificate that was sent, {@code null} if there is none to send
	 */
	void certificateRequested(SSLEngine engine, Principal @Nullable [] issuers, @Nullable X509Certificate sent) {
		List<String> names = (issuers != null) ? Arrays.stream(issuers).map(TlsHandshakes::name).toList() : List.of();
		this.handshakes.put(key(engine.getPeerHost(), engine.getPeerPort()), new Handshake(true, true, names, sent));
	}

	/**
	 * Return the last handshake with an endpoint, {@code null} if no server has presented
	 * a certificate there.
	 */
	@Nullable Handshake get(Endpoint endpoint) {
		return this.handshakes.get(key(endpoint.host(), endpoint.port()));
	}

	private static String name(Principal issuer) {
		// In the form that other texts have
		return CertificateInfo.name(new X500Principal(issuer.getName()));
	}

	private static String key(@Nullable String host, int port) {
		return ((host != null) ? host.replaceAll("[\\[\\]]", "") : "") + " " + port;
	}

	/**
	 * A handshake.
	 *
	 * @param latest whether it is that of the connection that was opened last
	 * @param certificateRequested whether the server asked for a client certificate
	 * @param issuers the names of the issuers that it announced
	 * @param sent the client certificate that was sent or {@code null}
	 */
	record Handshake(boolean latest, boolean certificateRequested, List<String> issuers,
			@Nullable X509Certificate sent) {

	}

}
