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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.Context;

/**
 * Has a candidate take part in an election until it is stopped. Its thread waits, grants
 * and revokes; what the application does then runs on threads of their own, so that it
 * cannot delay that: it is waited for with limits, and has returned before the candidate
 * takes part again.
 */
final class LeaderElection implements Runnable, EntryListener {

	private static final Log logger = LogFactory.getLog(LeaderElection.class);

	private static final long LEAVE_NANOS = Duration.ofSeconds(2).toNanos();

	/**
	 * How long it is waited at most for the application to end its work once its
	 * leadership was yielded or stopped.
	 */
	private static final Duration MAX_PATIENCE = Duration.ofSeconds(10);

	/**
	 * The part of the time to live that the application gets to end its work once its
	 * leadership is lost, half of that which is left then.
	 */
	private static final int GRACE_PART = 10;

	/**
	 * After how long a term was a success, so that the next one need not be delayed.
	 */
	private static final long LASTING_NANOS = Duration.ofSeconds(10).toNanos();

	private final EtcdQueue queue;

	private final Candidate candidate;

	private final LeaderListener listener;

	private final long graceNanos;

	private final long patienceNanos;

	private final CompletableFuture<Void> before;

	private final Thread thread;

	private final CallFailures delays = new CallFailures();

	private final Set<ApplicationCall> calls = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> left = new CompletableFuture<>();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private CompletableFuture<Void> failed = CompletableFuture.completedFuture(null);

	private volatile @Nullable LeaderTerm term;

	private volatile boolean stopped;

	@GuardedBy("this")
	private boolean waiting;

	/**
	 * Create an election.
	 * @param queue the queue of the candidates
	 * @param candidate the candidate
	 * @param listener what is told
	 * @param timeToLive how long the candidate leads at most once etcd is away
	 * @param before what is done when the candidate may take part
	 */
	LeaderElection(EtcdQueue queue, Candidate candidate, LeaderListener listener, Duration timeToLive,
			CompletableFuture<Void> before) {
		this.queue = queue;
		this.candidate = candidate;
		this.listener = listener;
		this.graceNanos = timeToLive.toNanos() / GRACE_PART;
		this.patienceNanos = Math.min(timeToLive.toNanos(), MAX_PATIENCE.toNanos());
		this.before = before;
		this.thread = new Thread(this, threadName(""));
		this.thread.setDaemon(true);
	}

	private String threadName(String suffix) {
		return "etcd-leader-" + this.candidate.getRole() + suffix;
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Stop taking part, and wait until a leadership is revoked and left. The application
	 * may still be in what was called for that.
	 */
	void stop() {
		this.stopped = true;
		this.calls.forEach(ApplicationCall::releaseIfCurrent);
		LeaderTerm current = this.term;
		if (current != null) {
			current.end();
		}
		synchronized (this) {
			if (this.waiting) {
				this.thread.interrupt();
			}
		}
		if (Thread.currentThread() != this.thread) {
			await(this.left, this.patienceNanos + 3 * this.graceNanos + 2 * LEAVE_NANOS);
		}
	}

	/**
	 * Return what is done when it is stopped and all that it has called has returned.
	 */
	CompletableFuture<Void> getEnded() {
		return this.ended;
	}

	@Nullable LeaderTerm getTerm() {
		return this.term;
	}

	@Override
	public void run() {
		try {
			while (beginToWait()) {
				try {
					QueueEntry entry = awaitTurn();
					if (entry != null) {
						lead(entry);
					}
				}
				catch (Throwable ex) {
					logger.warn("The election of '%s' is entered again".formatted(this.candidate.getRole()), ex);
				}
				pause();
			}
		}
		finally {
			this.left.complete(null);
			CompletableFuture.allOf(returned(), this.failed).thenRun(() -> this.ended.complete(null));
		}
	}

	private @Nullable QueueEntry awaitTurn() {
		try {
			Patience patience = Patience.unlimited();
			patience.await(returned(), Long.MAX_VALUE);
			return this.queue.take(patience, true, this);
		}
		catch (InterruptedException ex) {
			// Stopped, or someone else's interrupt, after which it goes on
			return null;
		}
		catch (EtcdCallException ex) {
			logger.debug("The candidate for '%s' cannot take part".formatted(this.candidate.getRole()), ex);
			waiting();
			return null;
		}
		finally {
			endWait();
		}
	}

	/**
	 * Return what is done when all that was called for a leadership so far has returned.
	 */
	private CompletableFuture<Void> returned() {
		CompletableFuture<?>[] own = this.calls.stream()
			.map(ApplicationCall::getReturned)
			.filter((returned) -> returned != this.failed)
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(this.before, CompletableFuture.allOf(own));
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

	/**
	 * Publish that the candidate does not lead, unless a listener still has to return
	 * from the last time.
	 */
	@Override
	public void waiting() {
		if (!this.failed.isDone()) {
			return;
		}
		try {
			ApplicationCall call = newCall("-failed", (self) -> this.listener.failed());
			this.failed = call.getReturned();
			call.start();
			await(call.getOver(), this.graceNanos);
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No thread for the listeners", ex);
		}
	}

	@Override
	public void lost(QueueEntry entry) {
		LeaderTerm current = this.term;
		if (current != null) {
			current.lose(entry);
		}
	}

	private ApplicationCall newCall(String suffix, Consumer<ApplicationCall> code) {
		ApplicationCall call = new ApplicationCall(threadName(suffix), code);
		this.calls.add(call);
		call.getReturned().thenRun(() -> this.calls.remove(call));
		return call;
	}

	private void lead(QueueEntry entry) {
		long begin = System.nanoTime();
		try {
			lead(new LeaderTerm(entry, this.candidate.getRole()), entry);
		}
		finally {
			// Whatever happens: the lease lives on, and others wait
			leave(entry);
		}
		if (System.nanoTime() - begin >= LASTING_NANOS) {
			this.delays.reset();
		}
	}

	private void lead(LeaderTerm granted, QueueEntry entry) {
		this.term = granted;
		if (!entry.isHeld()) {
			granted.lose(entry);
		}
		if (this.stopped) {
			granted.end();
		}
		ApplicationCall grant = newCall("-granted", (self) -> grant(granted));
		try {
			grant.start();
			awaitEnd(granted, entry);
		}
		finally {
			end(granted, grant);
		}
	}

	private void end(LeaderTerm ended, ApplicationCall grant) {
		ended.end();
		// Not what waits in stop, and perhaps closes the context
		if (!grant.getOver().isDone()) {
			grant.interrupt();
		}
		long limit = System.nanoTime() + this.patienceNanos;
		boolean over = awaitCall(ended, grant, "grant", this.graceNanos, limit);
		if (ended.revoke(!over)) {
			revoke(ended, limit);
		}
	}

	private void grant(LeaderTerm granted) {
		try {
			if (granted.announce()) {
				this.listener.granted(granted);
				// What a listener left is not for the candidate
				Thread.interrupted();
				if (granted.begin()) {
					this.candidate.onGranted(granted);
				}
			}
		}
		catch (InterruptedException ex) {
			// Revoked, or someone else's interrupt, which ended its work as well
			granted.end();
		}
		catch (Throwable ex) {
			logger.warn("The candidate for '%s' failed when it was granted leadership, which it yields"
				.formatted(this.candidate.getRole()), ex);
			granted.end();
		}
		if (granted.endGrant()) {
			revokeAgain(granted);
		}
	}

	/**
	 * Revoke a leadership again that took effect after it was revoked, perhaps.
	 */
	private void revokeAgain(LeaderTerm granted) {
		await(granted.getRevoked(), Long.MAX_VALUE);
		Thread.interrupted();
		tellCandidate(granted);
		this.listener.revoked(granted);
	}

	private void revoke(LeaderTerm revoked, long limit) {
		ApplicationCall candidate = callToRevoke(() -> tellCandidate(revoked));
		// Half of the grace, so that listeners are told in time whatever the candidate
		// does
		awaitCall(revoked, candidate, "revoke", this.graceNanos / 2, limit);
		ApplicationCall listeners = callToRevoke(() -> this.listener.revoked(revoked));
		CompletableFuture.allOf(candidate.getReturned(), listeners.getReturned())
			.thenRun(() -> revoked.getRevoked().complete(null));
		awaitCall(revoked, listeners, "revoke", this.graceNanos, limit);
	}

	private ApplicationCall callToRevoke(Runnable code) {
		ApplicationCall call = newCall("-revoked", (self) -> code.run());
		try {
			call.start();
		}
		catch (OutOfMemoryError ex) {
			// Who was told of the leadership has to be told of its end
			code.run();
		}
		return call;
	}

	private void tellCandidate(LeaderTerm revoked) {
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
	}

	/**
	 * Wait for a call once the leadership has ended. As long as the lease lives nobody
	 * else leads; once it does not there is only the grace.
	 * @param purpose what the call is to do with the leadership
	 * @param limit until when to wait while the lease lives, by the monotonic clock
	 * @return whether the call is over
	 */
	private boolean awaitCall(LeaderTerm ended, ApplicationCall call, String purpose, long grace, long limit) {
		CompletableFuture<?> overOrLost = CompletableFuture.anyOf(call.getOver(), ended.getLoss());
		boolean late = !await(overOrLost, grace);
		if (late) {
			warnOf(call, purpose);
			await(overOrLost, limit - System.nanoTime());
		}
		boolean over = await(call.getOver(), ended.getLoss().isDone() ? grace : 0);
		if (!over && !late) {
			warnOf(call, purpose);
		}
		return over;
	}

	private void warnOf(ApplicationCall call, String purpose) {
		logger.warn(("The leadership of '%s' has ended, but what was called to %s it has not returned: "
				+ "others can lead after the time to live, this process only once it returns")
			.formatted(this.candidate.getRole(), purpose), call.getPlace());
	}

	private static void awaitEnd(LeaderTerm granted, QueueEntry entry) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			entry.watchUntil(granted.getEnd(), patience);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	private static boolean await(Future<?> future, long nanos) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			return patience.await(future, nanos);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	private static void leave(QueueEntry entry) {
		await(entry.leave(), LEAVE_NANOS);
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
