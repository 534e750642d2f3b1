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

import javax.net.ssl.TrustManagerFactory;

import io.etcd.jetcd.api.KVGrpc;
import io.grpc.LoadBalancerRegistry;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/**
 * Initializes the classes of gRPC and TLS on another thread while the application context
 * is prepared, because they would delay startup and the first call.
 */
class ChannelBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() throws Exception {
		LoadBalancerRegistry.getDefaultRegistry();
		NettyChannelBuilder.forAddress("localhost", 0);
		GrpcSslContexts.forClient().trustManager(trustNobody()).build();
		KVGrpc.getRangeMethod();
	}

	// Loading the CAs of the JDK would take long
	private static TrustManagerFactory trustNobody() throws Exception {
		KeyStore empty = KeyStore.getInstance(KeyStore.getDefaultType());
		empty.load(null, null);
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(empty);
		return factory;
	}

}
