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

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How long a unary call may take: by its own deadline, that of the caller's
 * {@link Context}, or else as long as the relation may take to become available and then
 * the request timeout. gRPC would schedule each deadline on the network threads and wake
 * one up for each call. Guarded by the lock of its call.
 */
final class CallLimit {

	private final CallContext context;

	private @Nullable Deadline deadline;

	private final boolean own;

	private boolean begun;

	private @Nullable Timeout timeout;

	private @Nullable Context observed;

	private Context.@Nullable CancellationListener observer;

	CallLimit(CallContext context, @Nullable Deadline deadline) {
		this.context = context;
		Deadline callers = Context.current().getDeadline();
		this.deadline = (deadline == null || (callers != null && callers.isBefore(deadline))) ? callers : deadline;
		this.own = this.deadline != null;
	}

	/**
	 * Observe the caller's context, whose deadline is seen to otherwise.
	 */
	void observe(Context callers, Consumer<Status> canceled) {
		if (callers == Context.ROOT) {
			return;
		}
		Context.CancellationListener listener = (source) -> {
			Status status = Contexts.statusFromCancelled(source);
			if (status != null && status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
				canceled.accept(status);
			}
		};
		this.observed = callers;
		this.observer = listener;
		callers.addListener(listener, MoreExecutors.directExecutor());
	}

	/**
	 * Limit a wait, for the relation or for a member, unless it is limited already.
	 */
	void await(Runnable expired) {
		if (this.timeout == null) {
			boolean forRelation = this.deadline == null && this.context.members().getTarget() == null;
			long nanos = forRelation ? this.context.settings().availableTimeout().toNanos()
					: deadline().timeRemaining(TimeUnit.NANOSECONDS);
			this.timeout = this.context.schedule(expired, nanos);
		}
	}

	/**
	 * Limit an attempt.
	 */
	void begin(CallType type, Runnable expired) {
		boolean first = !this.begun;
		this.begun = true;
		if (this.own) {
			if (this.timeout == null) {
				this.timeout = this.context.schedule(expired, deadline().timeRemaining(TimeUnit.NANOSECONDS));
			}
		}
		else if (!type.isAnsweredSoon()) {
			cancel();
			this.deadline = null;
		}
		else if (first || this.timeout == null) {
			cancel();
			if (this.deadline == null) {
				this.timeout = this.context.requestTimeouts().add(deadline(), expired);
			}
			else {
				// What a wait has left of the timeout: in no order
				this.timeout = this.context.schedule(expired, deadline().timeRemaining(TimeUnit.NANOSECONDS));
			}
		}
	}

	/**
	 * Return whether there is time left, for what has expired limited a wait that has
	 * ended; then the limit is set anew.
	 */
	boolean isExtended(boolean running, CallType type, Runnable expired) {
		this.timeout = null;
		if (this.deadline == null && !running) {
			if (this.context.members().getTarget() == null || this.begun) {
				return false;
			}
			// The relation has become available: from now on the call waits for etcd
			await(expired);
			return true;
		}
		if (running && (this.deadline == null || !this.deadline.isExpired())) {
			begin(type, expired);
			return true;
		}
		return false;
	}

	private Deadline deadline() {
		if (this.deadline == null) {
			this.deadline = Deadline.after(this.context.settings().requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
		}
		return this.deadline;
	}

	private void cancel() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	void end() {
		cancel();
		Context context = this.observed;
		Context.CancellationListener listener = this.observer;
		if (context != null && listener != null) {
			context.removeListener(listener);
		}
	}

}
