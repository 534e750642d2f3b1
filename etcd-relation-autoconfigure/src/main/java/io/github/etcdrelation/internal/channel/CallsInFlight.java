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

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of the application from their start until their end is delivered, and
 * refuses more than a maximum: a unary call on the thread that starts it. Calls that the
 * starter makes itself are not counted: what they are for was admitted.
 */
final class CallsInFlight {

	/**
	 * There is room for as many of these again: leases that were granted must not end
	 * because there is much to do, and what others wait for must be given up.
	 */
	private static final Set<String> ESSENTIAL = Stream
		.of(LeaseGrpc.getLeaseKeepAliveMethod(), LeaseGrpc.getLeaseRevokeMethod(), LockGrpc.getUnlockMethod(),
				ElectionGrpc.getResignMethod())
		.map(MethodDescriptor::getFullMethodName)
		.collect(Collectors.toUnmodifiableSet());

	// One counter for all threads: it has to be exact, and costs little beside a call
	private final AtomicInteger count = new AtomicInteger();

	private final CallContext context;

	CallsInFlight(CallContext context) {
		this.context = context;
	}

	int getCount() {
		return this.count.get();
	}

	/**
	 * Return a call that is counted.
	 * @param method the method of the call
	 * @param call the call, which is started only if it is admitted
	 */
	<ReqT, RespT> ClientCall<ReqT, RespT> count(MethodDescriptor<ReqT, RespT> method, ClientCall<ReqT, RespT> call) {
		return new CountedCall<>(this, method, call);
	}

	private boolean admit(MethodDescriptor<?, ?> method) {
		long maximum = this.context.settings().maxCallsInFlight();
		if (ESSENTIAL.contains(method.getFullMethodName())) {
			maximum *= 2;
		}
		while (true) {
			int current = this.count.get();
			if (current >= maximum) {
				return false;
			}
			if (this.count.compareAndSet(current, current + 1)) {
				return true;
			}
		}
	}

	private void release() {
		this.count.decrementAndGet();
	}

	private void refuse(MethodType type, ClientCall.Listener<?> listener) {
		ChannelSettings settings = this.context.settings();
		Status status = Status.RESOURCE_EXHAUSTED.withDescription(
				"%s: %d calls are in flight, the most that '%s.client.max-calls-in-flight' allows: wait for some of them to end before starting more, or raise it"
					.formatted(this.context.relation(), settings.maxCallsInFlight(), settings.prefix()));
		Runnable end = () -> SafeListener.close(this.context.relation(), listener, status, new Metadata());
		if (type == MethodType.UNARY) {
			// Not in the pool, where refused calls would pile up behind blocked callbacks
			end.run();
		}
		else {
			// jetcd holds a lock while it opens a stream
			this.context.offload(end);
		}
	}

	/**
	 * A call that is counted while it is in flight, or refused.
	 */
	private static final class CountedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

		private final CallsInFlight calls;

		private final MethodDescriptor<ReqT, RespT> method;

		private final ClientCall<ReqT, RespT> delegate;

		private volatile boolean refused;

		private CountedCall(CallsInFlight calls, MethodDescriptor<ReqT, RespT> method,
				ClientCall<ReqT, RespT> delegate) {
			this.calls = calls;
			this.method = method;
			this.delegate = delegate;
		}

		@Override
		public void start(Listener<RespT> listener, Metadata headers) {
			if (!this.calls.admit(this.method)) {
				this.refused = true;
				this.calls.refuse(this.method.getType(), listener);
				return;
			}
			boolean started = false;
			try {
				this.delegate.start(
						new CountedListener<>(this.calls, this.method.getType() == MethodType.UNARY, listener),
						headers);
				started = true;
			}
			finally {
				if (!started) {
					this.calls.release();
				}
			}
		}

		@Override
		public void request(int numMessages) {
			if (!this.refused) {
				this.delegate.request(numMessages);
			}
		}

		@Override
		public void sendMessage(ReqT message) {
			if (!this.refused) {
				this.delegate.sendMessage(message);
			}
		}

		@Override
		public void halfClose() {
			if (!this.refused) {
				this.delegate.halfClose();
			}
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			if (!this.refused) {
				this.delegate.cancel(message, cause);
			}
		}

		@Override
		public boolean isReady() {
			return !this.refused && this.delegate.isReady();
		}

		@Override
		public void setMessageCompression(boolean enabled) {
			this.delegate.setMessageCompression(enabled);
		}

	}

	/**
	 * Releases a call before its end is delivered: the application may start the next one
	 * in the callback.
	 */
	private static final class CountedListener<RespT> extends ClientCall.Listener<RespT> {

		private final CallsInFlight calls;

		private final boolean unary;

		private final ClientCall.Listener<RespT> delegate;

		// Callbacks run one after the other
		private boolean released;

		private CountedListener(CallsInFlight calls, boolean unary, ClientCall.Listener<RespT> delegate) {
			this.calls = calls;
			this.unary = unary;
			this.delegate = delegate;
		}

		private void release() {
			if (!this.released) {
				this.released = true;
				this.calls.release();
			}
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.delegate.onHeaders(headers);
		}

		@Override
		public void onMessage(RespT message) {
			if (this.unary) {
				// jetcd takes the response for the end
				release();
			}
			this.delegate.onMessage(message);
		}

		@Override
		public void onReady() {
			this.delegate.onReady();
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			release();
			this.delegate.onClose(status, trailers);
		}

	}

}
