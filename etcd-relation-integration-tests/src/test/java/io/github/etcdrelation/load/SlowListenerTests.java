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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A watch whose listener takes a second for each event.
 */
class SlowListenerTests {

	private static final int EVENTS = LoadFigures.size("events", 20_000);

	private static final int SECONDS = LoadFigures.size("seconds", 5);

	private static final int VALUE_BYTES = 256;

	private static final int BATCH = 200;

	private static final int LISTENERS = LoadFigures.size("listeners", 10);

	private static final int LARGE_EVENTS = 4_000;

	private static final int LARGE_BYTES = 4 * 1024;

	@Test
	void eventsThatWaitForASlowListenerCostNoMemoryAndDelayNobodyElse() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(etcd).run((reading) -> runner(etcd)
				.run((writing) -> verify(reading, writing.getBean(Client.class).getKVClient())));
		}
	}

	private static void verify(ApplicationContext context, KV writer) throws Exception {
		Client client = context.getBean(Client.class);
		KV kv = client.getKVClient();
		WatchOption all = allSince(get(writer.put(bytes("start"), bytes("value"))));
		List<Long> delays = Collections.synchronizedList(new ArrayList<>());
		try (SlowListener slow = new SlowListener();
				Watch.Watcher slowWatcher = client.getWatchClient().watch(bytes("slow/"), all, slow);
				Watch.Watcher fast = client.getWatchClient()
					.watch(bytes("fast/"), all, Watch.listener((response) -> response.getEvents()
						.forEach((event) -> delays.add(System.nanoTime() - time(event)))))) {
			get(kv.get(bytes("start")));
			LoadFigures before = LoadFigures.settled();
			write(writer);
			Awaitility.await().until(() -> slow.events > 0);
			LoadFigures behind = LoadFigures.settled();
			List<Long> calls = new ArrayList<>();
			Awaitility.await()
				.pollInterval(Duration.ofMillis(20))
				.during(Duration.ofSeconds(SECONDS))
				.atMost(Duration.ofSeconds(SECONDS + 60))
				.until(() -> {
					get(writer.put(bytes("fast/key"), bytes("" + System.nanoTime())));
					long start = System.nanoTime();
					get(kv.get(bytes("start")));
					calls.add(System.nanoTime() - start);
					return true;
				});
			int seen = slow.events;
			assertThat(seen).isLessThan(SECONDS + 60);
			Awaitility.await().until(() -> delays.size() == calls.size());
			LoadFigures held = LoadFigures.settled();
			slow.latch.countDown();
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> slow.events == EVENTS);
			LoadFigures after = LoadFigures.settled();
			LoadFigures.log(
					"%d events of %d bytes, %d seen while slow; p99 of other events %d ms, of calls %d ms: before %s; behind %s; %s; after %s",
					EVENTS, VALUE_BYTES, seen, p99(delays), p99(calls), before, behind, held, after);
			assertThat(slow.disorder).isZero();
			assertThat(slow.ends).isEmpty();
			assertThat(slowWatcher.isClosed()).isFalse();
			assertThat(fast.isClosed()).isFalse();
			assertThat(held.heapMibSince(before)).isLessThan(10);
			assertThat(held.directMibSince(before)).isLessThan(24);
			assertThat(p99(delays)).isLessThan(5000);
			assertThat(p99(calls)).isLessThan(5000);
		}
	}

	@Test
	void manySlowListenersCostTheirWindowsOnly() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				// Buffers that are the first of this JVM are not what slow listeners cost
				watchLargeEvents(client, false, LARGE_EVENTS / 4);
				assertThat(watchLargeEvents(client, true, LARGE_EVENTS)).isLessThan(16 + LISTENERS * 3 / 2);
			});
		}
	}

	/**
	 * Let many listeners watch large events.
	 * @param slow whether they are slow until all events are written
	 * @param events how many there are
	 * @return by how many MiB the direct memory grew until then
	 */
	private static long watchLargeEvents(Client client, boolean slow, int events) throws Exception {
		KV kv = client.getKVClient();
		WatchOption all = allSince(get(kv.put(bytes("start"), bytes("value"))));
		List<SlowListener> listeners = new ArrayList<>();
		List<Watch.Watcher> watchers = new ArrayList<>();
		LoadFigures before = LoadFigures.settled();
		for (int i = 0; i < LISTENERS; i++) {
			SlowListener listener = new SlowListener();
			listeners.add(listener);
			if (!slow) {
				listener.close();
			}
			watchers.add(client.getWatchClient().watch(bytes("slow/"), all, listener));
		}
		List<CompletableFuture<?>> puts = new ArrayList<>();
		for (int i = 0; i < events; i++) {
			puts.add(kv.put(bytes("slow/%06d".formatted(i)), ByteSequence.from(new byte[LARGE_BYTES])));
			if (puts.size() == BATCH) {
				await(puts);
			}
		}
		await(puts);
		Awaitility.await()
			.atMost(Duration.ofSeconds(120))
			.until(() -> listeners.stream().allMatch((listener) -> listener.events > 0));
		get(kv.get(bytes("start")));
		LoadFigures behind = LoadFigures.settled();
		listeners.forEach(SlowListener::close);
		Awaitility.await()
			.atMost(Duration.ofSeconds(120))
			.until(() -> listeners.stream().allMatch((listener) -> listener.events == events));
		LoadFigures.log("%d listeners, slow: %s, %d MiB for each: before %s; then %s", LISTENERS, slow,
				events * LARGE_BYTES / 1024 / 1024, before, behind);
		assertThat(listeners).allMatch((listener) -> listener.ends.isEmpty() && listener.disorder == 0);
		watchers.forEach(Watch.Watcher::close);
		return behind.directMibSince(before);
	}

	private static void write(KV writer) throws Exception {
		byte[] value = new byte[VALUE_BYTES];
		List<CompletableFuture<?>> puts = new ArrayList<>();
		for (int i = 0; i < EVENTS; i++) {
			puts.add(writer.put(bytes("slow/%06d".formatted(i)), ByteSequence.from(value)));
			if (puts.size() == BATCH) {
				await(puts);
			}
		}
		await(puts);
	}

	private static ApplicationContextRunner runner(LocalEtcd etcd) {
		return RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=60s");
	}

	private static WatchOption allSince(PutResponse start) {
		return WatchOption.builder().isPrefix(true).withRevision(start.getHeader().getRevision() + 1).build();
	}

	private static void await(List<CompletableFuture<?>> puts) throws Exception {
		CompletableFuture.allOf(puts.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
		puts.clear();
	}

	private static long time(WatchEvent event) {
		return Long.parseLong(RelationTester.text(event.getKeyValue().getValue()));
	}

	private static long p99(List<Long> nanos) {
		List<Long> sorted = LoadFigures.sorted(nanos);
		return TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() * 99 / 100));
	}

}
