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

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * Retries of a snapshot that was refused, with growing delays. Callers synchronize.
 */
final class RetrySchedule {

	private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

	private static final Duration MAX_DELAY = Duration.ofSeconds(5);

	private final ScheduledExecutorService executor;

	private @Nullable ScheduledFuture<?> next;

	private int retries;

	RetrySchedule(ScheduledExecutorService executor) {
		this.executor = executor;
	}

	/**
	 * Return whether the same snapshot may be accepted later, such as one that was not
	 * saved since a disk is full.
	 */
	static boolean mayPassByItself(Throwable failure) {
		return !(failure instanceof InvalidRelationDataException) || failure.getCause() instanceof UncheckedIOException;
	}

	/**
	 * Return whether a snapshot was refused and none was accepted since.
	 */
	boolean isBegun() {
		return this.retries > 0;
	}

	/**
	 * Count a refusal without a retry of its own.
	 */
	void count() {
		this.retries++;
	}

	/**
	 * Count a refusal and schedule the next retry.
	 * @param retry the retry
	 * @param scheduled whether to schedule it, rather than to wait for the next start
	 */
	void next(Callable<?> retry, boolean scheduled) {
		long delay = Math.min(FIRST_DELAY.toMillis() << Math.min(this.retries, 10), MAX_DELAY.toMillis());
		count();
		cancel();
		if (scheduled) {
			this.next = this.executor.schedule(retry, delay, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Begin anew, with another snapshot or after one was accepted.
	 */
	void reset() {
		this.retries = 0;
		cancel();
	}

	void cancel() {
		if (this.next != null) {
			this.next.cancel(false);
		}
	}

}
