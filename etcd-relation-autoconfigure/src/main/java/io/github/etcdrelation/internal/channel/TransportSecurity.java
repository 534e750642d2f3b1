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

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * The security of connections to members: plain text, or TLS with credentials that are
 * read once for all members. Equal when created from the same credentials.
 */
final class TransportSecurity {

	private final ChannelSettings settings;

	private final @Nullable SslBundle bundle;

	private final @Nullable Object identity;

	private final @Nullable SslContext sslContext;

	/**
	 * Create the security of a target.
	 * @param target the target
	 * @param settings the settings of the channel
	 * @throws InvalidRelationDataException if the TLS material cannot be used
	 */
	TransportSecurity(ChannelTarget target, ChannelSettings settings) {
		this.settings = settings;
		this.bundle = target.getSslBundle();
		this.identity = target.getTlsIdentity();
		this.sslContext = (this.bundle != null) ? sslContext(this.bundle) : null;
	}

	/**
	 * Build a gRPC channel, which does not connect by itself.
	 * @param address the address of the member
	 * @param authority host and port that its certificate is verified against
	 * @return a new channel
	 */
	ManagedChannel newChannel(InetSocketAddress address, String authority) {
		NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address).overrideAuthority(authority);
		if (this.sslContext != null) {
			builder.negotiationType(NegotiationType.TLS).sslContext(this.sslContext);
		}
		else {
			builder.negotiationType(NegotiationType.PLAINTEXT);
		}
		return builder.disableServiceConfigLookUp()
			// Calls have their own executor; the rest is brief and must not wait behind
			// application callbacks
			.directExecutor()
			.maxInboundMessageSize(this.settings.maxInboundMessageSize())
			.keepAliveTime(this.settings.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
			.keepAliveTimeout(this.settings.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
			// etcd closes connections that are pinged without calls
			.keepAliveWithoutCalls(false)
			.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS,
					Math.toIntExact(this.settings.connectTimeout().toMillis()))
			.build();
	}

	/**
	 * Return the bundle that the credentials were read from, {@code null} for plain text.
	 */
	@Nullable SslBundle getBundle() {
		return this.bundle;
	}

	boolean isTls() {
		return this.sslContext != null;
	}

	/**
	 * Return descriptions of the certificates of the bundle that are not valid now.
	 */
	List<String> expiredCertificates() {
		return (this.bundle != null) ? CertificateInfo.describeInvalid(this.bundle) : Collections.emptyList();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof TransportSecurity security && Objects.equals(this.identity, security.identity);
	}

	@Override
	public int hashCode() {
		return Objects.hashCode(this.identity);
	}

	private static SslContext sslContext(SslBundle bundle) {
		try {
			if (bundle.getStores().getTrustStore() == null) {
				// Otherwise the JDK would trust its public certificate authorities
				throw new InvalidRelationDataException("ssl.bundle", "has no trust store",
						"Give it the certificate authority of the etcd servers");
			}
			SslContextBuilder builder = GrpcSslContexts.forClient()
				.trustManager(bundle.getManagers().getTrustManagerFactory());
			if (bundle.getStores().getKeyStore() != null) {
				builder.keyManager(bundle.getManagers().getKeyManagerFactory());
			}
			SslOptions options = bundle.getOptions();
			if (options.getCiphers() != null) {
				builder.ciphers(Arrays.asList(options.getCiphers()));
			}
			if (options.getEnabledProtocols() != null) {
				builder.protocols(options.getEnabledProtocols());
			}
			return builder.build();
		}
		catch (SSLException | IllegalStateException | IllegalArgumentException ex) {
			throw new InvalidRelationDataException("client credentials",
					"cannot be used for TLS: " + FailureReason.of(ex), null, ex);
		}
	}

}
