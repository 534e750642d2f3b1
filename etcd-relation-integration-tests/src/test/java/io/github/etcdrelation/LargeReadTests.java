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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches and leases beside calls with large responses, which on a TLS connection in
 * common some versions of etcd let starve. The system property {@code puts} tells how
 * many events there are, 30 a second; with 450 and more their delay is held to a bar.
 */
class LargeReadTests {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int PUTS = Integer.getInteger("puts", 60);

	private static final int LONG_RUN = 450;

	private static final int THREADS = 8;

	private static final int LEASES = 3;

	@Test
	void largeReadsStarveNeitherWatchesNorLeases() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.run((reading) -> RelationTester.runner(etcd)
					.run((writing) -> verify(etcd, reading.getBean(Client.class), writing.getBean(Client.class))));
		}
	}

	private static void verify(LocalEtcd etcd, Client client, Client writer) throws Exception {
		ByteSequence large = ByteSequence.from(new byte[1024 * 1024]);
		for (int i = 0; i < 8; i++) {
			get(writer.getKVClient().put(bytes("large/" + i), large));
		}
		Map<String, Long> begins = new ConcurrentHashMap<>();
		List<Long> delays = Collections.synchronizedList(new ArrayList<>());
		List<Object> told = new CopyOnWriteArrayList<>();
		List<CloseableClient> kept = new ArrayList<>();
		List<Long> leases = new ArrayList<>();
		for (int i = 0; i < LEASES; i++) {
			long lease = get(client.getLeaseClient().grant(5)).getID();
			leases.add(lease);
			kept.add(client.getLeaseClient()
				.keepAlive(lease, Observers.<LeaseKeepAliveResponse>builder().onNext((renewal) -> {
				}).onError(told::add).onCompleted(() -> told.add("completed")).build()));
		}
		WatchOption prefix = WatchOption.builder().isPrefix(true).build();
		try (Watch.Watcher watcher = client.getWatchClient()
			.watch(bytes("small/"), prefix, Watch.listener((response) -> {
				long now = System.nanoTime();
				response.getEvents()
					.forEach((event) -> delays.add(now - begins.get(text(event.getKeyValue().getKey()))));
			}, told::add)); Readers readers = new Readers(client.getKVClient())) {
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> readers.reads.get() > 2 * THREADS);
			long start = System.nanoTime();
			for (int i = 0; i < PUTS; i++) {
				String key = "small/" + i;
				begins.put(key, System.nanoTime());
				get(writer.getKVClient().put(bytes(key), bytes("value")));
				// Events at an even pace, not a wait
				long due = start + Duration.ofMillis(33).toNanos() * (i + 1);
				Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.failFast("told", () -> assertThat(told).isEmpty())
				.until(() -> delays.size() == PUTS);
			for (long lease : leases) {
				assertThat(get(client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT)).getTTL()).isPositive();
			}
			assertThat(told).isEmpty();
			report(etcd, delays, readers);
		}
		finally {
			kept.forEach(CloseableClient::close);
		}
	}

	private static void report(LocalEtcd etcd, List<Long> delays, Readers readers) {
		List<Long> sorted = delays.stream().sorted().toList();
		long p99 = sorted.get(sorted.size() * 99 / 100) / 1_000_000;
		logger.warn("etcd %s, %d reads of 8 MiB, %d failed: %d events, median %d ms, p99 %d ms, last %d ms".formatted(
				etcd.getVersion(), readers.reads.get(), readers.failures.get(), sorted.size(),
				sorted.get(sorted.size() / 2) / 1_000_000, p99, sorted.get(sorted.size() - 1) / 1_000_000));
		if (PUTS >= LONG_RUN) {
			assertThat(p99).isLessThanOrEqualTo(250);
		}
	}

	/**
	 * Threads that read without pause.
	 */
	private static final class Readers implements AutoCloseable {

		private final AtomicBoolean running = new AtomicBoolean(true);

		private final AtomicInteger reads = new AtomicInteger();

		private final AtomicInteger failures = new AtomicInteger();

		private final List<Thread> threads = new ArrayList<>();

		private Readers(KV kv) {
			for (int i = 0; i < THREADS; i++) {
				Thread thread = new Thread(() -> read(kv), "reader-" + i);
				this.threads.add(thread);
				thread.start();
			}
		}

		private void read(KV kv) {
			GetOption prefix = GetOption.builder().isPrefix(true).build();
			while (this.running.get()) {
				try {
					get(kv.get(bytes("large/"), prefix));
					this.reads.incrementAndGet();
				}
				catch (Exception ex) {
					// So may they each other
					this.failures.incrementAndGet();
				}
			}
		}

		@Override
		public void close() throws InterruptedException {
			this.running.set(false);
			for (Thread thread : this.threads) {
				thread.join();
			}
		}

	}

}
