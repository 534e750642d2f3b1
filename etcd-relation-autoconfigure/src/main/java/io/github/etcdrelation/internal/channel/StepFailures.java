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

import io.grpc.Status;

/**
 * Counts consecutive failures of repeatable steps, for the delay between attempts.
 */
final class StepFailures {

	private static final long FIRST_DELAY_MILLIS = 20;

	private static final long MAX_DELAY_MILLIS = 2000;

	private static final int MAX_DOUBTFUL = 5;

	private int count;

	/**
	 * Return whether a failure may be transient.
	 */
	boolean isTransient(Status status) {
		return switch (status.getCode()) {
			// The last one: members refuse the credentials, and others may come
			case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION -> true;
			// A broken connection has many statuses, but these may also be intended
			case UNKNOWN, INTERNAL, CANCELLED, ABORTED -> this.count < MAX_DOUBTFUL;
			default -> false;
		};
	}

	/**
	 * Count a failure.
	 * @return the delay in nanoseconds before the step is repeated
	 */
	long next() {
		long millis = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(this.count, 10));
		this.count++;
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	int getCount() {
		return this.count;
	}

	void reset() {
		this.count = 0;
	}

}
