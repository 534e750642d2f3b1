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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The lease of this process in etcd, which all its locks and leaderships share. It is
 * granted when it is first needed, kept alive, and given back after a minute without use.
 * <p>
 * For its holders it ends a fifth of its time to live before it ends in etcd, so that
 * they know of it before anyone else can take their place. Holders that come later get a
 * new one. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EtcdSession implements AutoCloseable {

	/**
	 * The time to live unless another one is given: 10 seconds.
	 */
	public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofSeconds(10);

	/**
	 * The shortest time to live: 2 seconds, which etcd would extend shorter ones to.
	 */
	public static final Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(EtcdSession.class);

	/**
	 * The part of the time to live after which it has ended for its holders.
	 */
	private static final double VALID_PART = 0.8;

	private static final int RENEWALS = 5;

	private static final long CLOSE_SECONDS = 2;

	private final Client client;

	private final long seconds;

	private final ScheduledThreadPoolExecutor timer;

	private final AtomicLong entries = new AtomicLong();

	@GuardedBy("this")
	private @Nullable SessionLease current;

	@GuardedBy("this")
	private @Nullable CompletableFuture<SessionLease> grant;

	/**
	 * The leases besides the current one, each for one lock, until they are revoked.
	 */
	@GuardedBy("this")
	private final Set<SessionLease> others = new HashSet<>();

	@GuardedBy("this")
	private boolean closed;

	/**
	 * Create a session with the default time to live.
	 * @param client the client of etcd, which is not closed with the session
	 */
	public EtcdSession(Client client) {
		this(client, DEFAULT_TIME_TO_LIVE);
	}

	/**
	 * Create a session.
	 * @param client the client of etcd, which is not closed with the session
	 * @param timeToLive how long the locks and leaderships of a process that has died
	 * stay taken; rounded up to seconds, at least two
	 */
	public EtcdSession(Client client, Duration timeToLive) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(timeToLive, "'timeToLive' must not be null");
		Assert.isTrue(timeToLive.compareTo(MIN_TIME_TO_LIVE) >= 0,
				() -> "'timeToLive' is %s, etcd needs 2 seconds at least".formatted(timeToLive));
		this.client = client;
		this.seconds = toSeconds(timeToLive);
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "etcd-session");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setKeepAliveTime(10, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	private static long toSeconds(Duration duration) {
		return duration.plusNanos(TimeUnit.SECONDS.toNanos(1) - 1).toSeconds();
	}

	/**
	 * Return how long the locks and leaderships of a process that has died stay taken.
	 * @return the time to live that is asked for
	 */
	public Duration getTimeToLive() {
		return Duration.ofSeconds(this.seconds);
	}

	KV getKv() {
		return this.client.getKVClient();
	}

	Watch getWatch() {
		return this.client.getWatchClient();
	}

	/**
	 * Return a part of a key that no other entry with the same lease has.
	 */
	long nextEntry() {
		return this.entries.incrementAndGet();
	}

	/**
	 * Return the lease, a new one if there is none or the one before has ended.
	 */
	synchronized CompletableFuture<SessionLease> getLease() {
		if (this.closed) {
			return CompletableFuture.failedFuture(closed());
		}
		if (this.current != null && this.current.isValid()) {
			return CompletableFuture.completedFuture(this.current);
		}
		if (this.grant == null || this.grant.isDone()) {
			this.grant = grant(this.seconds, -1).thenApply(this::use);
		}
		return this.grant;
	}

	private SessionLease use(SessionLease lease) {
		synchronized (this) {
			if (!this.closed) {
				this.current = lease;
			}
			else {
				lease.revoke();
				throw closed();
			}
		}
		long interval = TimeUnit.SECONDS.toNanos(this.seconds) / RENEWALS;
		new LeaseRenewal(lease, interval, this.timer).start();
		return lease;
	}

	private static IllegalStateException closed() {
		return new IllegalStateException("The session of the locks in etcd is closed");
	}

	/**
	 * Grant a lease that is not renewed by itself, until it is retired.
	 * @param timeToLive how long it is valid for its holders
	 */
	CompletableFuture<SessionLease> grant(Duration timeToLive) {
		Duration inEtcd = Duration.ofNanos((long) Math.ceil(timeToLive.toNanos() / VALID_PART));
		Duration granted = (inEtcd.compareTo(MIN_TIME_TO_LIVE) < 0) ? MIN_TIME_TO_LIVE : inEtcd;
		return grant(toSeconds(granted), timeToLive.toNanos()).thenApply(this::useBeside);
	}

	private SessionLease useBeside(SessionLease lease) {
		synchronized (this) {
			if (!this.closed) {
				this.others.add(lease);
				return lease;
			}
		}
		lease.revoke();
		throw closed();
	}

	private CompletableFuture<SessionLease> grant(long timeToLiveSeconds, long givenNanos) {
		long sentAt = System.nanoTime();
		return this.client.getLeaseClient().grant(timeToLiveSeconds).thenApply((response) -> {
			long grantedNanos = TimeUnit.SECONDS.toNanos(response.getTTL());
			long validNanos = (givenNanos >= 0) ? givenNanos : (long) (grantedNanos * VALID_PART);
			SessionLease lease = new SessionLease(this.client.getLeaseClient(), response.getID(), grantedNanos,
					validNanos, sentAt, this.timer);
			if (!lease.isValid()) {
				lease.revoke();
				throw Status.UNAVAILABLE
					.withDescription("The answer that granted a lease of %d s came too late to use it"
						.formatted(timeToLiveSeconds))
					.asRuntimeException();
			}
			lease.start();
			return lease;
		});
	}

	/**
	 * End a lease for all holders, and revoke it in the background until etcd has
	 * answered or has ended it: its key blocks others for as long as it lives.
	 */
	void retire(SessionLease lease) {
		lease.end();
		revokeRepeatedly(lease, new CallFailures());
	}

	private void revokeRepeatedly(SessionLease lease, CallFailures failures) {
		lease.revoke().whenComplete((response, failure) -> {
			if (failure != null && !CallFailures.isNotFound(failure) && !CallFailures.isRefused(failure)
					&& !lease.isOverInEtcd()) {
				later(() -> revokeRepeatedly(lease, failures), failures.next());
			}
			else {
				forget(lease);
			}
		});
	}

	private synchronized void forget(SessionLease lease) {
		this.others.remove(lease);
	}

	/**
	 * Run a task later on the thread of the timer, which must not be blocked.
	 * @param task the task, which does not run if the session is closed before
	 * @param nanos the delay in nanoseconds
	 */
	void later(Runnable task, long nanos) {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * End the lease for all holders, and those of locks with a time to live of their own,
	 * then revoke them in etcd, waiting for that for up to 2 seconds, so that others can
	 * hold and lead at once. Stop each {@link LeaderInitiator} before, as a context does.
	 * The session cannot be used afterwards.
	 */
	@Override
	public void close() {
		List<SessionLease> leases = new ArrayList<>();
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			leases.addAll(this.others);
			this.others.clear();
			if (this.current != null) {
				leases.add(this.current);
				this.current = null;
			}
		}
		List<SessionLease> live = leases.stream().filter((lease) -> !lease.isOverInEtcd()).toList();
		leases.forEach(SessionLease::end);
		revoke(live);
		this.timer.shutdownNow();
	}

	private void revoke(List<SessionLease> leases) {
		CompletableFuture<?>[] revocations = leases.stream()
			.map(SessionLease::revoke)
			.toArray(CompletableFuture<?>[]::new);
		try {
			CompletableFuture.allOf(revocations).get(CLOSE_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("The leases of a session could not be revoked, etcd ends them", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
