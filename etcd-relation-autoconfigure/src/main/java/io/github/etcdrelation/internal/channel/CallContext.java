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

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The shared context of a channel's calls.
 *
 * @param relation the name of the relation for messages
 * @param members the members that calls are routed to
 * @param dedicated sets of members for calls to one member
 * @param problems what etcd refuses calls for
 * @param authenticator provides the token, if there is a user
 * @param grant supplies what the provider has granted
 * @param settings the timeouts
 * @param executors the threads to use
 * @param deadlineQueue expires unary calls without a deadline of their own
 * @param delayed the calls that are retried after a delay
 * @param resumedStreams counts resumed streams
 */
record CallContext(String relation, Members members, DedicatedMembers dedicated, ServiceProblems problems,
		Authenticator authenticator, Supplier<Grant> grant, ChannelSettings settings, ChannelExecutors executors,
		DeadlineQueue deadlineQueue, PendingCalls delayed, LongAdder resumedStreams) {

	/**
	 * Schedule a task on the timer's thread, where no callback may run.
	 */
	@Nullable Cancellable schedule(Runnable task, long nanos) {
		ScheduledFuture<?> scheduled = this.executors.schedule(task, nanos);
		return (scheduled != null) ? () -> scheduled.cancel(false) : null;
	}

	/**
	 * Resume a call after a delay, during which it is ended if the channel is closed.
	 */
	void resumeLater(PendingCall call, long nanos) {
		boolean scheduled = this.delayed.resumeLater(call, nanos);
		if ((!scheduled || this.members.isClosed()) && this.delayed.remove(call)) {
			call.onUnserved(this.members.getUnservedStatus());
		}
	}

	/**
	 * Remove a call that has ended from all queues.
	 */
	void forget(PendingCall call) {
		this.members.forget(call);
		this.delayed.remove(call);
		this.authenticator.forget(call);
	}

	/**
	 * Run a callback in the pool.
	 */
	void offload(Runnable callback) {
		this.executors.callbacks(false).execute(callback);
	}

	/**
	 * Return the status of a call whose connection brought no response.
	 * @param connection the connection
	 * @param reason what happened to the connection
	 * @param uncertain whether a write may have been applied
	 */
	Status broken(Connection connection, String reason, boolean uncertain) {
		return Status.UNAVAILABLE.withDescription("%s: etcd at %s: %s%s".formatted(this.relation, connection, reason,
				uncertain ? "; the write was sent and may have been carried out" : ""));
	}

}
