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
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Sends the client certificate even if the server does not announce its issuer. A server
 * may trust certificates by other means than an issuer; the key managers of the JDK send
 * none then.
 */
final class ClientKeyManager extends X509ExtendedKeyManager {

	private final @Nullable X509ExtendedKeyManager delegate;

	private final @Nullable String alias;

	private final TlsHandshakes handshakes;

	/**
	 * Create a key manager.
	 * @param delegate has the certificates or {@code null} if there are none
	 * @param alias the only certificate to send or {@code null} to choose one
	 * @param handshakes records what servers ask for
	 */
	ClientKeyManager(@Nullable X509ExtendedKeyManager delegate, @Nullable String alias, TlsHandshakes handshakes) {
		this.delegate = delegate;
		this.alias = alias;
		this.handshakes = handshakes;
	}

	@Override
	public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			SSLEngine engine) {
		String chosen = choose(keyTypes, issuers, engine);
		X509Certificate[] chain = (chosen != null) ? getCertificateChain(chosen) : null;
		this.handshakes.certificateRequested(engine, issuers, (chain != null && chain.length > 0) ? chain[0] : null);
		return chosen;
	}

	private @Nullable String choose(String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
		if (this.delegate == null) {
			return null;
		}
		if (this.alias != null) {
			return isOfType(this.alias, keyTypes) ? this.alias : null;
		}
		String chosen = this.delegate.chooseEngineClientAlias(keyTypes, issuers, engine);
		return (chosen != null) ? chosen : this.delegate.chooseEngineClientAlias(keyTypes, null, engine);
	}

	private boolean isOfType(String candidate, String[] keyTypes) {
		PrivateKey key = getPrivateKey(candidate);
		return key != null && Arrays.asList(keyTypes).contains(key.getAlgorithm());
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			@Nullable Socket socket) {
		throw new UnsupportedOperationException("Connections use an SSLEngine");
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		return (this.delegate != null) ? this.delegate.getClientAliases(keyType, null) : null;
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return (this.delegate != null) ? this.delegate.getCertificateChain(alias) : null;
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return (this.delegate != null) ? this.delegate.getPrivateKey(alias) : null;
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
		return null;
	}

}
