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

import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Limits the time of a unary call: by its own deadline, that of the caller's
 * {@link Context}, or else by the available timeout and then the request timeout. gRPC
 * would schedule each deadline on the network threads and wake one up for each call.
 * Guarded by the lock of its call.
 */
final class CallLimit {

	private final CallContext context;

	private final @Nullable Deadline deadline;

	private final Context callers;

	private boolean begun;

	// Without a deadline: when the request timeout expires, once it runs
	private boolean running;

	private long expiry;

	private @Nullable Cancellable timeout;

	private Context.@Nullable CancellationListener observer;

	CallLimit(CallContext context, @Nullable Deadline deadline) {
		this.context = context;
		this.callers = Context.current();
		Deadline outer = this.callers.getDeadline();
		this.deadline = (deadline == null || (outer != null && outer.isBefore(deadline))) ? outer : deadline;
	}

	/**
	 * Cancel a call with the caller's context, whose deadline is handled separately.
	 */
	void observe(ClientCall<?, ?> call) {
		if (this.callers == Context.ROOT) {
			return;
		}
		Context.CancellationListener listener = (source) -> {
			Status status = Contexts.statusFromCancelled(source);
			if (status != null && status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
				call.cancel(status.getDescription(), status.getCause());
			}
		};
		this.observer = listener;
		this.callers.addListener(listener, MoreExecutors.directExecutor());
	}

	/**
	 * Limit the time in a queue, unless it is limited already.
	 */
	void await(Runnable expired) {
		if (this.timeout == null) {
			boolean forRelation = isUnlimited() && this.context.members().getTarget() == null;
			long nanos = forRelation ? this.context.settings().availableTimeout().toNanos()
					: remaining(System.nanoTime());
			this.timeout = this.context.schedule(expired, nanos);
		}
	}

	/**
	 * Limit an attempt.
	 * @param now the time by {@link System#nanoTime()}
	 */
	void begin(CallType type, Runnable expired, long now) {
		boolean first = !this.begun;
		this.begun = true;
		if (this.deadline != null) {
			if (this.timeout == null) {
				this.timeout = this.context.schedule(expired, remaining(now));
			}
		}
		else if (!type.isAnsweredSoon()) {
			cancel();
			this.running = false;
		}
		else if (first || this.timeout == null) {
			cancel();
			if (this.running) {
				// After a wait the rest expires out of the queue's order
				this.timeout = this.context.schedule(expired, remaining(now));
			}
			else {
				remaining(now);
				this.timeout = this.context.deadlineQueue().add(this.expiry, expired);
			}
		}
	}

	/**
	 * Return whether there is time left because the wait that expired has ended; the
	 * limit is renewed then.
	 */
	boolean isExtended(boolean attempted, CallType type, Runnable expired) {
		this.timeout = null;
		long now = System.nanoTime();
		if (isUnlimited() && !attempted) {
			if (this.context.members().getTarget() == null || this.begun) {
				return false;
			}
			// The relation has become available: from now on the call waits for etcd
			await(expired);
			return true;
		}
		if (attempted && (isUnlimited() || remaining(now) > 0)) {
			begin(type, expired, now);
			return true;
		}
		return false;
	}

	private boolean isUnlimited() {
		return this.deadline == null && !this.running;
	}

	/**
	 * Return the remaining nanoseconds, and start the request timeout.
	 */
	private long remaining(long now) {
		if (this.deadline != null) {
			return this.deadline.timeRemaining(TimeUnit.NANOSECONDS);
		}
		if (!this.running) {
			this.running = true;
			this.expiry = now + this.context.settings().requestTimeout().toNanos();
		}
		return this.expiry - now;
	}

	private void cancel() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	void end() {
		cancel();
		if (this.observer != null) {
			this.callers.removeListener(this.observer);
		}
	}

}
