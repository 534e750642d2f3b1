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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a lease alive while it is used. Confined to the thread of the timer.
 */
final class LeaseRenewal implements Runnable {

	private static final Log logger = LogFactory.getLog(LeaseRenewal.class);

	private static final long UNUSED_NANOS = Duration.ofMinutes(1).toNanos();

	/**
	 * How many intervals a renewal may be unanswered before another is sent beside it.
	 */
	private static final int PATIENCE = 2;

	private final SessionLease lease;

	private final long interval;

	private final ScheduledExecutorService timer;

	private @Nullable CompletableFuture<Boolean> pending;

	private int pendingTicks;

	LeaseRenewal(SessionLease lease, long interval, ScheduledExecutorService timer) {
		this.lease = lease;
		this.interval = interval;
		this.timer = timer;
	}

	/**
	 * Begin, an interval after the lease was asked for: the answer may have taken long.
	 */
	void start() {
		schedule(this.interval - this.lease.getAge());
	}

	private void schedule(long delay) {
		try {
			this.timer.schedule(this, delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The session is closed, which ends the lease
		}
	}

	@Override
	public void run() {
		if (!this.lease.isValid()) {
			return;
		}
		if (this.lease.endIfUnused(UNUSED_NANOS)) {
			this.lease.revoke();
			return;
		}
		this.pendingTicks++;
		if (this.pending == null || this.pending.isDone() || this.pendingTicks >= PATIENCE) {
			this.pendingTicks = 0;
			this.pending = renew();
		}
		schedule(this.interval);
	}

	private CompletableFuture<Boolean> renew() {
		try {
			return this.lease.renew().whenComplete((valid, failure) -> {
				if (failure != null) {
					logger.debug("A lease could not be renewed", failure);
				}
			});
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
