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
import java.util.concurrent.Future;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.Context;

/**
 * Has a candidate take part in an election until it is stopped. Its thread waits, grants
 * and revokes; what the candidate does with its leadership runs on a thread of its own,
 * so that it cannot delay that.
 */
final class LeaderElection implements Runnable, EntryListener {

	private static final Log logger = LogFactory.getLog(LeaderElection.class);

	private static final long LEAVE_NANOS = Duration.ofSeconds(2).toNanos();

	private static final long STOP_MILLIS = 10_000;

	/**
	 * After how long a term was a success, so that the next one need not be delayed.
	 */
	private static final long LASTING_NANOS = Duration.ofSeconds(10).toNanos();

	private final EtcdQueue queue;

	private final Candidate candidate;

	private final LeaderListener listener;

	/**
	 * How long the candidate gets to end its work once its leadership ends.
	 */
	private final Duration grace;

	private final Thread thread;

	private final CallFailures delays = new CallFailures();

	private volatile @Nullable LeaderTerm term;

	private volatile boolean stopped;

	@GuardedBy("this")
	private boolean waiting;

	LeaderElection(EtcdQueue queue, Candidate candidate, LeaderListener listener, Duration grace) {
		this.queue = queue;
		this.candidate = candidate;
		this.listener = listener;
		this.grace = grace;
		this.thread = newThread(this, "");
	}

	private Thread newThread(Runnable task, String suffix) {
		Thread thread = new Thread(task, "etcd-leader-" + this.candidate.getRole() + suffix);
		thread.setDaemon(true);
		return thread;
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Stop taking part, and wait until a leadership is revoked.
	 */
	void stop() {
		this.stopped = true;
		LeaderTerm current = this.term;
		if (current != null) {
			current.end();
		}
		synchronized (this) {
			if (this.waiting) {
				this.thread.interrupt();
			}
		}
		if (Thread.currentThread() == this.thread) {
			return;
		}
		try {
			this.thread.join(STOP_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Nullable LeaderTerm getTerm() {
		return this.term;
	}

	@Override
	public void run() {
		while (beginToWait()) {
			QueueEntry entry = null;
			try {
				entry = this.queue.take(Patience.unlimited(), true, this);
			}
			catch (InterruptedException ex) {
				// Stopped, or someone else's interrupt, after which it goes on
			}
			catch (EtcdCallException ex) {
				logger.debug("The candidate for '%s' cannot take part".formatted(this.candidate.getRole()), ex);
				this.listener.failed();
			}
			catch (Throwable ex) {
				logger.warn("The election of '%s' is entered again".formatted(this.candidate.getRole()), ex);
			}
			finally {
				endWait();
			}
			if (entry != null) {
				lead(entry);
			}
			pause();
		}
	}

	private synchronized boolean beginToWait() {
		this.waiting = !this.stopped;
		return this.waiting;
	}

	/**
	 * Interrupts are for the wait alone, not for what is called afterwards.
	 */
	private synchronized void endWait() {
		this.waiting = false;
		Thread.interrupted();
	}

	private void pause() {
		if (!beginToWait()) {
			return;
		}
		try {
			Patience.unlimited().pause(this.delays.next());
		}
		catch (InterruptedException ex) {
			// Stopped
		}
		finally {
			endWait();
		}
	}

	@Override
	public void waiting() {
		this.listener.failed();
	}

	@Override
	public void lost(QueueEntry entry) {
		LeaderTerm current = this.term;
		if (current != null) {
			current.lose();
		}
	}

	private void lead(QueueEntry entry) {
		long begin = System.nanoTime();
		LeaderTerm granted = new LeaderTerm(entry, this.candidate.getRole());
		this.term = granted;
		if (!entry.isHeld()) {
			granted.lose();
		}
		if (this.stopped) {
			granted.end();
		}
		Thread work = newThread(() -> grant(granted), "-granted");
		boolean over = false;
		try {
			work.start();
			awaitEnd(granted, entry);
			work.interrupt();
			over = awaitGranted(granted);
			if (granted.revoke()) {
				revoke(granted);
			}
		}
		catch (Throwable ex) {
			// Such as no memory for a thread: others shall lead
			logger.warn("The leadership of '%s' ends".formatted(this.candidate.getRole()), ex);
			if (granted.revoke()) {
				revoke(granted);
			}
		}
		finally {
			granted.end();
			leave(entry);
		}
		if (!over && granted.revoke()) {
			revokeAgain(granted);
		}
		if (System.nanoTime() - begin >= LASTING_NANOS) {
			this.delays.reset();
		}
	}

	private void grant(LeaderTerm granted) {
		try {
			if (granted.announce()) {
				this.listener.granted(granted);
				if (granted.begin()) {
					this.candidate.onGranted(granted);
				}
			}
		}
		catch (InterruptedException ex) {
			// Revoked
		}
		catch (Throwable ex) {
			logger.warn("The candidate for '%s' failed when it was granted leadership, which it yields"
				.formatted(this.candidate.getRole()), ex);
			granted.end();
		}
		finally {
			granted.setGranted();
		}
	}

	private static void awaitEnd(LeaderTerm granted, QueueEntry entry) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			entry.watchUntil(granted.getEnd(), patience);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	private static boolean await(Future<?> future) {
		return await(future, Long.MAX_VALUE);
	}

	private static boolean await(Future<?> future, long nanos) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			return patience.await(future, nanos);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	/**
	 * Wait for what is called to grant the leadership, so that it does not take effect
	 * after what is called to revoke it. As long as the lease lives nobody else leads;
	 * once it does not there is only the grace.
	 * @return whether that has returned
	 */
	private boolean awaitGranted(LeaderTerm granted) {
		long nanos = Math.max(1, this.grace.toNanos());
		CompletableFuture<?> grantedOrLost = CompletableFuture.anyOf(granted.getGranted(), granted.getLoss());
		if (!await(grantedOrLost, nanos)) {
			logger.warn(("The leadership of '%s' has ended, but what was called to grant it goes on: "
					+ "nobody else leads until that returns or the lease ends")
				.formatted(this.candidate.getRole()));
			await(grantedOrLost);
		}
		return await(granted.getGranted(), nanos);
	}

	/**
	 * Revoke a leadership again that was still being granted when it was revoked, once
	 * that is over and before another one is granted.
	 */
	private void revokeAgain(LeaderTerm granted) {
		logger.warn(("The leadership of '%s' was revoked while it was still being granted: "
				+ "it is revoked again when what was called for that returns, and only then applied for again")
			.formatted(this.candidate.getRole()));
		await(granted.getGranted());
		revoke(granted);
	}

	private void revoke(LeaderTerm revoked) {
		try {
			if (revoked.isBegun()) {
				this.candidate.onRevoked(revoked);
			}
		}
		catch (Throwable ex) {
			logger.warn(
					"The candidate for '%s' failed when its leadership was revoked".formatted(this.candidate.getRole()),
					ex);
		}
		this.listener.revoked(revoked);
	}

	private static void leave(QueueEntry entry) {
		try (Patience patience = Patience.limited(LEAVE_NANOS).uninterruptible()) {
			patience.await(entry.leave(), LEAVE_NANOS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Told of the leadership of the candidate. Must not throw.
	 */
	interface LeaderListener {

		void granted(Context context);

		void revoked(Context context);

		void failed();

	}

}
