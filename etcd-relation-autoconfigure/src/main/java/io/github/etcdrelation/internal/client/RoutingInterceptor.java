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

package io.github.etcdrelation.internal.client;

import java.util.Map;

import io.github.etcdrelation.internal.channel.RelationChannel;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Routes the calls of a jetcd client to the channel of its relation. The channel of jetcd
 * itself is never used and so never connects.
 */
final class RoutingInterceptor implements ClientInterceptor {

	private final RelationChannel channel;

	private final String clientAuthority;

	private Map<Metadata.Key<?>, Object> headers = Map.of();

	RoutingInterceptor(RelationChannel channel, String clientAuthority) {
		this.channel = channel;
		this.clientAuthority = clientAuthority;
	}

	/**
	 * Add headers to each call, since jetcd adds its own only behind this interceptor.
	 */
	void addHeaders(Map<Metadata.Key<?>, Object> headers) {
		this.headers = Map.copyOf(headers);
	}

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Channel next) {
		ClientCall<ReqT, RespT> call = this.clientAuthority.equals(next.authority())
				? this.channel.newCall(method, options)
				// A call to one member, for which jetcd has opened a channel of its own
				: this.channel.newMemberCall(method, options, next.authority());
		return this.headers.isEmpty() ? call : new HeaderCall<>(call);
	}

	private final class HeaderCall<ReqT, RespT> extends ForwardingClientCall.SimpleForwardingClientCall<ReqT, RespT> {

		private HeaderCall(ClientCall<ReqT, RespT> delegate) {
			super(delegate);
		}

		@Override
		@SuppressWarnings({ "unchecked", "rawtypes" }) // jetcd does not type its headers
		public void start(Listener<RespT> responseListener, Metadata headers) {
			RoutingInterceptor.this.headers.forEach((key, value) -> headers.put((Metadata.Key) key, value));
			super.start(responseListener, headers);
		}

	}

}
