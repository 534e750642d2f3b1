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

package io.github.etcdrelation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import org.awaitility.Awaitility;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writers, watchers and a kept lease on one client, which count everything that goes
 * wrong.
 */
final class Load implements AutoCloseable {

	private static final String PREFIX = "load/";

	private final Client client;

	private final List<Thread> threads = new ArrayList<>();

	private final AtomicLong puts = new AtomicLong();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final List<Watcher> watchers = new ArrayList<>();

	private final Map<String, Long> putTimes = new ConcurrentHashMap<>();

	private final List<Long> delays = Collections.synchronizedList(new ArrayList<>());

	private final List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();

	private final List<Throwable> leaseErrors = new CopyOnWriteArrayList<>();

	private final long lease;

	private final CloseableClient keepAlive;

	private volatile boolean running = true;

	Load(Client client, int writers, int watchers) throws Exception {
		this.client = client;
		long revision = get(client.getKVClient().put(bytes("start"), bytes(""))).getHeader().getRevision();
		for (int i = 0; i < watchers; i++) {
			this.watchers.add(new Watcher(revision + 1, i == 0));
		}
		this.lease = get(client.getLeaseClient().grant(10)).getID();
		this.keepAlive = client.getLeaseClient()
			.keepAlive(this.lease,
					Observers.<LeaseKeepAliveResponse>builder()
						.onNext(this.renewals::add)
						.onError(this.leaseErrors::add)
						.onCompleted(() -> this.leaseErrors.add(new IllegalStateException("lease lost")))
						.build());
		for (int i = 0; i < writers; i++) {
			int writer = i;
			Thread thread = new Thread(() -> write(writer), "writer-" + i);
			thread.start();
			this.threads.add(thread);
		}
	}

	private void write(int writer) {
		// As an application that waits for each answer before it goes on
		Semaphore inFlight = new Semaphore(1);
		for (long i = 0; this.running; i++) {
			String value = writer + ":" + i;
			inFlight.acquireUninterruptibly();
			this.putTimes.put(value, System.nanoTime());
			CompletableFuture<?> put = this.client.getKVClient()
				.put(bytes(PREFIX + writer + "/" + i % 100), bytes(value));
			put.whenComplete((response, failure) -> {
				this.puts.incrementAndGet();
				if (failure != null) {
					this.failures.add(failure);
				}
				inFlight.release();
			});
		}
		inFlight.acquireUninterruptibly();
	}

	long getPuts() {
		return this.puts.get();
	}

	void awaitPuts(long count) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> getPuts() >= count || !this.failures.isEmpty());
	}

	List<Throwable> getFailures() {
		return this.failures;
	}

	/**
	 * Stop writing and assert that no call failed and that each watcher saw each event
	 * once and in order.
	 */
	String stopAndVerify() throws Exception {
		this.running = false;
		for (Thread thread : this.threads) {
			thread.join(30_000);
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(this.failures).isEmpty();
		long expected = this.puts.get();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.watchers.stream().allMatch((watcher) -> watcher.events >= expected));
		for (Watcher watcher : this.watchers) {
			assertThat(watcher.errors).isEmpty();
			assertThat(watcher.events).isEqualTo(expected);
			assertThat(watcher.disorder).isZero();
		}
		assertThat(this.leaseErrors).isEmpty();
		assertThat(get(this.client.getLeaseClient().timeToLive(this.lease, LeaseOption.DEFAULT)).getTTL()).isPositive();
		return "%d puts, 0 failed; %d watchers saw each once and in order; %d renewals; put to event p50 %d ms, p99 %d ms, max %d ms"
			.formatted(expected, this.watchers.size(), this.renewals.size(), delay(50), delay(99), delay(100));
	}

	/**
	 * Return a percentile of the times from a put to its event in milliseconds.
	 */
	long delay(int percentile) {
		List<Long> sorted;
		synchronized (this.delays) {
			sorted = new ArrayList<>(this.delays);
		}
		Collections.sort(sorted);
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percentile / 100)) / 1_000_000;
	}

	void resetDelays() {
		this.delays.clear();
	}

	@Override
	public void close() {
		this.running = false;
		this.keepAlive.close();
		this.watchers.forEach(Watcher::close);
	}

	private final class Watcher implements Watch.Listener {

		private final boolean measuring;

		private final List<Throwable> errors = new CopyOnWriteArrayList<>();

		private final Watch.Watcher watcher;

		private volatile long events;

		private volatile long disorder;

		private long revision;

		private Watcher(long revision, boolean measuring) {
			this.measuring = measuring;
			this.watcher = Load.this.client.getWatchClient()
				.watch(bytes(PREFIX), WatchOption.builder().isPrefix(true).withRevision(revision).build(), this);
		}

		@Override
		public void onNext(WatchResponse response) {
			for (WatchEvent event : response.getEvents()) {
				long eventRevision = event.getKeyValue().getModRevision();
				if (eventRevision <= this.revision) {
					this.disorder++;
				}
				this.revision = eventRevision;
				this.events++;
				if (this.measuring) {
					Long start = Load.this.putTimes.remove(text(event.getKeyValue().getValue()));
					if (start != null) {
						Load.this.delays.add(System.nanoTime() - start);
					}
				}
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.errors.add(failure);
		}

		@Override
		public void onCompleted() {
			this.errors.add(new IllegalStateException("completed"));
		}

		private void close() {
			this.watcher.close();
		}

	}

}
