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

import java.util.List;
import java.util.concurrent.Executor;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A stream that outlives its connection: when that breaks or is replaced, the stream is
 * opened again and goes on where it was. Its listener notices nothing.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class ResumingCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements Waiter, Movable {

	private static final long FIRST_DELAY_MILLIS = 50;

	private static final long MAX_DELAY_MILLIS = 2000;

	private static final int MAX_INTERNAL_ERRORS = 5;

	private final RelationChannel channel;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	/**
	 * Runs the callbacks of all attempts one after the other, so that a response on the
	 * new connection never overtakes one of the old.
	 */
	private final Executor executor;

	private @Nullable Listener<RespT> listener;

	private @Nullable Metadata headers;

	private @Nullable Attempt attempt;

	private int requested;

	private boolean headersPassed;

	private boolean underWay;

	private int fruitlessAttempts;

	private boolean halfClosed;

	private boolean done;

	ResumingCall(RelationChannel channel, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor sequentialExecutor) {
		this.channel = channel;
		this.method = method;
		this.options = options.withExecutor(sequentialExecutor).withoutWaitForReady();
		this.executor = sequentialExecutor;
	}

	/**
	 * Take note of a request that the application sends.
	 */
	abstract void remember(ReqT message);

	/**
	 * Return what to send first when the stream is opened, for the first time or again.
	 */
	abstract List<ReqT> openingMessages();

	/**
	 * Take note of a response.
	 * @return what to pass on, {@code null} if nothing
	 */
	abstract @Nullable RespT received(RespT message);

	/**
	 * Return whether the stream has nothing left to wait for once it was half-closed.
	 */
	abstract boolean isAnswered();

	/**
	 * Return whether the last response was the last word of the server.
	 */
	abstract boolean isFinal();

	final RelationChannel getChannel() {
		return this.channel;
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
		OrderedCall<ReqT, RespT> call;
		synchronized (this) {
			this.requested += numMessages;
			call = call();
			if (call != null) {
				call.request(numMessages);
			}
		}
		drain(call);
	}

	@Override
	public void sendMessage(ReqT message) {
		OrderedCall<ReqT, RespT> call;
		synchronized (this) {
			remember(message);
			call = call();
			if (call != null) {
				call.sendMessage(message);
			}
		}
		drain(call);
	}

	@Override
	public void halfClose() {
		OrderedCall<ReqT, RespT> call;
		boolean finished;
		synchronized (this) {
			this.halfClosed = true;
			call = call();
			if (call != null) {
				call.halfClose();
			}
			finished = call == null && isAnswered();
		}
		drain(call);
		if (finished) {
			fail(Status.OK);
		}
	}

	private @Nullable OrderedCall<ReqT, RespT> call() {
		return (this.attempt != null) ? this.attempt.call : null;
	}

	private static void drain(@Nullable OrderedCall<?, ?> call) {
		if (call != null) {
			call.drain();
		}
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		fail(Status.CANCELLED.withDescription(message).withCause(cause));
	}

	@Override
	public synchronized boolean isReady() {
		return this.attempt != null && this.attempt.call.isReady();
	}

	/**
	 * End the stream from this side.
	 */
	final void fail(Status status) {
		OrderedCall<ReqT, RespT> call;
		Listener<RespT> listener;
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.done = true;
			listener = this.listener;
			call = call();
			this.attempt = null;
			if (call != null) {
				call.cancel("ended", null);
			}
		}
		this.channel.forget(this);
		drain(call);
		if (listener != null) {
			// After what is being delivered, and not on the caller's thread
			this.channel.offload(() -> this.executor.execute(() -> listener.onClose(status, new Metadata())));
		}
	}

	private void begin() {
		Connection connection = this.channel.acquire();
		if (connection == null) {
			this.channel.await(this);
			return;
		}
		Attempt attempt = attempt(connection);
		if (attempt == null) {
			connection.release();
			return;
		}
		attempt.call.drain();
		connection.add(this);
	}

	private synchronized @Nullable Attempt attempt(Connection connection) {
		if (this.done || this.attempt != null) {
			return null;
		}
		Attempt attempt = new Attempt(connection);
		this.attempt = attempt;
		attempt.call.start(attempt, copyOfHeaders());
		if (this.requested > 0) {
			attempt.call.request(this.requested);
		}
		openingMessages().forEach(attempt.call::sendMessage);
		if (this.halfClosed) {
			attempt.call.halfClose();
		}
		return attempt;
	}

	private Metadata copyOfHeaders() {
		Metadata copy = new Metadata();
		if (this.headers != null) {
			copy.merge(this.headers);
		}
		return copy;
	}

	@Override
	public void proceed() {
		begin();
	}

	@Override
	public synchronized long delayMillis() {
		int fruitless = this.fruitlessAttempts;
		return (fruitless < 2) ? 0 : Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(fruitless - 2, 6));
	}

	@Override
	public void abandon() {
		fail(this.channel.unservedStatus());
	}

	@Override
	public void leave(Connection connection) {
		OrderedCall<ReqT, RespT> left;
		synchronized (this) {
			if (this.done || this.attempt == null || this.attempt.connection != connection) {
				return;
			}
			left = this.attempt.call;
			this.attempt = null;
			left.cancel("the connection was replaced", null);
		}
		left.drain();
		begin();
	}

	private @Nullable RespT accept(Attempt from, RespT message) {
		RespT passed;
		synchronized (this) {
			if (this.attempt != from) {
				return null;
			}
			this.fruitlessAttempts = 0;
			passed = received(message);
			if (!from.answered) {
				from.answered = true;
				countAnswered();
			}
			if (passed != null) {
				this.requested--;
				return passed;
			}
			from.call.request(1);
		}
		from.call.drain();
		return null;
	}

	private void countAnswered() {
		if (this.underWay && !isFinal()) {
			this.channel.streamResumed();
		}
		this.underWay = true;
	}

	/**
	 * Takes the end of an attempt.
	 * @return the status to end the stream with, {@code null} when it goes on
	 */
	private @Nullable Status ended(Attempt ended, Status status) {
		ended.connection.remove(this);
		ended.connection.release();
		synchronized (this) {
			if (this.attempt != ended) {
				return null;
			}
			this.attempt = null;
			this.fruitlessAttempts++;
			if (this.channel.isClosed()) {
				this.done = true;
				return this.channel.unservedStatus();
			}
			if ((this.halfClosed && isAnswered()) || isFinal() || !isResumable(status)) {
				this.done = true;
				return (status.getCause() != null) ? status.withDescription(FailureReason.of(status)) : status;
			}
		}
		this.channel.await(this);
		return null;
	}

	private boolean isResumable(Status status) {
		return switch (status.getCode()) {
			case OK -> true;
			case UNAVAILABLE -> !isNoLeader(status);
			case INTERNAL -> this.fruitlessAttempts <= MAX_INTERNAL_ERRORS;
			default -> false;
		};
	}

	private static boolean isNoLeader(Status status) {
		// Only said to those who asked to be told
		return "etcdserver: no leader".equals(status.getDescription());
	}

	/**
	 * The stream on one connection.
	 */
	private final class Attempt extends Listener<RespT> {

		private final Connection connection;

		private final OrderedCall<ReqT, RespT> call;

		private boolean answered;

		private Attempt(Connection connection) {
			this.connection = connection;
			this.call = new OrderedCall<>(connection.newCall(ResumingCall.this.method, ResumingCall.this.options));
		}

		@Override
		public void onHeaders(Metadata headers) {
			boolean first;
			synchronized (ResumingCall.this) {
				first = !ResumingCall.this.headersPassed;
				ResumingCall.this.headersPassed = true;
			}
			if (first) {
				listener().onHeaders(headers);
			}
		}

		@Override
		public void onMessage(RespT message) {
			RespT passed = accept(this, message);
			if (passed != null) {
				listener().onMessage(passed);
			}
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
			Listener<RespT> listener = ResumingCall.this.listener;
			if (listener == null) {
				throw new IllegalStateException("Not started");
			}
			return listener;
		}

	}

}
