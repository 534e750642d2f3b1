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
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one channel share.
 *
 * @param relation what to call the relation in texts
 * @param members the members to go to
 * @param dedicated members for calls to one of them
 * @param authenticator gives the token, if there is a user
 * @param settings how long to wait
 * @param executors the threads to use
 * @param requestTimeouts ends unary calls that have no deadline of their own
 * @param delayed the calls that are to be sent again after a delay
 * @param resumedStreams counts streams that were resumed
 */
record CallContext(String relation, Members members, DedicatedMembers dedicated, Authenticator authenticator,
		ChannelSettings settings, ChannelExecutors executors, RequestTimeouts requestTimeouts, PendingCalls delayed,
		LongAdder resumedStreams) {

	/**
	 * Run a task later, on the timer's thread, where it must not run callbacks.
	 */
	@Nullable Timeout schedule(Runnable task, long nanos) {
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
	 * Forget a call that has ended, wherever it waits.
	 */
	void forget(PendingCall call) {
		this.members.forget(call);
		this.delayed.remove(call);
		this.authenticator.forget(call);
	}

	/**
	 * Run a callback that has no network thread to run on.
	 */
	void offload(Runnable callback) {
		this.executors.callbacks(false).execute(callback);
	}

	/**
	 * Return how a call ends whose connection did not bring an answer.
	 * @param connection the connection
	 * @param reason what happened to it
	 * @param uncertain whether what was sent may have changed something
	 */
	Status broken(Connection connection, String reason, boolean uncertain) {
		return Status.UNAVAILABLE.withDescription("%s: etcd at %s: %s%s".formatted(this.relation, connection, reason,
				uncertain ? "; the write was sent and may have been carried out" : ""));
	}

}
