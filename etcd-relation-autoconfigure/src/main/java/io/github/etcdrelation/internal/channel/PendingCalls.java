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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.grpc.Status;

/**
 * Queued calls. A call is queued until it is resumed, so that it is ended when the
 * channel is closed.
 */
final class PendingCalls {

	private final Set<PendingCall> calls = ConcurrentHashMap.newKeySet();

	private final ChannelExecutors executors;

	PendingCalls(ChannelExecutors executors) {
		this.executors = executors;
	}

	void add(PendingCall call) {
		this.calls.add(call);
	}

	boolean remove(PendingCall call) {
		return this.calls.remove(call);
	}

	boolean isEmpty() {
		return this.calls.isEmpty();
	}

	/**
	 * Resume calls on the timer's thread: starting many of them takes time and would
	 * delay changes of members.
	 */
	void resume(Predicate<PendingCall> condition) {
		for (PendingCall call : this.calls) {
			if (condition.test(call) && this.executors.schedule(() -> resume(call), 0) == null) {
				resume(call);
			}
		}
	}

	/**
	 * Resume streams if there is a connection for them, otherwise open one.
	 * @param routes where calls may be routed
	 * @param now the time by {@link System#nanoTime()}
	 */
	void resumeStreams(Routes routes, long now) {
		Member member = routes.leastStreams(null, now);
		Connection streams = (member != null) ? member.getStreams() : null;
		if (streams != null && streams.isOpen() && !streams.isStale(now)) {
			resume(PendingCall::isStream);
		}
		else if (member != null && streams == null && this.calls.stream().anyMatch(PendingCall::isStream)) {
			member.connectStreams();
		}
	}

	private void resume(PendingCall call) {
		if (this.calls.remove(call)) {
			call.onReady();
		}
	}

	/**
	 * Resume a call later, unless it is removed or ended before.
	 * @return whether it will be resumed
	 */
	boolean resumeLater(PendingCall call, long nanos) {
		add(call);
		return this.executors.schedule(() -> resume(call), nanos) != null;
	}

	/**
	 * End all calls.
	 * @param status the status they end with
	 */
	void close(Status status) {
		close(status, (call) -> true);
	}

	/**
	 * End some of the calls.
	 * @param status the status they end with
	 * @param condition whether to end a call
	 */
	void close(Status status, Predicate<PendingCall> condition) {
		for (PendingCall call : this.calls) {
			if (condition.test(call) && this.calls.remove(call)) {
				call.onUnserved(status);
			}
		}
	}

}
