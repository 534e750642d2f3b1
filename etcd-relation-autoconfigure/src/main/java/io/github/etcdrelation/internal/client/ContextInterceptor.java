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

import io.etcd.jetcd.api.LeaseGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of a call in the context of its caller. Those of a stream may run
 * when the caller's observation has long ended, so that is not restored for them.
 */
final class ContextInterceptor implements ClientInterceptor {

	private static final String KEEP_ALIVE = LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName();

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Channel next) {
		CallerContext context = capture(method);
		ClientCall<ReqT, RespT> call = next.newCall(method, options);
		return (context != null) ? new ContextCall<>(call, context) : call;
	}

	private static @Nullable CallerContext capture(MethodDescriptor<?, ?> method) {
		if (method.getType() == MethodType.UNARY) {
			return CallerContext.capture();
		}
		// All leases of a client share the stream of the first caller
		return method.getFullMethodName().equals(KEEP_ALIVE) ? null : CallerContext.captureWithoutObservation();
	}

	private static final class ContextCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

		private final CallerContext context;

		private ContextCall(ClientCall<ReqT, RespT> delegate, CallerContext context) {
			super(delegate);
			this.context = context;
		}

		@Override
		public void start(Listener<RespT> listener, Metadata headers) {
			super.start(new ContextListener<>(listener, this.context), headers);
		}

	}

	private static final class ContextListener<RespT> extends SimpleForwardingClientCallListener<RespT> {

		private final CallerContext context;

		private ContextListener(ClientCall.Listener<RespT> delegate, CallerContext context) {
			super(delegate);
			this.context = context;
		}

		@Override
		public void onMessage(RespT message) {
			this.context.run(() -> delegate().onMessage(message));
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.context.run(() -> delegate().onClose(status, trailers));
		}

	}

}
