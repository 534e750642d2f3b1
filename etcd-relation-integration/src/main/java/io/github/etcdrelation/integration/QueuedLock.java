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
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;

/**
 * The state of a lock while threads of this process use it. It is held by the thread that
 * holds the local lock and has its turn in the queue. The threads wait for the local
 * lock, so that each process has one entry in the queue.
 */
final class QueuedLock {

	/**
	 * How long a call may take when no thread limits it, and how long an unlock waits;
	 * longer than a call of the starter's client takes with its default timeouts.
	 */
	private static final long CALL_NANOS = Duration.ofSeconds(25).toNanos();

	private final String key;

	private final EtcdSession session;

	private final EtcdQueue queue;

	private final BiConsumer<String, Long> onLoss;

	private final ReentrantLock local = new ReentrantLock(true);

	private volatile @Nullable QueueEntry entry;

	/**
	 * The lease of a lock with a time to live of its own.
	 */
	private volatile @Nullable SessionLease own;

	/**
	 * Create a lock.
	 * @param key the key
	 * @param session the session
	 * @param queue the queue of the lock
	 * @param onLoss told the key and the token if the lock is lost, must not block
	 */
	QueuedLock(String key, EtcdSession session, EtcdQueue queue, BiConsumer<String, Long> onLoss) {
		this.key = key;
		this.session = session;
		this.queue = queue;
		this.onLoss = onLoss;
	}

	void lock(@Nullable Duration ttl) {
		checkTimeToLive(ttl);
		this.local.lock();
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			if (!acquire(patience, true, ttl)) {
				throw new IllegalStateException("A wait without limit has ended");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	boolean lockInterruptibly() throws InterruptedException {
		this.local.lockInterruptibly();
		return acquire(Patience.unlimited(), true, null);
	}

	boolean tryLock() {
		if (!this.local.tryLock()) {
			return false;
		}
		try (Patience patience = Patience.limited(CALL_NANOS).uninterruptible()) {
			return acquire(patience, false, null);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	boolean tryLock(long nanos, @Nullable Duration ttl) throws InterruptedException {
		checkTimeToLive(ttl);
		long begin = System.nanoTime();
		if (!this.local.tryLock(nanos, TimeUnit.NANOSECONDS)) {
			return false;
		}
		if (nanos <= 0) {
			return acquire(Patience.limited(CALL_NANOS), false, ttl);
		}
		return acquire(Patience.limited(Math.max(0, nanos - (System.nanoTime() - begin))), true, ttl);
	}

	private static void checkTimeToLive(@Nullable Duration ttl) {
		if (ttl != null && (ttl.isNegative() || ttl.isZero())) {
			throw new IllegalArgumentException("The time to live of a lock must be positive, not " + ttl);
		}
	}

	/**
	 * Acquire the lock with the local lock, which is given back without success.
	 */
	private boolean acquire(Patience patience, boolean mayWait, @Nullable Duration ttl) throws InterruptedException {
		boolean acquired = false;
		try {
			if (this.local.getHoldCount() > 1) {
				enterAgain();
				acquired = true;
			}
			else {
				acquired = take(patience, mayWait, ttl);
			}
		}
		finally {
			if (!acquired) {
				this.local.unlock();
			}
		}
		return acquired;
	}

	private void enterAgain() {
		if (!isHeld()) {
			throw new CannotAcquireLockException(
					"The lock '%s' was lost while it was held: its lease has ended. Unlock it before it is locked again"
						.formatted(this.key));
		}
	}

	private boolean take(Patience patience, boolean mayWait, @Nullable Duration ttl) throws InterruptedException {
		try {
			do {
				QueueEntry taken = this.queue.take(patience, mayWait, this::lost);
				if (taken == null) {
					return false;
				}
				if (hold(taken, ttl, patience)) {
					return true;
				}
				// Lost at once
			}
			while (!patience.isOver());
			return false;
		}
		catch (EtcdCallException ex) {
			throw new CannotAcquireLockException(
					"Cannot acquire the lock '%s' in etcd: %s".formatted(this.key, ex.getMessage()), ex.getCause());
		}
	}

	private boolean hold(QueueEntry taken, @Nullable Duration ttl, Patience patience)
			throws EtcdCallException, InterruptedException {
		boolean held = false;
		try {
			if (ttl == null || move(taken, ttl, EtcdQueue.calls(patience, true))) {
				this.entry = taken;
				// If it is lost later, that is told
				held = taken.isHeld();
			}
		}
		finally {
			if (!held) {
				this.entry = null;
				taken.leave();
				retireOwn();
			}
		}
		return held;
	}

	/**
	 * Move the turn to a lease of its own. If it is not known whether it was moved, it is
	 * lost.
	 */
	private boolean move(QueueEntry taken, Duration ttl, RepeatedCalls calls)
			throws EtcdCallException, InterruptedException {
		SessionLease lease = grant(ttl, calls);
		if (lease == null) {
			return false;
		}
		boolean attached = false;
		try {
			attached = taken.attach(calls, lease);
		}
		finally {
			if (attached) {
				retireOwn();
				this.own = lease;
			}
			else {
				taken.lose();
				this.session.retire(lease);
			}
		}
		return attached;
	}

	/**
	 * Grant a lease. One that is granted after the wait for it has ended is retired.
	 */
	private @Nullable SessionLease grant(Duration ttl, RepeatedCalls calls)
			throws EtcdCallException, InterruptedException {
		List<CompletableFuture<SessionLease>> grants = new ArrayList<>();
		SessionLease granted = null;
		try {
			granted = calls.make(() -> {
				CompletableFuture<SessionLease> grant = this.session.grant(ttl);
				grants.add(grant);
				return grant;
			});
			return granted;
		}
		finally {
			SessionLease used = granted;
			grants.forEach((grant) -> grant.thenAccept((late) -> {
				if (late != used) {
					this.session.retire(late);
				}
			}));
		}
	}

	private void retireOwn() {
		SessionLease lease = this.own;
		this.own = null;
		if (lease != null) {
			this.session.retire(lease);
		}
	}

	private void lost(QueueEntry lost) {
		SessionLease lease = lost.getLease();
		if (lease == this.own) {
			// Its time to live is over here, and some time later in etcd
			this.session.retire(lease);
		}
		if (lost == this.entry) {
			this.onLoss.accept(this.key, lost.getRevision());
		}
	}

	void unlock() {
		QueueEntry held = requireHeld();
		if (this.local.getHoldCount() > 1) {
			this.local.unlock();
			return;
		}
		try {
			if (!release(held)) {
				throw new ConcurrentModificationException(
						"The lock '%s' was lost before it was unlocked: its lease has ended. Others may have held it meanwhile"
							.formatted(this.key));
			}
		}
		finally {
			this.local.unlock();
		}
	}

	/**
	 * Leave the queue. If etcd cannot be reached that goes on in the background.
	 * @return whether the lock was held until now
	 */
	private boolean release(QueueEntry held) {
		boolean valid = held.isHeld();
		this.entry = null;
		CompletableFuture<Boolean> left = held.leave();
		if (valid) {
			try (Patience patience = Patience.limited(CALL_NANOS).uninterruptible()) {
				patience.await(left, CALL_NANOS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException("A wait was interrupted that cannot be", ex);
			}
		}
		retireOwn();
		boolean known = left.isDone() && !left.isCompletedExceptionally();
		return valid && (!known || left.join());
	}

	private QueueEntry requireHeld() {
		QueueEntry held = this.entry;
		if (held == null || !isHeldByCurrentThread()) {
			throw notHeld(this.key);
		}
		return held;
	}

	static IllegalMonitorStateException notHeld(Object key) {
		return new IllegalMonitorStateException("The lock '%s' is not held by this thread".formatted(key));
	}

	/**
	 * Return whether the current thread has locked it and not unlocked it, even if it has
	 * lost it.
	 */
	boolean isHeldByCurrentThread() {
		return this.local.isHeldByCurrentThread();
	}

	/**
	 * Renew the lease of the lock, which the current thread must hold.
	 * @param ttl a new time to live of its own, {@code null} for the one that it has
	 */
	void renew(@Nullable Duration ttl) {
		checkTimeToLive(ttl);
		QueueEntry held = requireHeld();
		boolean renewed;
		try (Patience patience = Patience.limited(CALL_NANOS).uninterruptible()) {
			RepeatedCalls calls = EtcdQueue.calls(patience, true);
			renewed = held.isHeld() && ((ttl != null) ? move(held, ttl, calls)
					: Boolean.TRUE.equals(calls.make(held.getLease()::renew)));
		}
		catch (EtcdCallException ex) {
			throw new IllegalStateException(
					"Cannot renew the lock '%s' in etcd: %s".formatted(this.key, ex.getMessage()), ex.getCause());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
		if (!renewed) {
			throw new IllegalStateException(
					"Cannot renew the lock '%s': it was lost, its lease has ended".formatted(this.key));
		}
	}

	long getFencingToken() {
		return requireHeld().getRevision();
	}

	/**
	 * Return whether a thread holds it and has not lost it.
	 */
	boolean isHeld() {
		QueueEntry held = this.entry;
		return held != null && held.isHeld();
	}

}
