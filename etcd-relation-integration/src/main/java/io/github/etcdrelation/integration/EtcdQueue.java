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

package io.github.etcdrelation.integration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A queue in etcd, in which each entry has its turn in the order of arrival, whatever
 * process it is of. Thread-safe.
 */
final class EtcdQueue {

	/**
	 * How long it is tried to enter a queue while calls fail; once it is entered there is
	 * no limit.
	 */
	private static final long ENTER_NANOS = Duration.ofSeconds(10).toNanos();

	/**
	 * How long it is waited for that an entry without success is gone, so that nobody
	 * finds it afterwards.
	 */
	private static final long LEAVE_NANOS = Duration.ofMillis(500).toNanos();

	private final EtcdSession session;

	private final String prefix;

	EtcdQueue(EtcdSession session, String prefix, String name) {
		this.session = session;
		this.prefix = prefix + escape(name) + "/";
	}

	/**
	 * Escape a name, so that the keys of no queue are below another's.
	 */
	static String escape(String name) {
		return name.replace("%", "%25").replace("/", "%2F");
	}

	/**
	 * Wait for a turn and hold it.
	 * @param patience how long to wait
	 * @param mayWait whether to wait for others at all
	 * @param listener told what becomes of the entry
	 * @return the turn, {@code null} if it did not come in time
	 * @throws EtcdCallException if etcd could not be asked
	 * @throws InterruptedException if the thread was interrupted
	 */
	@Nullable QueueEntry take(Patience patience, boolean mayWait, EntryListener listener)
			throws EtcdCallException, InterruptedException {
		RepeatedCalls calls = calls(patience, mayWait);
		CallFailures losses = new CallFailures();
		while (true) {
			SessionLease lease = calls.make(this.session::getLease);
			if (lease == null) {
				return null;
			}
			QueueEntry entry = new QueueEntry(this.session, this.prefix, lease);
			boolean held = false;
			boolean lost = false;
			try {
				if (entry.reach(calls, patience, mayWait, listener)) {
					held = entry.hold(() -> listener.lost(entry));
					lost = !held;
				}
			}
			catch (EntryLostException ex) {
				lost = true;
			}
			finally {
				if (!held) {
					leave(entry, !lost);
				}
			}
			if (held) {
				return entry;
			}
			if (!lost || patience.isOver()) {
				return null;
			}
			patience.pause(losses.next());
		}
	}

	static RepeatedCalls calls(Patience patience, boolean mayRepeat) {
		return new RepeatedCalls(patience, mayRepeat ? ENTER_NANOS : 0);
	}

	private static void leave(QueueEntry entry, boolean await) throws InterruptedException {
		CompletableFuture<Boolean> left = entry.leave();
		if (await) {
			try (Patience patience = Patience.limited(LEAVE_NANOS).uninterruptible()) {
				patience.await(left, LEAVE_NANOS);
			}
		}
	}

}
