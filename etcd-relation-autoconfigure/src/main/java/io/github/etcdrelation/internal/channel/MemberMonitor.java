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

import io.grpc.SynchronizationContext;

/**
 * Runs the periodic task of the members while needed: every 100 ms while calls are in
 * flight or queued, every second while there are streams or a member is out of use, and
 * not at all otherwise.
 */
final class MemberMonitor {

	private static final long OFTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long SELDOM_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * From this delay of its own timer on, this process was held up, so that the silence
	 * of a member proves nothing.
	 */
	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

	private final ChannelExecutors executors;

	private final SynchronizationContext sync;

	private final Task task;

	private volatile boolean awake;

	private volatile long period = Long.MAX_VALUE;

	private int generation;

	private long expectedTime;

	private long since;

	MemberMonitor(ChannelExecutors executors, SynchronizationContext sync, Task task) {
		this.executors = executors;
		this.sync = sync;
		this.task = task;
	}

	/**
	 * Tick often from now on, as long as needed. Costs one read if it does already.
	 */
	void wake() {
		if (!isLookingOften()) {
			this.sync.execute(() -> {
				if (this.period != OFTEN_NANOS) {
					if (!this.awake) {
						// Silence before this was not observed
						this.since = System.nanoTime();
					}
					plan(OFTEN_NANOS);
				}
			});
		}
	}

	boolean isLookingOften() {
		return this.period == OFTEN_NANOS;
	}

	private void plan(long nanos) {
		this.awake = true;
		this.period = nanos;
		this.expectedTime = System.nanoTime() + nanos;
		int planned = ++this.generation;
		if (this.executors.schedule(() -> this.sync.execute(() -> run(planned)), nanos) == null) {
			sleep();
		}
	}

	private void sleep() {
		this.awake = false;
		this.period = Long.MAX_VALUE;
	}

	private void run(int planned) {
		if (planned != this.generation) {
			return;
		}
		long now = System.nanoTime();
		if (now - this.expectedTime > LATE_NANOS) {
			this.since = now;
		}
		// A call that starts from here on wakes this again afterwards
		this.period = Long.MAX_VALUE;
		Pace pace = Pace.SELDOM;
		try {
			pace = this.task.tick(now, this.since);
		}
		finally {
			switch (pace) {
				case OFTEN -> plan(OFTEN_NANOS);
				case SELDOM -> plan(SELDOM_NANOS);
				case NEVER -> sleep();
			}
		}
	}

	/**
	 * How soon to tick again.
	 */
	enum Pace {

		OFTEN, SELDOM, NEVER

	}

	/**
	 * The periodic task.
	 */
	@FunctionalInterface
	interface Task {

		/**
		 * Run what is due.
		 * @param now the time by {@link System#nanoTime()}
		 * @param since silence before this time is ignored
		 * @return how soon to tick again
		 */
		Pace tick(long now, long since);

	}

}
