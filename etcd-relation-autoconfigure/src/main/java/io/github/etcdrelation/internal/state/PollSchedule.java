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

package io.github.etcdrelation.internal.state;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task at multiples of an interval, so that relations with the same interval wake
 * the processor once for all.
 */
final class PollSchedule {

	private final ScheduledExecutorService executor;

	private final Duration interval;

	private final Runnable task;

	@GuardedBy("this")
	private @Nullable ScheduledFuture<?> next;

	@GuardedBy("this")
	private boolean started;

	PollSchedule(ScheduledExecutorService executor, Duration interval, Runnable task) {
		this.executor = executor;
		this.interval = interval;
		this.task = task;
	}

	synchronized void start() {
		this.started = true;
		scheduleNext();
	}

	synchronized void stop() {
		this.started = false;
		if (this.next != null) {
			this.next.cancel(false);
		}
	}

	private synchronized void scheduleNext() {
		if (!this.started) {
			return;
		}
		if (this.next != null) {
			this.next.cancel(false);
		}
		long nanos = this.interval.toNanos();
		this.next = this.executor.schedule(this::run, nanos - Math.floorMod(System.nanoTime(), nanos),
				TimeUnit.NANOSECONDS);
	}

	private void run() {
		try {
			this.task.run();
		}
		finally {
			scheduleNext();
		}
	}

}
