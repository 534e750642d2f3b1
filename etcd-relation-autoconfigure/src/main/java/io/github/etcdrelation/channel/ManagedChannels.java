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

package io.github.etcdrelation.channel;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import io.github.etcdrelation.InvalidRelationDataException;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * Prepares the gRPC channel of a target: what cannot be used is refused here, nothing is
 * connected before the first call.
 */
final class ManagedChannels {

	private ManagedChannels() {
	}

	static ManagedChannelBuilder<?> builder(ChannelTarget target, ChannelSettings settings,
			EndpointsNameResolver.Factory resolverFactory) {
		NettyChannelBuilder builder = newBuilder(resolverFactory);
		SslBundle bundle = target.getSslBundle();
		if (bundle != null) {
			builder.negotiationType(NegotiationType.TLS).sslContext(sslContext(bundle));
		}
		else {
			builder.negotiationType(NegotiationType.PLAINTEXT);
		}
		return builder.defaultLoadBalancingPolicy(settings.loadBalancingPolicy())
			.disableServiceConfigLookUp()
			// Calls name their own executor; what is left is brief and must not wait
			// behind callbacks of the application
			.directExecutor()
			.maxInboundMessageSize(settings.maxInboundMessageSize())
			.keepAliveTime(settings.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
			.keepAliveTimeout(settings.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
			// etcd ends connections that are pinged without having calls
			.keepAliveWithoutCalls(false)
			.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(settings.connectTimeout().toMillis()));
	}

	@SuppressWarnings("deprecation") // the only way to give one channel its own resolver
	private static NettyChannelBuilder newBuilder(EndpointsNameResolver.Factory resolverFactory) {
		return NettyChannelBuilder.forTarget(EndpointsNameResolver.Factory.SCHEME + ":///")
			.nameResolverFactory(resolverFactory);
	}

	private static SslContext sslContext(SslBundle bundle) {
		try {
			if (bundle.getStores().getTrustStore() == null) {
				// Without one the public certificate authorities of the JDK would be
				// trusted
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
