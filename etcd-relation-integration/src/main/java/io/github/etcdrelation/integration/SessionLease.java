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

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.Lease;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A lease that ends for its holders some time before it ends in etcd, by the monotonic
 * clock of this process. Once it has ended it stays so. Thread-safe.
 */
final class SessionLease {

	private static final Log logger = LogFactory.getLog(SessionLease.class);

	private final Lease client;

	private final long id;

	private final long grantedNanos;

	private final long validNanos;

	private final ScheduledExecutorService timer;

	@GuardedBy("this")
	private final Set<Runnable> holders = Collections.newSetFromMap(new IdentityHashMap<>());

	@GuardedBy("this")
	private long validUntil;

	@GuardedBy("this")
	private boolean expired;

	@GuardedBy("this")
	private boolean ended;

	@GuardedBy("this")
	private long unusedSince;

	@GuardedBy("this")
	private @Nullable Future<?> check;

	/**
	 * Create a lease that was granted.
	 * @param client the client of leases
	 * @param id the ID of the lease
	 * @param grantedNanos the time to live in etcd, in nanoseconds
	 * @param validNanos how long it is valid for its holders after it was granted or
	 * renewed, in nanoseconds
	 * @param sentAt when the request was sent that granted it
	 * @param timer tells the holders when it ends
	 */
	SessionLease(Lease client, long id, long grantedNanos, long validNanos, long sentAt,
			ScheduledExecutorService timer) {
		this.client = client;
		this.id = id;
		this.grantedNanos = grantedNanos;
		this.validNanos = validNanos;
		this.timer = timer;
		this.validUntil = sentAt + validNanos;
		this.unusedSince = sentAt;
	}

	long getId() {
		return this.id;
	}

	/**
	 * Begin to tell the holders when it ends.
	 */
	void start() {
		long remaining;
		synchronized (this) {
			if (this.ended) {
				return;
			}
			remaining = isValid() ? this.validUntil - System.nanoTime() : 0;
			if (remaining > 0 && schedule(remaining)) {
				return;
			}
		}
		end();
	}

	private synchronized boolean schedule(long nanos) {
		try {
			this.check = this.timer.schedule(this::start, nanos, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/**
	 * Return whether it has not ended, by the clock: a process that was stopped finds
	 * that it has before it is told.
	 */
	synchronized boolean isValid() {
		if (!this.expired && System.nanoTime() - this.validUntil >= 0) {
			this.expired = true;
		}
		return !this.expired;
	}

	/**
	 * Return for how long it has not been renewed, in nanoseconds.
	 */
	synchronized long getAge() {
		return System.nanoTime() - (this.validUntil - this.validNanos);
	}

	/**
	 * Return whether it has ended in etcd too, of which a new leader extends it by its
	 * time to live.
	 */
	synchronized boolean isOverInEtcd() {
		return System.nanoTime() - this.validUntil >= this.grantedNanos;
	}

	/**
	 * Add a holder.
	 * @param onEnd told once when the lease ends, must not block
	 * @return whether it was added, otherwise the lease has ended
	 */
	synchronized boolean addHolder(Runnable onEnd) {
		return isValid() && this.holders.add(onEnd);
	}

	synchronized void removeHolder(Runnable onEnd) {
		this.holders.remove(onEnd);
		this.unusedSince = System.nanoTime();
	}

	/**
	 * Ask etcd to renew the lease.
	 * @return whether it is valid afterwards; fails if etcd could not be asked
	 */
	CompletableFuture<Boolean> renew() {
		long sentAt = System.nanoTime();
		return this.client.keepAliveOnce(this.id).handle((response, failure) -> {
			if (failure == null) {
				return renewed(sentAt);
			}
			if (CallFailures.isNotFound(failure)) {
				end();
				return false;
			}
			throw new CompletionException(CallFailures.unwrap(failure));
		});
	}

	private synchronized boolean renewed(long sentAt) {
		// What ended for a holder does not begin again
		if (!isValid()) {
			return false;
		}
		if (sentAt + this.validNanos - this.validUntil > 0) {
			this.validUntil = sentAt + this.validNanos;
		}
		return true;
	}

	/**
	 * End it if it has had no holder for a while.
	 * @param nanos how long, in nanoseconds
	 * @return whether it was ended
	 */
	synchronized boolean endIfUnused(long nanos) {
		if (this.ended || !this.holders.isEmpty() || System.nanoTime() - this.unusedSince < nanos) {
			return false;
		}
		this.expired = true;
		this.ended = true;
		cancelCheck();
		return true;
	}

	/**
	 * End it for all holders, at once.
	 */
	void end() {
		List<Runnable> told;
		synchronized (this) {
			if (this.ended) {
				return;
			}
			this.expired = true;
			this.ended = true;
			told = new ArrayList<>(this.holders);
			this.holders.clear();
			cancelCheck();
		}
		for (Runnable holder : told) {
			try {
				holder.run();
			}
			catch (Throwable ex) {
				logger.warn("A holder could not be told that its lease has ended", ex);
			}
		}
	}

	private synchronized void cancelCheck() {
		if (this.check != null) {
			this.check.cancel(false);
		}
	}

	/**
	 * Revoke it in etcd, in the background, so that its keys go at once.
	 */
	CompletableFuture<?> revoke() {
		try {
			return this.client.revoke(this.id);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
