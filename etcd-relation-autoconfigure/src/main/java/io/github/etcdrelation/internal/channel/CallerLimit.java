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
import java.util.function.Consumer;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Ends a stream at its deadline or that of the caller's {@link Context}, or when that
 * context is canceled; while the stream is queued as well.
 */
final class CallerLimit {

	private final CallContext context;

	private final @Nullable Deadline deadline;

	private final boolean shared;

	private @Nullable Cancellable timeout;

	private @Nullable Context observed;

	private Context.@Nullable CancellationListener observer;

	/**
	 * Create a limit for the caller on this thread.
	 * @param shared whether callers share the stream, so that the context of the first
	 * one is ignored
	 */
	CallerLimit(CallContext context, CallOptions options, boolean shared) {
		this.context = context;
		this.shared = shared;
		Deadline callers = shared ? null : Context.current().getDeadline();
		Deadline own = options.getDeadline();
		this.deadline = (own == null || (callers != null && callers.isBefore(own))) ? callers : own;
	}

	/**
	 * Start to observe the caller.
	 * @param end ends the stream with a status, on any thread
	 */
	synchronized void begin(Consumer<Status> end) {
		if (this.deadline != null) {
			this.timeout = this.context.schedule(
					() -> this.context.offload(() -> end.accept(Status.DEADLINE_EXCEEDED
						.withDescription(this.context.relation() + ": the deadline of the stream has passed"))),
					this.deadline.timeRemaining(TimeUnit.NANOSECONDS));
		}
		Context callers = Context.current();
		if (!this.shared && callers != Context.ROOT) {
			Context.CancellationListener listener = (source) -> {
				Status status = Contexts.statusFromCancelled(source);
				if (status != null) {
					end.accept(status);
				}
			};
			this.observed = callers;
			this.observer = listener;
			callers.addListener(listener, MoreExecutors.directExecutor());
		}
	}

	synchronized void end() {
		if (this.timeout != null) {
			this.timeout.cancel();
		}
		Context callers = this.observed;
		Context.CancellationListener listener = this.observer;
		if (callers != null && listener != null) {
			callers.removeListener(listener);
		}
	}

}
