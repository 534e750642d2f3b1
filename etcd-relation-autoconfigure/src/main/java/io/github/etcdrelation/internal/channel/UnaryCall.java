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

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A unary call. It is sent to a member when its request is complete, and queued while
 * none serves. {@link CallType} defines what may be done when an attempt is lost.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the response
 */
final class UnaryCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements PendingCall {

	private final CallContext context;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	private final Executor callbacks;

	private final MemberChoice choice;

	private final CallLimit limit;

	private final UnaryOutcome outcome;

	private @Nullable Listener<RespT> listener;

	private @Nullable Metadata headers;

	private @Nullable ReqT request;

	private CallType type = CallType.WRITE;

	private int requested;

	private int passedOn;

	private @Nullable UnaryAttempt<ReqT, RespT> attempt;

	private @Nullable Connection avoided;

	private @Nullable Status cancellation;

	private boolean done;

	/**
	 * Create a call.
	 * @param context the shared context of the calls
	 * @param method the method
	 * @param options the options of each attempt, which have no deadline of their own
	 * @param limit how long it may take
	 * @param callbacks runs the callbacks
	 * @param choice where it is routed
	 */
	UnaryCall(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options, CallLimit limit,
			Executor callbacks, MemberChoice choice) {
		this.context = context;
		this.method = method;
		this.options = options;
		this.callbacks = callbacks;
		this.choice = choice;
		this.limit = limit;
		this.outcome = new UnaryOutcome(context, choice.isOnlyMember());
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		synchronized (this) {
			this.listener = listener;
			this.headers = headers;
		}
		this.limit.observe(this);
		Status cancelled = this.cancellation;
		if (cancelled != null) {
			fail(cancelled);
		}
	}

	@Override
	public void request(int numMessages) {
		UnaryAttempt<ReqT, RespT> running;
		synchronized (this) {
			this.requested += numMessages;
			running = this.attempt;
		}
		if (running != null) {
			running.catchUp();
		}
	}

	@Override
	public void sendMessage(ReqT message) {
		this.request = message;
	}

	/**
	 * Start: the request is complete now, so that an attempt can be made in one go, on
	 * one thread, without a lock.
	 */
	@Override
	public void halfClose() {
		this.type = CallType.of(this.method, this.request);
		begin();
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		Status status = Status.CANCELLED.withDescription(message).withCause(cause);
		UnaryAttempt<ReqT, RespT> running;
		synchronized (this) {
			if (this.cancellation == null) {
				this.cancellation = status;
			}
			running = this.attempt;
		}
		if (running != null) {
			running.cancel(UnaryAttempt.Cancellation.CALLER);
		}
		else {
			forget();
			fail(status);
		}
	}

	private void forget() {
		this.choice.members().forget(this);
		this.context.forget(this);
		this.choice.end();
	}

	@Override
	public synchronized boolean isReady() {
		return this.attempt != null && this.attempt.isReady();
	}

	private void begin() {
		if (isOver()) {
			return;
		}
		String token = null;
		if (this.context.authenticator().isActive() && !Authenticator.isAuthenticate(this.method)) {
			token = this.context.authenticator().getToken();
			if (token == null) {
				await(this.context.authenticator()::enqueue);
				return;
			}
		}
		CallType route = this.choice.isOnlyMember() ? CallType.SERIALIZABLE_READ : this.type;
		long now = System.nanoTime();
		Connection connection = this.choice.acquire(route, this.avoided, now);
		if (connection == null) {
			await(this.choice.members()::enqueue);
			return;
		}
		UnaryAttempt<ReqT, RespT> next = new UnaryAttempt<>(this, connection, token, now);
		if (!adopt(next, now)) {
			connection.release();
			return;
		}
		next.begin(this.method, this.options, EtcdHeaders.of(this.headers, route != CallType.SERIALIZABLE_READ, token),
				this.request);
	}

	private synchronized boolean adopt(UnaryAttempt<ReqT, RespT> next, long now) {
		if (this.done || this.cancellation != null || this.attempt != null) {
			return false;
		}
		this.attempt = next;
		this.passedOn = 0;
		this.limit.begin(this.type, this::timedOut, now);
		return true;
	}

	private void await(Consumer<PendingCall> queue) {
		limitWaiting();
		queue.accept(this);
		if (isOver()) {
			forget();
		}
	}

	private synchronized boolean isOver() {
		return this.done || this.cancellation != null;
	}

	private synchronized void limitWaiting() {
		if (!this.done) {
			this.limit.await(this::timedOut);
		}
	}

	private void timedOut() {
		UnaryAttempt<ReqT, RespT> running;
		synchronized (this) {
			running = this.attempt;
			if (this.done || this.limit.isExtended(running != null, this.type, this::timedOut)) {
				return;
			}
		}
		if (running != null) {
			// gRPC may close an unsent call at once, on this thread
			this.context.offload(() -> running.cancel(UnaryAttempt.Cancellation.EXPIRED));
			return;
		}
		// First, because dedicated members are closed with the call
		Status unserved = this.choice.members().getUnservedStatus();
		forget();
		fail(unserved);
	}

	@Override
	public boolean isServedWithoutLeader() {
		return this.type == CallType.SERIALIZABLE_READ || this.choice.isOnlyMember();
	}

	@Override
	public void onReady() {
		begin();
	}

	@Override
	public void onUnserved(Status status) {
		fail(status);
	}

	private void fail(Status status) {
		Listener<RespT> listener;
		synchronized (this) {
			listener = this.listener;
			if (this.done || this.attempt != null || listener == null) {
				return;
			}
			finish();
		}
		this.context.offload(() -> SafeListener.close(this.context.relation(), listener, status, new Metadata()));
	}

	private void finish() {
		this.done = true;
		this.limit.end();
		this.choice.end();
	}

	/**
	 * Handle the end of an attempt.
	 */
	void ended(UnaryAttempt<ReqT, RespT> ended, Status status) {
		Status end;
		long delay = 0;
		this.context.members().observe(ended, status);
		synchronized (this) {
			if (this.attempt != ended || this.done) {
				return;
			}
			this.attempt = null;
			end = status.isOk() ? status : this.outcome.of(ended, status, this.type, this.cancellation != null,
					this.choice.members().getUnservedStatus());
			this.avoided = ended.getConnection();
			if (end != null) {
				finish();
			}
			else {
				delay = this.outcome.delayMillis();
			}
		}
		if (end != null) {
			Status described = end.isOk() ? end : describe(end);
			this.context.problems().ended(described, this.type == CallType.WRITE);
			ended.setEnd(described);
			this.callbacks.execute(ended);
		}
		else if (delay == 0) {
			begin();
		}
		else {
			limitWaiting();
			this.context.resumeLater(this, TimeUnit.MILLISECONDS.toNanos(delay));
		}
	}

	private Status describe(Status end) {
		return DeniedRequest.describe(ResponseLimit.describe(end, this.context), this.context.relation(),
				this.context.grant().get(), this.context.authenticator().getUser(), this.request);
	}

	/**
	 * Deliver the response as a whole, so that it changes threads once.
	 */
	void deliver(UnaryAttempt<ReqT, RespT> answered) {
		answered.deliver(this.context.relation(), Objects.requireNonNull(this.listener));
	}

	synchronized int takeRequested(UnaryAttempt<ReqT, RespT> running) {
		if (this.attempt != running) {
			return 0;
		}
		int missing = this.requested - this.passedOn;
		this.passedOn = this.requested;
		return missing;
	}

	@Nullable Status getCancellation() {
		return this.cancellation;
	}

	CallType getType() {
		return this.type;
	}

	boolean isOnlyMember() {
		return this.choice.isOnlyMember();
	}

}
