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
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle of a stream that outlives its connections: it is opened, moved, reopened
 * and ended.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class StreamLife<ReqT, RespT> extends StatefulStream<ReqT, RespT> implements PendingCall {

	private final CallContext context;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	private final StreamDelivery<RespT> delivery;

	private final CallerLimit limit;

	@GuardedBy("this")
	private final ResumePolicy policy;

	@GuardedBy("this")
	private @Nullable Metadata headers;

	@GuardedBy("this")
	private @Nullable StreamAttempt<ReqT, RespT> attempt;

	@GuardedBy("this")
	private @Nullable Member avoided;

	@GuardedBy("this")
	private int requested;

	@GuardedBy("this")
	private boolean underWay;

	@GuardedBy("this")
	private boolean halfClosed;

	@GuardedBy("this")
	private boolean done;

	StreamLife(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor sequentialExecutor) {
		this.context = context;
		this.method = method;
		this.options = options.withExecutor(sequentialExecutor).withoutWaitForReady().withDeadline(null);
		this.delivery = new StreamDelivery<>(context, sequentialExecutor);
		this.limit = new CallerLimit(context, options, isShared());
		this.policy = new ResumePolicy(context);
	}

	final CallContext getContext() {
		return this.context;
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		this.delivery.setListener(listener);
		synchronized (this) {
			this.headers = headers;
		}
		this.limit.begin(this::fail);
		begin();
	}

	/**
	 * End the stream on the client side.
	 */
	final void fail(Status status) {
		StreamAttempt<ReqT, RespT> running;
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.done = true;
			running = this.attempt;
			this.attempt = null;
			if (running != null) {
				running.cancel("the stream was ended");
			}
			onEnded();
		}
		// Takes locks that a canceled context holds while it runs this
		this.limit.end();
		this.context.forget(this);
		if (running != null) {
			running.drain();
		}
		this.delivery.later(() -> this.delivery.close(status, new Metadata()));
	}

	private void begin() {
		Member unwanted;
		boolean finished;
		synchronized (this) {
			unwanted = this.avoided;
			finished = this.halfClosed && isAnswered();
		}
		if (finished) {
			fail(Status.OK);
			return;
		}
		CallEntry entry = CallEntry.of(this.context, this, unwanted);
		if (entry == null) {
			if (isDone()) {
				this.context.forget(this);
			}
			return;
		}
		StreamAttempt<ReqT, RespT> next = attempt(entry.connection(), entry.token());
		if (next == null) {
			entry.connection().release();
			return;
		}
		next.drain();
		entry.connection().started(next);
	}

	private synchronized @Nullable StreamAttempt<ReqT, RespT> attempt(Connection connection, @Nullable String token) {
		if (this.done || this.attempt != null) {
			return null;
		}
		StreamAttempt<ReqT, RespT> next = new StreamAttempt<>(this, connection, token, this.method, this.options);
		// Before another thread may end it
		connection.add(next);
		this.attempt = next;
		next.start(EtcdHeaders.of(this.headers, true, token));
		if (this.requested > 0) {
			next.request(this.requested);
		}
		openingMessages().forEach(next::send);
		if (this.halfClosed) {
			next.halfClose();
		}
		return next;
	}

	@Override
	public final boolean isStream() {
		return true;
	}

	@Override
	public final void onReady() {
		begin();
	}

	@Override
	public final void onUnserved(Status status) {
		boolean resumes;
		synchronized (this) {
			resumes = this.underWay && !this.context.members().isClosed();
		}
		if (!resumes) {
			fail(status);
		}
		else {
			again(ResumePolicy.MAX_DELAY_MILLIS);
		}
	}

	/**
	 * Move to another connection.
	 */
	final void move(StreamAttempt<ReqT, RespT> from, Attempt.Unusable reason) {
		synchronized (this) {
			if (this.done || this.attempt != from) {
				return;
			}
			this.attempt = null;
			this.avoided = (reason != Attempt.Unusable.RETIRED) ? from.getConnection().getMember() : null;
			from.cancel("the stream moves to another connection");
		}
		from.drain();
		begin();
	}

	@GuardedBy("this")
	final boolean isCurrent(StreamAttempt<ReqT, RespT> candidate) {
		return !this.done && this.attempt == candidate;
	}

	/**
	 * Handle the end of an attempt that the client has not ended.
	 */
	final void ended(StreamAttempt<ReqT, RespT> ended, Status status, Metadata trailers) {
		Status end = null;
		long delay;
		this.context.members().observe(ended, status);
		synchronized (this) {
			if (this.attempt != ended) {
				return;
			}
			this.attempt = null;
			this.policy.ended(ended);
			if (this.context.members().isClosed()) {
				end = this.context.members().getUnservedStatus();
			}
			else if ((this.halfClosed && isAnswered()) || isFinal() || !this.policy.isResumable(ended, status)) {
				end = (status.getCause() != null) ? status.withDescription(FailureReason.of(status)) : status;
			}
			if (end != null) {
				this.done = true;
				onEnded();
			}
			else {
				this.avoided = ended.getConnection().getMember();
			}
			delay = this.policy.delayMillis();
		}
		if (end == null) {
			again(delay);
		}
		else {
			this.limit.end();
			this.delivery.close(ResponseLimit.describe(end, this.context), trailers);
		}
	}

	private void again(long delayMillis) {
		if (delayMillis == 0) {
			begin();
		}
		else {
			this.context.resumeLater(this, TimeUnit.MILLISECONDS.toNanos(delayMillis));
		}
	}

	/**
	 * Send the request that is due, if any, or move if a response is overdue.
	 */
	abstract void askNow(StreamAttempt<ReqT, RespT> from, long now, long since);

	/**
	 * Receive headers from a connection.
	 */
	abstract void headers(StreamAttempt<ReqT, RespT> from, Metadata received);

	abstract void ready(StreamAttempt<ReqT, RespT> from);

	/**
	 * Receive a response from a connection.
	 */
	abstract void message(StreamAttempt<ReqT, RespT> from, RespT message);

	final StreamDelivery<RespT> getDelivery() {
		return this.delivery;
	}

	@GuardedBy("this")
	final @Nullable StreamAttempt<ReqT, RespT> getAttempt() {
		return this.attempt;
	}

	final synchronized boolean isDone() {
		return this.done;
	}

	@GuardedBy("this")
	final void addRequested(int numMessages) {
		this.requested += numMessages;
	}

	@GuardedBy("this")
	final boolean isHalfClosed() {
		return this.halfClosed;
	}

	@GuardedBy("this")
	final void setHalfClosed() {
		this.halfClosed = true;
	}

	/**
	 * Record a response.
	 * @return whether the stream had worked before
	 */
	@GuardedBy("this")
	final boolean setUnderWay() {
		boolean before = this.underWay;
		this.underWay = true;
		return before;
	}

	@GuardedBy("this")
	final ResumePolicy getPolicy() {
		return this.policy;
	}

	/**
	 * Cancel the attempt whose token etcd has refused, and open the stream again.
	 */
	final void renew(StreamAttempt<ReqT, RespT> from) {
		synchronized (this) {
			if (!isCurrent(from)) {
				return;
			}
			this.attempt = null;
			from.cancel("the token was refused");
		}
		from.drain();
		again(0);
	}

}
