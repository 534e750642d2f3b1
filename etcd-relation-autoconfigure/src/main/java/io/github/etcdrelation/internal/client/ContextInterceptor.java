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
		if (method.getFullMethodName().equals(KEEP_ALIVE)) {
			ClientCall<ReqT, RespT> call = next.newCall(method, options);
			// Most callers have no context, and what the shared stream is opened with
			// does not matter
			return (CallerContext.capture() != null) ? new KeepAliveContextCall<>(call) : call;
		}
		CallerContext context = (method.getType() == MethodType.UNARY) ? CallerContext.capture()
				: CallerContext.captureWithoutObservation();
		ClientCall<ReqT, RespT> call = next.newCall(method, options);
		return (context != null) ? new ContextCall<>(call, context) : call;
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

	/**
	 * Has the context of the thread that sends the first request. jetcd sends that of a
	 * single renewal on the caller's thread; those of the stream that all leases of a
	 * client share come from a timer, which has no context.
	 */
	private static final class KeepAliveContextCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

		private @Nullable ContextListener<RespT> listener;

		private boolean sent;

		private KeepAliveContextCall(ClientCall<ReqT, RespT> delegate) {
			super(delegate);
		}

		@Override
		public void start(Listener<RespT> listener, Metadata headers) {
			this.listener = new ContextListener<>(listener, null);
			super.start(this.listener, headers);
		}

		@Override
		public void sendMessage(ReqT message) {
			if (!this.sent && this.listener != null) {
				this.listener.context = CallerContext.capture();
			}
			this.sent = true;
			super.sendMessage(message);
		}

	}

	private static final class ContextListener<RespT> extends SimpleForwardingClientCallListener<RespT> {

		private volatile @Nullable CallerContext context;

		private ContextListener(ClientCall.Listener<RespT> delegate, @Nullable CallerContext context) {
			super(delegate);
			this.context = context;
		}

		@Override
		public void onMessage(RespT message) {
			run(() -> delegate().onMessage(message));
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			run(() -> delegate().onClose(status, trailers));
		}

		private void run(Runnable callback) {
			CallerContext callers = this.context;
			if (callers != null) {
				callers.run(callback);
			}
			else {
				callback.run();
			}
		}

	}

}
