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

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request. It goes out on the connection that the channel has when the
 * request is complete; while there is none that is ready it waits, for nothing has left
 * yet.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the response
 */
final class RoutedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements Waiter, Movable {

	private static final long FIRST_DELAY_MILLIS = 20;

	private static final long MAX_DELAY_MILLIS = 1000;

	/**
	 * How a call waits and what ends it.
	 */
	enum Kind {

		/**
		 * Answered soon: has a deadline and is sent once.
		 */
		UNARY,

		/**
		 * Answered when etcd lets it have its turn: has no deadline once it was sent,
		 * stays where it is when the connection is replaced, and is sent again when its
		 * connection breaks. etcd knows it by its lease, so that sending it twice does no
		 * harm.
		 */
		LASTING,

		/**
		 * Answered by a stream, which has to end soon when the connection is replaced.
		 */
		STREAM

	}

	private final RelationChannel channel;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	private final Executor callbacks;

	private final Kind kind;

	private final @Nullable Endpoint member;

	private @Nullable Listener<RespT> listener;

	private @Nullable Metadata headers;

	private @Nullable ReqT request;

	private int requested;

	private @Nullable Deadline deadline;

	private @Nullable Timeout timeout;

	private @Nullable Attempt attempt;

	private int repetitions;

	private boolean everSent;

	private @Nullable Status cancellation;

	private boolean done;

	/**
	 * Create a call.
	 * @param channel the channel that it takes its connections from
	 * @param method the method
	 * @param options the options of each attempt, which have no deadline of their own
	 * @param deadline the deadline or {@code null}
	 * @param callbacks runs the callbacks
	 * @param kind how the call waits and what ends it
	 * @param member the member to call or {@code null} for any
	 */
	RoutedCall(RelationChannel channel, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			@Nullable Deadline deadline, Executor callbacks, Kind kind, @Nullable Endpoint member) {
		this.channel = channel;
		this.method = method;
		this.options = options;
		this.deadline = deadline;
		this.callbacks = callbacks;
		this.kind = kind;
		this.member = member;
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		synchronized (this) {
			this.listener = listener;
			this.headers = headers;
		}
		Status cancelled = this.cancellation;
		if (cancelled != null) {
			fail(cancelled);
		}
	}

	@Override
	public void request(int numMessages) {
		Attempt running;
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
	 * Begin: all that there is to send is known now, so that an attempt can be made in
	 * one go, on one thread, without a lock.
	 */
	@Override
	public void halfClose() {
		begin();
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		Status status = Status.CANCELLED.withDescription(message).withCause(cause);
		Attempt running;
		synchronized (this) {
			if (this.cancellation == null) {
				this.cancellation = status;
			}
			running = this.attempt;
		}
		if (running != null) {
			running.catchUp();
		}
		else {
			this.channel.forget(this);
			fail(status);
		}
	}

	@Override
	public synchronized boolean isReady() {
		return this.attempt != null && this.attempt.isReady();
	}

	/**
	 * Send the call on the connection that the channel has now, or wait for one.
	 */
	private void begin() {
		Connection connection = this.channel.acquire();
		if (connection == null) {
			waitForConnection();
			return;
		}
		if (this.member != null) {
			Connection toMember = this.channel.connectToMember(connection, this.member);
			connection.release();
			connection = toMember;
		}
		Attempt next = new Attempt(connection);
		synchronized (this) {
			if (this.done || this.cancellation != null || this.attempt != null) {
				next = null;
			}
			else {
				this.attempt = next;
				if (this.kind == Kind.UNARY) {
					limitDuration();
				}
			}
		}
		if (next == null) {
			connection.release();
			return;
		}
		next.begin();
		if (this.kind == Kind.STREAM) {
			connection.add(this);
		}
	}

	/**
	 * Have the call end at its deadline. gRPC would schedule that on the network threads
	 * and wake one up for each call, which costs more than all else that is done here.
	 * etcd learns of it when the call is cancelled.
	 */
	private void limitDuration() {
		cancelTimeout();
		if (this.deadline == null) {
			this.timeout = this.channel.getRequestTimeouts().add(deadline(), this::timedOut);
		}
		else {
			// Its own deadline, or what a wait has left of the channel's: in no order
			this.timeout = this.channel.schedule(this::timedOut, this.deadline.timeRemaining(TimeUnit.NANOSECONDS));
		}
	}

	private Deadline deadline() {
		if (this.deadline == null) {
			this.deadline = Deadline.after(this.channel.getSettings().requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
		}
		return this.deadline;
	}

	private Metadata copyOfHeaders() {
		// gRPC adds to what it is given, and the call may have to start again
		Metadata copy = new Metadata();
		if (this.headers != null) {
			copy.merge(this.headers);
		}
		return copy;
	}

	private void waitForConnection() {
		synchronized (this) {
			if (this.done) {
				return;
			}
			if (this.timeout == null && isWaitingLimited()) {
				limitWaiting();
			}
		}
		this.channel.await(this);
	}

	private boolean isWaitingLimited() {
		return this.kind == Kind.UNARY || (this.kind == Kind.LASTING && !this.everSent);
	}

	private void limitWaiting() {
		boolean forRelation = this.deadline == null && this.channel.getCurrent() == null;
		long nanos = forRelation ? this.channel.getSettings().availableTimeout().toNanos()
				: deadline().timeRemaining(TimeUnit.NANOSECONDS);
		this.timeout = this.channel.schedule(this::timedOut, nanos);
	}

	private void timedOut() {
		Attempt running;
		synchronized (this) {
			this.timeout = null;
			running = this.attempt;
			if (this.done || (running != null && this.kind != Kind.UNARY)) {
				return;
			}
			if (running != null) {
				if (!deadline().isExpired()) {
					// Meant the wait, which has just ended
					limitDuration();
					return;
				}
				running.expired = true;
			}
			else if (this.deadline == null && this.channel.getCurrent() != null) {
				// The relation has become available: from now on the call waits for etcd
				limitWaiting();
				return;
			}
		}
		if (running != null) {
			// gRPC may close a call that has not left yet at once, on this thread
			this.channel.offload(running::catchUp);
			return;
		}
		this.channel.forget(this);
		fail(this.channel.unservedStatus());
	}

	@Override
	public void proceed() {
		begin();
	}

	@Override
	public long delayMillis() {
		int repetition;
		synchronized (this) {
			repetition = this.repetitions++;
		}
		return (repetition == 0) ? 0 : Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(repetition, 6));
	}

	@Override
	public void abandon() {
		fail(this.channel.unservedStatus());
	}

	private void fail(Status status) {
		Listener<RespT> listener;
		synchronized (this) {
			listener = this.listener;
			if (this.done || this.attempt != null || listener == null) {
				return;
			}
			finished(status);
		}
		this.channel.offload(() -> listener.onClose(status, new Metadata()));
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	@Override
	public void leave(Connection connection) {
		this.channel.schedule(() -> drained(connection), this.channel.getSettings().drainTimeout().toNanos());
	}

	private void drained(Connection connection) {
		Attempt running;
		synchronized (this) {
			running = this.attempt;
			if (running == null || running.connection != connection) {
				return;
			}
			running.drained = true;
		}
		running.catchUp();
	}

	/**
	 * Takes the end of an attempt.
	 * @return the status to end the call with, {@code null} when it goes on
	 */
	private @Nullable Status ended(Attempt ended, Status status) {
		if (this.kind == Kind.STREAM) {
			ended.connection.remove(this);
		}
		ended.connection.release();
		synchronized (this) {
			if (this.attempt != ended || this.done) {
				return null;
			}
			this.attempt = null;
			this.everSent |= ended.sent;
			if (!isToBeSentAgain(ended, status)) {
				return finished(endStatus(ended, status));
			}
		}
		waitForConnection();
		return null;
	}

	private boolean isToBeSentAgain(Attempt ended, Status status) {
		return status.getCode() == Status.Code.UNAVAILABLE && this.cancellation == null && !ended.answered
				&& !ended.drained && !this.channel.isClosed() && (!ended.sent || this.kind == Kind.LASTING);
	}

	private Status endStatus(Attempt ended, Status status) {
		if (status.isOk()) {
			return status;
		}
		if (this.channel.isClosed()) {
			return this.channel.unservedStatus();
		}
		if (ended.drained) {
			return Status.UNAVAILABLE
				.withDescription(this.channel + " changed and the stream did not end by itself on the old connection");
		}
		boolean expired = ended.expired && this.cancellation == null && status.getCode() == Status.Code.CANCELLED;
		return explain(ended, expired ? Status.DEADLINE_EXCEEDED : status);
	}

	private Status finished(Status status) {
		this.done = true;
		cancelTimeout();
		return status;
	}

	private Status explain(Attempt ended, Status status) {
		if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && !ended.sent) {
			return this.channel.unservedStatus();
		}
		if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && status.getCause() == null) {
			return status.augmentDescription(this.channel + ": no answer from etcd at " + ended.connection.getTarget());
		}
		// What etcd says has no cause and is passed on word for word
		return (status.getCause() != null) ? status.withDescription(FailureReason.of(status)) : status;
	}

	/**
	 * The call on one connection. What answers a call with one response is collected on
	 * the network thread and passed on as a whole, so that it changes threads once.
	 */
	private final class Attempt extends Listener<RespT> implements Runnable {

		private final Connection connection;

		private @Nullable ClientCall<ReqT, RespT> call;

		private boolean begun;

		private int passedOn;

		private volatile boolean sent;

		private boolean answered;

		private boolean drained;

		private boolean expired;

		private @Nullable Metadata responseHeaders;

		private @Nullable RespT response;

		private boolean surplus;

		private @Nullable Status status;

		private @Nullable Metadata trailers;

		private Attempt(Connection connection) {
			this.connection = connection;
		}

		private void begin() {
			ClientCall<ReqT, RespT> call = this.connection.newCall(RoutedCall.this.method,
					RoutedCall.this.options.withStreamTracerFactory(new SentTracerFactory(this)));
			this.call = call;
			call.start(this, copyOfHeaders());
			int requested = takeRequested();
			if (requested > 0) {
				call.request(requested);
			}
			if (RoutedCall.this.request != null) {
				call.sendMessage(RoutedCall.this.request);
			}
			call.halfClose();
			synchronized (RoutedCall.this) {
				this.begun = true;
			}
			catchUp();
		}

		private int takeRequested() {
			synchronized (RoutedCall.this) {
				int missing = RoutedCall.this.requested - this.passedOn;
				this.passedOn += missing;
				return missing;
			}
		}

		/**
		 * Carry out what came up since the attempt was begun; what comes up while it is
		 * being begun waits for the end of that. gRPC may run callbacks of other calls
		 * meanwhile, so no lock is held.
		 */
		private void catchUp() {
			ClientCall<ReqT, RespT> running;
			Status cancelled;
			boolean leaving;
			synchronized (RoutedCall.this) {
				running = this.call;
				if (running == null || !this.begun) {
					return;
				}
				cancelled = RoutedCall.this.cancellation;
				leaving = this.drained || this.expired;
			}
			if (cancelled != null) {
				running.cancel(cancelled.getDescription(), cancelled.getCause());
			}
			else if (leaving) {
				running.cancel(this.drained ? "drained" : "deadline exceeded", null);
			}
			else {
				int missing = takeRequested();
				if (missing > 0) {
					running.request(missing);
				}
			}
		}

		private boolean isReady() {
			return this.begun && this.call != null && this.call.isReady();
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.answered = true;
			if (RoutedCall.this.kind == Kind.STREAM) {
				listener().onHeaders(headers);
			}
			else {
				this.responseHeaders = headers;
			}
		}

		@Override
		public void onMessage(RespT message) {
			this.answered = true;
			if (RoutedCall.this.kind == Kind.STREAM) {
				listener().onMessage(message);
			}
			else {
				// The stub knows what to say if there is more than one
				this.surplus = this.response != null;
				this.response = message;
			}
		}

		@Override
		public void onReady() {
			if (RoutedCall.this.kind == Kind.STREAM) {
				listener().onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			Status end = ended(this, status);
			if (end == null) {
				return;
			}
			if (RoutedCall.this.kind == Kind.STREAM) {
				listener().onClose(end, trailers);
			}
			else {
				this.status = end;
				this.trailers = trailers;
				RoutedCall.this.callbacks.execute(this);
			}
		}

		/**
		 * Pass on what was collected.
		 */
		@Override
		public void run() {
			Listener<RespT> listener = listener();
			if (this.responseHeaders != null) {
				listener.onHeaders(this.responseHeaders);
			}
			if (this.response != null) {
				listener.onMessage(this.response);
				if (this.surplus) {
					listener.onMessage(this.response);
				}
			}
			if (this.status != null && this.trailers != null) {
				listener.onClose(this.status, this.trailers);
			}
		}

		private Listener<RespT> listener() {
			Listener<RespT> listener = RoutedCall.this.listener;
			if (listener == null) {
				throw new IllegalStateException("Not started");
			}
			return listener;
		}

	}

	/**
	 * Has it noticed that a call has left for the server.
	 */
	private static final class SentTracerFactory extends ClientStreamTracer.Factory {

		private final RoutedCall<?, ?>.Attempt attempt;

		private SentTracerFactory(RoutedCall<?, ?>.Attempt attempt) {
			this.attempt = attempt;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new SentTracer(this.attempt);
		}

	}

	/**
	 * Notices that a call has left for the server.
	 */
	private static final class SentTracer extends ClientStreamTracer {

		private final RoutedCall<?, ?>.Attempt attempt;

		private SentTracer(RoutedCall<?, ?>.Attempt attempt) {
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.attempt.sent = true;
		}

	}

}
