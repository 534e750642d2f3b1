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

package io.github.etcdrelation.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many calls, watches and leases of one client.
 */
class ManyAtOnceTests {

	private static final int CALLS = LoadFigures.size("calls", 10_000);

	private static final int WRITES = LoadFigures.size("writes", 500);

	private static final int WATCHES = LoadFigures.size("watches", 1_000);

	private static final int LEASES = LoadFigures.size("leases", 1_000);

	private static final int TTLS = LoadFigures.size("ttls", 2);

	private static final int TTL_SECONDS = 8;

	@Test
	void allCallsInFlightAreServed() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(etcd).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				get(kv.put(bytes("key"), bytes("value")));
				LoadFigures before = LoadFigures.settled();
				etcd.getMember(0).pause();
				List<CompletableFuture<?>> calls = new ArrayList<>();
				for (int i = 0; i < CALLS; i++) {
					// Reads: a write may not wait for a frozen member
					calls.add(kv.get(bytes("key")));
				}
				assertThat(LoadFigures.callsInFlight(context)).isEqualTo(CALLS);
				LoadFigures loaded = LoadFigures.settled();
				etcd.getMember(0).resume();
				await(calls);
				calls.clear();
				for (int i = 0; i < CALLS; i++) {
					calls.add(kv.put(bytes("key/" + i % 100), bytes("value")));
					if (calls.size() == WRITES) {
						// Etcd may be too slow for more, and a write is not repeated
						await(calls);
						calls.clear();
					}
				}
				await(calls);
				calls.clear();
				assertThat(LoadFigures.callsInFlight(context)).isZero();
				LoadFigures after = LoadFigures.settled();
				LoadFigures.log("%d calls in flight: before %s; with them %s; after %s", CALLS, before, loaded, after);
				assertThat(loaded.heapMibSince(before)).isLessThan(20 + CALLS / 100);
				assertThat(after.heapMibSince(before)).isLessThan(5);
			});
		}
	}

	private static ApplicationContextRunner runner(LocalEtcd etcd) {
		return RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=120s");
	}

	private static void await(List<CompletableFuture<?>> calls) throws Exception {
		CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new)).get(120, TimeUnit.SECONDS);
	}

	@Test
	void allWatchesOfOneClientGetTheirEvent() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				get(client.getKVClient().put(bytes("key"), bytes("value")));
				List<Throwable> ends = new CopyOnWriteArrayList<>();
				AtomicInteger events = new AtomicInteger();
				List<Watch.Watcher> watchers = new ArrayList<>();
				watchers.add(watch(client, "key", events, ends));
				awaitEvents(client, events, ends, 1);
				LoadFigures before = LoadFigures.settled();
				long start = System.nanoTime();
				for (int i = 1; i < WATCHES; i++) {
					watchers.add(watch(client, "key", events, ends));
				}
				awaitEvents(client, events, ends, WATCHES);
				long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
				LoadFigures loaded = LoadFigures.settled();
				int seen = events.get();
				get(client.getKVClient().put(bytes("key"), bytes("last")));
				awaitCount(events, seen + WATCHES);
				assertThat(ends).isEmpty();
				watchers.forEach(Watch.Watcher::close);
				watchers.clear();
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> LoadFigures.callsInFlight(context) == 0
							&& LoadFigures.channel(context).getStatus().members().get(0).streams() == 0);
				LoadFigures after = LoadFigures.settled();
				LoadFigures.log("%d watches, open after %d ms: before %s; with them %s; after %s", WATCHES, millis,
						before, loaded, after);
				// The callback pool starts with as many threads as there are processors
				assertThat(loaded.threads())
					.isLessThanOrEqualTo(before.threads() + 4 * Runtime.getRuntime().availableProcessors());
				assertThat(loaded.heapMibSince(before)).isLessThan(20 + WATCHES / 50);
				assertThat(after.heapMibSince(before)).isLessThan(5);
			});
		}
	}

	/**
	 * Write until each watch sees what is written.
	 */
	private static void awaitEvents(Client client, AtomicInteger events, List<Throwable> ends, int watches) {
		Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> {
			assertThat(ends).isEmpty();
			int seen = events.get();
			get(client.getKVClient().put(bytes("key"), bytes("value")));
			awaitQuiet(events);
			return events.get() - seen == watches;
		});
	}

	private static void awaitQuiet(AtomicInteger events) {
		int[] last = { -1 };
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(300)).until(() -> {
			int before = last[0];
			last[0] = events.get();
			return last[0] == before;
		});
	}

	private static void awaitCount(AtomicInteger events, int count) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> events.get() == count);
	}

	private static Watch.Watcher watch(Client client, String key, AtomicInteger events, List<Throwable> ends) {
		return client.getWatchClient()
			.watch(bytes(key), Watch.listener((response) -> events.addAndGet(response.getEvents().size()), ends::add));
	}

	@Test
	void allKeptLeasesLive() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(etcd).run((context) -> {
				Lease lease = context.getBean(Client.class).getLeaseClient();
				List<CompletableFuture<LeaseGrantResponse>> grants = new ArrayList<>();
				for (int i = 0; i < LEASES; i++) {
					grants.add(lease.grant(TTL_SECONDS));
				}
				List<Object> ends = new CopyOnWriteArrayList<>();
				AtomicInteger renewals = new AtomicInteger();
				List<CloseableClient> kept = new ArrayList<>();
				for (CompletableFuture<LeaseGrantResponse> grant : grants) {
					kept.add(lease.keepAlive(get(grant).getID(),
							Observers.<LeaseKeepAliveResponse>builder()
								.onNext((renewal) -> renewals.incrementAndGet())
								.onError(ends::add)
								.onCompleted(() -> ends.add("lost"))
								.build()));
				}
				LoadFigures before = LoadFigures.settled();
				Duration duration = Duration.ofSeconds((long) TTL_SECONDS * TTLS);
				Awaitility.await().atMost(duration.plusSeconds(30)).during(duration).until(ends::isEmpty);
				LoadFigures after = LoadFigures.now();
				for (CompletableFuture<LeaseGrantResponse> grant : grants) {
					assertThat(get(lease.timeToLive(get(grant).getID(), LeaseOption.DEFAULT)).getTTL()).isPositive();
				}
				LoadFigures.log("%d leases, %d s: %d renewals, %d ms of CPU; before %s; after %s", LEASES,
						duration.toSeconds(), renewals.get(), after.cpuMillis() - before.cpuMillis(), before, after);
				assertThat(LoadFigures.callsInFlight(context)).isEqualTo(1);
				assertThat(after.cpuMillis() - before.cpuMillis()).isLessThan(duration.toMillis());
				assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 4);
				kept.forEach(CloseableClient::close);
			});
		}
	}

}
