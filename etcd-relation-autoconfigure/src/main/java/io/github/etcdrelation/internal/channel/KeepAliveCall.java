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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A stream that keeps leases alive; unanswered requests are sent again. A stream that
 * never got a response fails with the reason after the request timeout, because the
 * application cannot know then whether its leases live.
 */
final class KeepAliveCall extends ResumableCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {

	private static final long OWED_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final Map<Long, LeaseKeepAliveRequest> unanswered = new LinkedHashMap<>();

	private @Nullable Cancellable timeout;

	private long owedSince;

	private boolean everAnswered;

	KeepAliveCall(CallContext context, MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse> method,
			CallOptions options, Executor sequentialExecutor) {
		super(context, method, options, sequentialExecutor);
	}

	@Override
	boolean remember(LeaseKeepAliveRequest message) {
		if (this.unanswered.isEmpty()) {
			this.owedSince = System.nanoTime();
		}
		this.unanswered.put(message.getID(), message);
		if (this.timeout == null && !this.everAnswered) {
			this.timeout = getContext().schedule(this::onNoFirstAnswer,
					getContext().settings().requestTimeout().toNanos());
		}
		return true;
	}

	private void onNoFirstAnswer() {
		boolean answered;
		synchronized (this) {
			answered = this.everAnswered;
		}
		if (!answered) {
			fail(getContext().members().getUnservedStatus());
		}
	}

	@Override
	List<LeaseKeepAliveRequest> openingMessages() {
		this.owedSince = System.nanoTime();
		return new ArrayList<>(this.unanswered.values());
	}

	/**
	 * A member forwards renewals to the leader and waits longer than many leases live.
	 */
	@Override
	boolean isOverdue(StreamAttempt<LeaseKeepAliveRequest, LeaseKeepAliveResponse> from, long now, long since) {
		// A message that has arrived may still be queued for delivery
		return !this.unanswered.isEmpty() && now - Math.max(this.owedSince, since) > OWED_NANOS
				&& from.getLastMessageTime() - this.owedSince < 0;
	}

	@Override
	LeaseKeepAliveResponse received(LeaseKeepAliveResponse response,
			StreamAttempt<LeaseKeepAliveRequest, LeaseKeepAliveResponse> from) {
		this.unanswered.remove(response.getID());
		this.owedSince = System.nanoTime();
		this.everAnswered = true;
		cancelTimeout();
		return response;
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	@Override
	void onEnded() {
		cancelTimeout();
	}

	@Override
	boolean isFruitful(LeaseKeepAliveResponse message) {
		return true;
	}

	/**
	 * All leases of a client share the stream, so the first caller does not limit it.
	 */
	@Override
	boolean isShared() {
		return true;
	}

	@Override
	boolean isAnswered() {
		return this.unanswered.isEmpty();
	}

	@Override
	boolean isFinal() {
		return false;
	}

}
