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

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
 * A call with one request. It goes out on the connection that the channel has when it
 * starts; while there is none that is ready it waits, for nothing has left yet.
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

	private final Kind kind;

	private final @Nullable Endpoint member;

	private @Nullable Listener<RespT> listener;

	private @Nullable Metadata headers;

	private @Nullable ReqT request;

	private int requested;

	private boolean halfClosed;

	private @Nullable Deadline deadline;

	private @Nullable ScheduledFuture<?> timeout;

	private @Nullable Attempt attempt;

	private int repetitions;

	private boolean everSent;

	private boolean cancelled;

	private boolean done;

	RoutedCall(RelationChannel channel, MethodDescriptor<ReqT, RespT> method, CallOptions options, Kind kind,
			@Nullable Endpoint member) {
		this.channel = channel;
		this.method = method;
		this.options = options;
		this.kind = kind;
		this.member = member;
		this.deadline = options.getDeadline();
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		synchronized (this) {
			this.listener = listener;
			this.headers = headers;
		}
		begin();
	}

	@Override
	public void request(int numMessages) {
		operate((call) -> call.request(numMessages), () -> this.requested += numMessages);
	}

	@Override
	public void sendMessage(ReqT message) {
		operate((call) -> call.sendMessage(message), () -> this.request = message);
	}

	@Override
	public void halfClose() {
		operate(OrderedCall::halfClose, () -> this.halfClosed = true);
	}

	/**
	 * Remember an operation of the application and carry it out if the call is under way.
	 */
	private void operate(Consumer<OrderedCall<ReqT, RespT>> operation, Runnable memory) {
		OrderedCall<ReqT, RespT> call;
		synchronized (this) {
			memory.run();
			call = (this.attempt != null) ? this.attempt.call : null;
			if (call != null) {
				operation.accept(call);
			}
		}
		if (call != null) {
			call.drain();
		}
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		operate((call) -> call.cancel(message, cause), () -> this.cancelled = true);
		if (isWaiting()) {
			this.channel.forget(this);
			fail(Status.CANCELLED.withDescription(message).withCause(cause));
		}
	}

	private synchronized boolean isWaiting() {
		return this.attempt == null && this.listener != null && !this.done;
	}

	@Override
	public synchronized boolean isReady() {
		return this.attempt != null && this.attempt.call.isReady();
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
		Attempt attempt = attempt(connection);
		if (attempt == null) {
			connection.release();
			return;
		}
		attempt.call.drain();
		if (this.kind == Kind.STREAM) {
			connection.add(this);
		}
	}

	private synchronized @Nullable Attempt attempt(Connection connection) {
		if (this.done || this.cancelled || this.attempt != null) {
			return null;
		}
		Attempt attempt = new Attempt(connection);
		this.attempt = attempt;
		attempt.call.start(attempt, copyOfHeaders());
		if (this.requested > 0) {
			attempt.call.request(this.requested);
		}
		if (this.request != null) {
			attempt.call.sendMessage(this.request);
		}
		if (this.halfClosed) {
			attempt.call.halfClose();
		}
		return attempt;
	}

	private CallOptions attemptOptions(ClientStreamTracer.Factory tracerFactory) {
		CallOptions attemptOptions = this.options.withStreamTracerFactory(tracerFactory).withoutWaitForReady();
		if (this.kind != Kind.UNARY) {
			return attemptOptions;
		}
		return attemptOptions.withDeadline(deadline());
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
		this.timeout = this.channel.schedule(this::waitedTooLong, nanos);
	}

	private void waitedTooLong() {
		synchronized (this) {
			this.timeout = null;
			if (this.done || this.attempt != null) {
				return;
			}
			if (this.deadline == null && this.channel.getCurrent() != null) {
				// The relation has become available: from now on the call waits for etcd
				limitWaiting();
				return;
			}
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
			this.timeout.cancel(false);
			this.timeout = null;
		}
	}

	@Override
	public void leave(Connection connection) {
		this.channel.schedule(() -> drained(connection), this.channel.getSettings().drainTimeout().toNanos());
	}

	private void drained(Connection connection) {
		OrderedCall<ReqT, RespT> call;
		synchronized (this) {
			if (this.attempt == null || this.attempt.connection != connection) {
				return;
			}
			this.attempt.drained = true;
			call = this.attempt.call;
			call.cancel("drained", null);
		}
		call.drain();
	}

	/**
	 * Takes the end of an attempt.
	 * @return the status to end the call with, {@code null} when it goes on
	 */
	private @Nullable Status ended(Attempt ended, Status status) {
		ended.connection.remove(this);
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
		return status.getCode() == Status.Code.UNAVAILABLE && !this.cancelled && !ended.answered && !ended.drained
				&& !this.channel.isClosed() && (!ended.sent || this.kind == Kind.LASTING);
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
		return explain(ended, status);
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
	 * The call on one connection.
	 */
	private final class Attempt extends Listener<RespT> {

		private final Connection connection;

		private final OrderedCall<ReqT, RespT> call;

		private volatile boolean sent;

		private boolean answered;

		private boolean drained;

		private Attempt(Connection connection) {
			this.connection = connection;
			this.call = new OrderedCall<>(
					connection.newCall(RoutedCall.this.method, attemptOptions(new ClientStreamTracer.Factory() {

						@Override
						public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info,
								Metadata headers) {
							return new SentTracer(Attempt.this);
						}

					})));
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.answered = true;
			listener().onHeaders(headers);
		}

		@Override
		public void onMessage(RespT message) {
			this.answered = true;
			listener().onMessage(message);
		}

		@Override
		public void onReady() {
			listener().onReady();
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			Status end = ended(this, status);
			if (end != null) {
				listener().onClose(end, trailers);
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
