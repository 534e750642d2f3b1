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
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A stream that outlives its connection: when that breaks, its member goes out of use or
 * it is replaced, the stream is opened again and resumed where it was. Its listener
 * notices nothing.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class ResumableCall<ReqT, RespT> extends StatefulStream<ReqT, RespT> implements PendingCall {

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

	ResumableCall(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options,
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

	@Override
	public void request(int numMessages) {
		StreamAttempt<ReqT, RespT> running;
		synchronized (this) {
			this.requested += numMessages;
			running = this.attempt;
			if (running != null) {
				running.request(numMessages);
			}
		}
		drain(running);
	}

	@Override
	public void sendMessage(ReqT message) {
		StreamAttempt<ReqT, RespT> running;
		synchronized (this) {
			boolean sent = remember(message);
			running = this.attempt;
			if (running != null && sent) {
				running.send(message);
			}
		}
		drain(running);
	}

	@Override
	public void halfClose() {
		StreamAttempt<ReqT, RespT> running;
		boolean finished;
		synchronized (this) {
			this.halfClosed = true;
			running = this.attempt;
			if (running != null) {
				running.halfClose();
			}
			finished = running == null && isAnswered();
		}
		drain(running);
		if (finished) {
			fail(Status.OK);
		}
	}

	private static void drain(@Nullable StreamAttempt<?, ?> running) {
		if (running != null) {
			running.drain();
		}
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		fail(Status.CANCELLED.withDescription(message).withCause(cause));
	}

	@Override
	public synchronized boolean isReady() {
		return this.attempt != null && this.attempt.isReady();
	}

	/**
	 * End the stream from this side.
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
			this.limit.end();
			onEnded();
		}
		this.context.members().forget(this);
		drain(running);
		this.delivery.later(() -> this.delivery.close(status, new Metadata()));
	}

	/**
	 * Pass on a response of this side's own, which is the last.
	 */
	final void inject(RespT message) {
		this.delivery.later(() -> {
			boolean open;
			synchronized (this) {
				open = !this.done;
			}
			if (open) {
				this.delivery.message(message);
				fail(Status.OK);
			}
		});
	}

	private void begin() {
		Member unwanted;
		synchronized (this) {
			unwanted = this.avoided;
		}
		CallEntry entry = CallEntry.of(this.context, this, unwanted);
		if (entry == null) {
			forgetIfDone();
			return;
		}
		StreamAttempt<ReqT, RespT> next = attempt(entry.connection(), entry.token());
		if (next == null) {
			entry.connection().release();
			return;
		}
		entry.connection().add(next);
		next.drain();
		entry.connection().started(next);
	}

	private void forgetIfDone() {
		boolean ended;
		synchronized (this) {
			ended = this.done;
		}
		if (ended) {
			this.context.members().forget(this);
		}
	}

	private synchronized @Nullable StreamAttempt<ReqT, RespT> attempt(Connection connection, @Nullable String token) {
		if (this.done || this.attempt != null) {
			return null;
		}
		StreamAttempt<ReqT, RespT> next = new StreamAttempt<>(this, connection, token, this.method, this.options);
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

	/**
	 * Ask what is to be asked now and then.
	 */
	final void askNow(StreamAttempt<ReqT, RespT> from, long now) {
		synchronized (this) {
			ReqT question = isCurrent(from) ? questionNow(from, now) : null;
			if (question == null) {
				return;
			}
			from.send(question);
		}
		from.drain();
	}

	@GuardedBy("this")
	final boolean isCurrent(StreamAttempt<ReqT, RespT> candidate) {
		return !this.done && this.attempt == candidate;
	}

	final void headers(StreamAttempt<ReqT, RespT> from, Metadata received) {
		if (isOpen(from)) {
			this.delivery.headers(received);
		}
	}

	final void ready(StreamAttempt<ReqT, RespT> from) {
		if (isOpen(from)) {
			this.delivery.ready();
		}
	}

	private synchronized boolean isOpen(StreamAttempt<ReqT, RespT> from) {
		return isCurrent(from);
	}

	final void message(StreamAttempt<ReqT, RespT> from, RespT message) {
		RespT passed = null;
		boolean refused;
		synchronized (this) {
			if (this.attempt != from) {
				return;
			}
			refused = refusal(message) == Refusal.TOKEN && this.policy.isTokenRenewed(from);
			if (refused) {
				this.attempt = null;
				from.cancel("the token was refused");
			}
			else {
				passed = accept(from, message);
			}
		}
		from.drain();
		if (refused) {
			again(0);
		}
		else if (passed != null) {
			deliver(passed);
		}
	}

	private void deliver(RespT message) {
		Status failure = this.delivery.message(message);
		if (failure != null && isShared()) {
			// The others have done nothing wrong
			request(1);
		}
		else if (failure != null || isLast()) {
			fail((failure != null) ? failure : Status.OK);
		}
	}

	/**
	 * etcd leaves a stream open whose only watch it has canceled.
	 */
	private synchronized boolean isLast() {
		return isFinal();
	}

	@GuardedBy("this")
	private @Nullable RespT accept(StreamAttempt<ReqT, RespT> from, RespT message) {
		if (isFruitful(message)) {
			this.policy.fruitful();
		}
		RespT passed = received(message, from);
		if (from.isFirstAnswer()) {
			if (this.underWay && !isFinal()) {
				this.context.resumedStreams().increment();
			}
			this.underWay = true;
		}
		if (passed != null) {
			this.requested--;
		}
		else {
			from.request(1);
		}
		return passed;
	}

	/**
	 * Take the end of an attempt that this side has not ended.
	 */
	final void ended(StreamAttempt<ReqT, RespT> ended, Status status, Metadata trailers) {
		Status end = null;
		long delay;
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
				this.limit.end();
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
			this.delivery.close(end, trailers);
		}
	}

	private void again(long delayMillis) {
		if (delayMillis == 0) {
			begin();
		}
		else if (this.context.schedule(this::begin, TimeUnit.MILLISECONDS.toNanos(delayMillis)) == null) {
			fail(this.context.members().getUnservedStatus());
		}
	}

}
