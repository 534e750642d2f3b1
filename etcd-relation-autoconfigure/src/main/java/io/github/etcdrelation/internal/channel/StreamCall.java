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

import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A server stream that cannot be resumed. When its connection is replaced it has to end
 * within the drain timeout.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the responses
 */
final class StreamCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements PendingCall {

	private final CallContext context;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	private final Executor executor;

	private final CallerLimit limit;

	@GuardedBy("this")
	private @Nullable Listener<RespT> listener;

	@GuardedBy("this")
	private @Nullable Metadata headers;

	@GuardedBy("this")
	private @Nullable ReqT request;

	@GuardedBy("this")
	private int requested;

	@GuardedBy("this")
	private @Nullable SingleStream<ReqT, RespT> running;

	@GuardedBy("this")
	private boolean done;

	StreamCall(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor sequentialExecutor) {
		this.context = context;
		this.method = method;
		this.options = options.withExecutor(sequentialExecutor).withoutWaitForReady().withDeadline(null);
		this.executor = sequentialExecutor;
		this.limit = new CallerLimit(context, options, false);
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		synchronized (this) {
			this.listener = listener;
			this.headers = headers;
		}
		this.limit.begin(this::fail);
	}

	@Override
	public void request(int numMessages) {
		SingleStream<ReqT, RespT> current;
		synchronized (this) {
			this.requested += numMessages;
			current = this.running;
			if (current != null) {
				current.request(numMessages);
			}
		}
		drain(current);
	}

	@Override
	public synchronized void sendMessage(ReqT message) {
		this.request = message;
	}

	@Override
	public void halfClose() {
		begin();
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		fail(Status.CANCELLED.withDescription(message).withCause(cause));
	}

	@Override
	public synchronized boolean isReady() {
		return this.running != null && this.running.isReady();
	}

	private void drain(@Nullable SingleStream<ReqT, RespT> current) {
		if (current != null) {
			current.drain();
		}
	}

	private void begin() {
		CallEntry entry = CallEntry.of(this.context, this, null);
		if (entry == null) {
			if (isDone()) {
				this.context.forget(this);
			}
			return;
		}
		Connection connection = entry.connection();
		SingleStream<ReqT, RespT> next;
		synchronized (this) {
			next = (this.done || this.running != null) ? null
					: new SingleStream<>(this, connection, entry.token(), this.method, this.options);
			this.running = (next != null) ? next : this.running;
			if (next != null) {
				// Before another thread may end it
				connection.add(next);
				next.start(EtcdHeaders.of(this.headers, true, entry.token()), this.requested, this.request);
			}
		}
		if (next == null) {
			connection.release();
			return;
		}
		next.drain();
		connection.started(next);
	}

	private synchronized boolean isDone() {
		return this.done;
	}

	@Override
	public boolean isStream() {
		return true;
	}

	@Override
	public void onReady() {
		begin();
	}

	@Override
	public void onUnserved(Status status) {
		fail(status);
	}

	/**
	 * End the stream on the client side.
	 */
	void fail(Status status) {
		SingleStream<ReqT, RespT> current;
		Listener<RespT> listener;
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.done = true;
			current = this.running;
			listener = this.listener;
			if (current != null) {
				current.cancel();
			}
		}
		this.limit.end();
		this.context.forget(this);
		drain(current);
		if (listener != null) {
			this.context.offload(() -> this.executor
				.execute(() -> SafeListener.close(this.context.relation(), listener, status, new Metadata())));
		}
	}

	/**
	 * Return the listener, {@code null} if it must not be notified any more.
	 */
	synchronized @Nullable Listener<RespT> listener(SingleStream<ReqT, RespT> from) {
		return (!this.done && this.running == from) ? this.listener : null;
	}

	/**
	 * Handle the end of the stream on one connection.
	 */
	void ended(SingleStream<ReqT, RespT> ended, Status status, Metadata trailers) {
		Listener<RespT> listener;
		boolean again;
		synchronized (this) {
			if (this.done || this.running != ended) {
				return;
			}
			Refusal refusal = Refusal.of(status);
			boolean refused = refusal == Refusal.TOKEN && ended.getToken() != null && !ended.isAnswered()
					&& this.context.authenticator().refused(ended.getToken());
			again = refused || (!ended.isSent() && BrokenConnection.is(status) && !this.context.members().isClosed());
			if (again) {
				this.running = null;
			}
			this.done = !again;
			listener = this.listener;
		}
		if (again) {
			this.context.members().enqueue(this);
			if (isDone()) {
				this.context.forget(this);
			}
			return;
		}
		this.limit.end();
		if (listener != null) {
			Status end = this.context.members().isClosed() ? this.context.members().getUnservedStatus() : status;
			SafeListener.close(this.context.relation(), listener,
					BrokenConnection.is(end) ? this.context.broken(ended.getConnection(), FailureReason.of(end), false)
							: ResponseLimit.describe(end, this.context),
					trailers);
		}
	}

	CallContext getContext() {
		return this.context;
	}

}
