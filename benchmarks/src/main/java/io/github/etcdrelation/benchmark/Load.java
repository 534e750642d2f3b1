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

package io.github.etcdrelation.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;

/**
 * Writers and watchers of the same keys.
 */
final class Load implements AutoCloseable {

	static final int WRITERS = 8;

	static final int WATCHERS = 4;

	private static final String PREFIX = "load/";

	private final Client client;

	private final List<Thread> writers = new ArrayList<>();

	private final List<CountingListener> watchers;

	private final AtomicInteger puts = new AtomicInteger();

	private final AtomicInteger failures = new AtomicInteger();

	private volatile Latencies latencies = new Latencies(1_000_000);

	private volatile boolean running = true;

	Load(Client client) throws Exception {
		this.client = client;
		this.watchers = CountingListener.watch(client, PREFIX, WATCHERS);
		this.watchers.forEach((watcher) -> watcher.expect(Integer.MAX_VALUE));
		for (int i = 0; i < WRITERS; i++) {
			String key = PREFIX + i;
			Thread writer = new Thread(() -> write(key), "writer-" + i);
			writer.start();
			this.writers.add(writer);
		}
	}

	private void write(String key) {
		while (this.running) {
			long start = System.nanoTime();
			try {
				this.client.getKVClient().put(Bytes.of(key), Bytes.of("value")).get(30, TimeUnit.SECONDS);
				this.puts.incrementAndGet();
			}
			catch (Exception ex) {
				this.failures.incrementAndGet();
			}
			this.latencies.add(System.nanoTime() - start);
		}
	}

	void reset() {
		this.latencies = new Latencies(1_000_000);
	}

	double p99() {
		return this.latencies.micros(99) / 1000;
	}

	/**
	 * Stop writing, wait for the last events, and count what is missing.
	 */
	Figures finish(double atRest, double rotating) throws InterruptedException {
		close();
		for (Thread writer : this.writers) {
			writer.join();
		}
		int expected = this.puts.get();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (missing(expected) > 0 && System.nanoTime() < end) {
			Thread.sleep(10);
		}
		return Figures.of("puts", expected, "failed", this.failures.get(), "lost", missing(expected), "disorder",
				this.watchers.stream().mapToInt(CountingListener::errors).sum(), "rest", atRest, "rotating", rotating);
	}

	private int missing(int expected) {
		return IntStream.range(0, WATCHERS).map((i) -> expected - this.watchers.get(i).received()).sum();
	}

	@Override
	public void close() {
		this.running = false;
	}

}
