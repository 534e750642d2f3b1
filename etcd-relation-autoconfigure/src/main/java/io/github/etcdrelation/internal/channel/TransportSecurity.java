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
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.InvalidRelationDataException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * The security of connections to members: plain text, or TLS with credentials that are
 * read once for all members. Equal when created from the same credentials.
 */
final class TransportSecurity {

	/**
	 * What a stream may receive before its listener takes it: gRPC would admit up to 8
	 * MiB, for each watch whose listener is slow.
	 */
	private static final int STREAM_WINDOW = 1024 * 1024;

	private final ChannelSettings settings;

	private final @Nullable Object identity;

	private final @Nullable TlsCredentials credentials;

	private final boolean forStreams;

	/**
	 * Create the security of a target.
	 * @param target the target
	 * @param settings the settings of the channel
	 * @throws InvalidRelationDataException if the TLS material cannot be used
	 */
	TransportSecurity(ChannelTarget target, ChannelSettings settings) {
		this.settings = settings;
		this.identity = target.getTlsIdentity();
		SslBundle bundle = target.getSslBundle();
		this.credentials = (bundle != null) ? new TlsCredentials(bundle, bundle == this.identity) : null;
		this.forStreams = false;
	}

	private TransportSecurity(TransportSecurity other, boolean forStreams) {
		this.settings = other.settings;
		this.identity = other.identity;
		this.credentials = other.credentials;
		this.forStreams = forStreams;
	}

	/**
	 * Return the same security for connections that carry streams.
	 */
	TransportSecurity forStreams() {
		return new TransportSecurity(this, true);
	}

	/**
	 * Build a gRPC channel, which does not connect by itself.
	 * @param address the address of the member
	 * @param endpoint the endpoint, against whose host its certificate is verified
	 * @return a new channel
	 */
	ManagedChannel newChannel(InetSocketAddress address, Endpoint endpoint) {
		NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address).overrideAuthority(endpoint.authority());
		if (this.credentials != null) {
			this.credentials.getHandshakes().begin(endpoint);
			builder.negotiationType(NegotiationType.TLS).sslContext(this.credentials.getSslContext());
		}
		else {
			builder.negotiationType(NegotiationType.PLAINTEXT);
		}
		if (this.forStreams) {
			builder.flowControlWindow(STREAM_WINDOW);
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
		return (this.credentials != null) ? this.credentials.getBundle() : null;
	}

	boolean isTls() {
		return this.credentials != null;
	}

	/**
	 * Return why a connection could not be opened.
	 * @param endpoint the endpoint that was connected to
	 * @param status the status of the first call on it
	 * @param former why it could not be opened before, or {@code null}
	 */
	ConnectFailure analyze(Endpoint endpoint, Status status, @Nullable ConnectFailure former) {
		return new ConnectFailureAnalyzer(endpoint, this.credentials).analyze(status, former);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof TransportSecurity security && Objects.equals(this.identity, security.identity);
	}

	@Override
	public int hashCode() {
		return Objects.hashCode(this.identity);
	}

}
