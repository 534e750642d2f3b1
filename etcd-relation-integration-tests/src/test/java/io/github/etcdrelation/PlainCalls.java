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

package io.github.etcdrelation;

import io.etcd.jetcd.ClientBuilder;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Calls of the client below jetcd, which leaves their flow control, deadlines and
 * cancellation to a test. A bean of this type does that.
 */
final class PlainCalls implements EtcdClientBuilderCustomizer, ClientInterceptor {

	private volatile @Nullable Channel channel;

	@Override
	public void customize(ClientBuilder builder) {
		builder.interceptor(this);
	}

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Channel next) {
		this.channel = next;
		return next.newCall(method, options);
	}

	/**
	 * Create a call, once the client has made one.
	 */
	<ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		Channel channel = this.channel;
		Assert.state(channel != null, "The client has made no call yet");
		return channel.newCall(method, options);
	}

}
