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
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A stream that outlives its connection: when that breaks, its member goes out of use or
 * it is replaced, the stream is opened again and resumed where it was. Its listener is
 * not notified of that.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class ResumableCall<ReqT, RespT> extends StreamLife<ReqT, RespT> {

	ResumableCall(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor sequentialExecutor) {
		super(context, method, options, sequentialExecutor);
	}

	@Override
	public void request(int numMessages) {
		StreamAttempt<ReqT, RespT> running;
		synchronized (this) {
			addRequested(numMessages);
			running = getAttempt();
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
			running = getAttempt();
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
			setHalfClosed();
			running = getAttempt();
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
		StreamAttempt<ReqT, RespT> running = getAttempt();
		return running != null && running.isReady();
	}

	@Override
	final void headers(StreamAttempt<ReqT, RespT> from, Metadata received) {
		if (isOpen(from)) {
			getDelivery().headers(received);
		}
	}

	@Override
	final void ready(StreamAttempt<ReqT, RespT> from) {
		if (isOpen(from)) {
			getDelivery().ready();
		}
	}

	final synchronized boolean isOpen(StreamAttempt<ReqT, RespT> from) {
		return isCurrent(from);
	}

	@Override
	final void message(StreamAttempt<ReqT, RespT> from, RespT message) {
		RespT passed;
		boolean refused;
		synchronized (this) {
			if (!isCurrent(from)) {
				return;
			}
			refused = refusal(message) == Refusal.TOKEN && getPolicy().isTokenRenewed(from);
			passed = refused ? null : accept(from, message);
		}
		from.drain();
		if (refused) {
			renew(from);
		}
		else if (passed != null) {
			deliver(passed);
		}
	}

	private void deliver(RespT message) {
		Status failure = getDelivery().message(message);
		if (failure != null && isShared()) {
			// Other callers share the stream
			request(1);
		}
		else if (failure != null || isLast()) {
			fail((failure != null) ? failure : Status.OK);
		}
	}

	/**
	 * etcd keeps a stream open whose only watch it has canceled.
	 */
	private synchronized boolean isLast() {
		return isFinal();
	}

	@GuardedBy("this")
	private @Nullable RespT accept(StreamAttempt<ReqT, RespT> from, RespT message) {
		if (isFruitful(message)) {
			getPolicy().fruitful();
		}
		RespT passed = received(message, from);
		if (from.isFirstAnswer()) {
			if (setUnderWay() && !isFinal()) {
				getContext().resumedStreams().increment();
			}
		}
		if (passed != null) {
			addRequested(-1);
		}
		else {
			from.request(1);
		}
		return passed;
	}

	@Override
	final void askNow(StreamAttempt<ReqT, RespT> from, long now, long since) {
		boolean overdue;
		synchronized (this) {
			overdue = isCurrent(from) && isOverdue(from, now, since);
			ReqT question = (isCurrent(from) && !overdue) ? questionNow(from, now) : null;
			if (question != null) {
				from.send(question);
			}
		}
		if (overdue) {
			move(from, Attempt.Unusable.SILENT);
		}
		else {
			from.drain();
		}
	}

	/**
	 * Deliver a response of the client's own, which is the last.
	 */
	final void inject(RespT message) {
		getDelivery().later(() -> {
			if (!isDone()) {
				getDelivery().message(message);
				fail(Status.OK);
			}
		});
	}

}
