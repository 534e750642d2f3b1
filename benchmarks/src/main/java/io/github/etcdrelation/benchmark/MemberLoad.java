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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.BooleanSupplier;

/**
 * Threads that put and get in turn, and watches that see all of it.
 */
final class MemberLoad implements AutoCloseable {

	static final int THREADS = 8;

	static final int WATCHES = 6;

	private static final long LIMIT_SECONDS = 60;

	private final KeyValueStore store;

	private final List<Arrivals> arrivals = new ArrayList<>();

	private final List<Runnable> ends = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private final AtomicLong calls = new AtomicLong();

	private final AtomicInteger failedGets = new AtomicInteger();

	private final AtomicInteger failedPuts = new AtomicInteger();

	private final LongAccumulator slowest = new LongAccumulator(Long::max, 0);

	private volatile boolean running = true;

	/**
	 * Begin and wait until each watch has seen something.
	 */
	MemberLoad(WatchingStore store) throws InterruptedException {
		this.store = store;
		for (int i = 0; i < WATCHES; i++) {
			Arrivals seen = new Arrivals();
			this.arrivals.add(seen);
			this.ends.add(store.watch(Keys.PREFIX, seen));
		}
		for (int i = 0; i < THREADS; i++) {
			int key = i;
			Thread thread = new Thread(() -> work(key), "load-" + i);
			thread.setDaemon(true);
			thread.start();
			this.threads.add(thread);
		}
		if (!await(() -> this.arrivals.stream().allMatch(Arrivals::hasBegun))) {
			throw new IllegalStateException("Watches see nothing");
		}
	}

	private void work(int key) {
		while (this.running) {
			call(Operation.PUT, key, this.failedPuts);
			call(Operation.GET, key, this.failedGets);
		}
	}

	private void call(Operation operation, int key, AtomicInteger failed) {
		long start = System.nanoTime();
		try {
			this.store.call(operation, key);
			this.calls.incrementAndGet();
		}
		catch (Exception ex) {
			failed.incrementAndGet();
		}
		this.slowest.accumulate(System.nanoTime() - start);
	}

	/**
	 * Count the calls that succeed for a while.
	 */
	Figures rate(long millis) throws InterruptedException {
		long before = this.calls.get();
		long start = System.nanoTime();
		Thread.sleep(millis);
		return Figures.of("rate", (this.calls.get() - before) * 1e9 / (System.nanoTime() - start));
	}

	/**
	 * Forget what failed or was slow so far.
	 */
	Figures mark() {
		this.failedGets.set(0);
		this.failedPuts.set(0);
		this.slowest.reset();
		return Figures.of("marked", 1);
	}

	/**
	 * End all calls, wait for the events, and return what happened since the mark.
	 * @param events the numbers of the events that were written
	 */
	Figures finish(Collection<Integer> events) throws InterruptedException {
		this.running = false;
		if (!await(() -> this.threads.stream().noneMatch(Thread::isAlive))) {
			this.threads.forEach(Thread::interrupt);
			await(() -> this.threads.stream().noneMatch(Thread::isAlive));
		}
		await(() -> this.arrivals.stream().allMatch((watch) -> watch.hasAll(events)));
		Map<String, Double> figures = new LinkedHashMap<>();
		figures.put("gets", (double) this.failedGets.get());
		figures.put("puts", (double) this.failedPuts.get());
		figures.put("slowest", this.slowest.get() / 1e9);
		events.forEach((event) -> figures.put(EventWriter.VALUE + event, lastArrival(event)));
		return new Figures(figures);
	}

	// Not a number if a watch has not seen it
	private double lastArrival(int event) {
		return this.arrivals.stream().mapToDouble((watch) -> watch.millis(event)).reduce(0, Math::max);
	}

	private static boolean await(BooleanSupplier condition) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > end) {
				return false;
			}
			Thread.sleep(10);
		}
		return true;
	}

	@Override
	public void close() {
		this.running = false;
		this.ends.forEach(Runnable::run);
	}

}
