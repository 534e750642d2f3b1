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
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * The TLS material of a target, read once for all members, and what it is called where it
 * is configured.
 */
final class TlsCredentials {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private final SslBundle bundle;

	private final boolean configuredBundle;

	private final TlsHandshakes handshakes = new TlsHandshakes();

	private final SslContext sslContext;

	/**
	 * Create the credentials.
	 * @param bundle the bundle with the certificates
	 * @param configuredBundle whether it is one that the application configures, rather
	 * than one of the relation's own credentials
	 * @throws InvalidRelationDataException if it cannot be used
	 */
	TlsCredentials(SslBundle bundle, boolean configuredBundle) {
		this.bundle = bundle;
		this.configuredBundle = configuredBundle;
		try {
			this.sslContext = build();
		}
		catch (SSLException | IllegalStateException | IllegalArgumentException ex) {
			throw new InvalidRelationDataException(configuredBundle ? "ssl.bundle" : "client credentials",
					"cannot be used for TLS: " + FailureReason.of(ex), null, ex);
		}
	}

	private SslContext build() throws SSLException {
		if (this.bundle.getStores().getTrustStore() == null) {
			// Otherwise the JDK would trust its public certificate authorities
			throw new InvalidRelationDataException("ssl.bundle", "has no trust store",
					"Give it the certificate authority of the etcd servers");
		}
		SslContextBuilder builder = GrpcSslContexts.forClient()
			.trustManager(new ServerTrustManager(
					first(this.bundle.getManagers().getTrustManagers(), X509ExtendedTrustManager.class),
					getAuthorityItem(), this.handshakes))
			.keyManager(new ClientKeyManager(hasCertificate()
					? first(this.bundle.getManagers().getKeyManagers(), X509ExtendedKeyManager.class) : null,
					getAlias(), this.handshakes));
		SslOptions options = this.bundle.getOptions();
		if (options.getCiphers() != null) {
			builder.ciphers(Arrays.asList(options.getCiphers()));
		}
		builder.protocols(protocols(options.getEnabledProtocols()));
		return builder.build();
	}

	/**
	 * Return the versions of TLS, which the defaults of a JDK may not limit to those that
	 * HTTP/2 allows.
	 */
	private static List<String> protocols(String @Nullable [] enabled) {
		if (enabled == null || enabled.length == 0) {
			return PROTOCOLS;
		}
		List<String> allowed = Arrays.stream(enabled).filter(PROTOCOLS::contains).toList();
		if (allowed.isEmpty()) {
			throw new InvalidRelationDataException("ssl.bundle",
					"enables only %s, which HTTP/2 does not allow".formatted(String.join(", ", enabled)),
					"Enable TLSv1.3 and TLSv1.2, or leave options.enabled-protocols out");
		}
		return allowed;
	}

	private static <T> T first(Object[] managers, Class<T> type) {
		return Arrays.stream(managers)
			.filter(type::isInstance)
			.map(type::cast)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("no " + type.getSimpleName()));
	}

	SslContext getSslContext() {
		return this.sslContext;
	}

	SslBundle getBundle() {
		return this.bundle;
	}

	TlsHandshakes getHandshakes() {
		return this.handshakes;
	}

	private @Nullable String getAlias() {
		String alias = this.bundle.getKey().getAlias();
		KeyStore store = this.bundle.getStores().getKeyStore();
		if (alias == null || store == null) {
			return null;
		}
		return getKeyAliases().stream()
			.filter(alias::equalsIgnoreCase)
			.findFirst()
			.orElseThrow(() -> new InvalidRelationDataException("ssl.bundle",
					"has the key alias '%s', by which its key store has no key".formatted(alias),
					"Correct the alias; the keys are " + getKeyAliases()));
	}

	/**
	 * Return whether there is a client certificate.
	 */
	boolean hasCertificate() {
		return !getKeyTypes().isEmpty();
	}

	/**
	 * Return the property that gives the client certificate.
	 */
	String getCertificateItem() {
		return this.configuredBundle ? "ssl.bundle" : "client-cert";
	}

	/**
	 * Return the property that gives the certificate authorities.
	 */
	String getAuthorityItem() {
		return this.configuredBundle ? "ssl.bundle" : "client-ca";
	}

	/**
	 * Return descriptions of the certificates that are not valid now.
	 */
	List<String> describeInvalid() {
		return CertificateInfo.describeInvalid(this.bundle);
	}

	/**
	 * Return descriptions of the client certificates that are not valid now.
	 */
	List<String> describeInvalidClient() {
		return CertificateInfo.describeInvalidClient(this.bundle);
	}

	/**
	 * Return the types of the private keys, such as {@code RSA}.
	 */
	List<String> getKeyTypes() {
		KeyStore store = this.bundle.getStores().getKeyStore();
		return (store != null)
				? getKeyAliases().stream().map((alias) -> publicKeyType(store, alias)).distinct().toList()
				: Collections.emptyList();
	}

	private List<String> getKeyAliases() {
		KeyStore store = this.bundle.getStores().getKeyStore();
		List<String> aliases = new ArrayList<>();
		if (store == null) {
			return aliases;
		}
		try {
			for (String alias : Collections.list(store.aliases())) {
				if (store.isKeyEntry(alias)) {
					aliases.add(alias);
				}
			}
		}
		catch (KeyStoreException ex) {
			// Not loaded, so there are no keys
		}
		return aliases;
	}

	private static String publicKeyType(KeyStore store, String alias) {
		try {
			return (store.getCertificate(alias) instanceof X509Certificate certificate)
					? certificate.getPublicKey().getAlgorithm() : "unknown";
		}
		catch (KeyStoreException ex) {
			return "unknown";
		}
	}

}
