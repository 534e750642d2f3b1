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

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Calls etcd for a while and measures the cost.
 */
final class CallMeasurement {

	private static final int MAX_CALLS = 2_000_000;

	private final KeyValueStore store;

	private final Latencies latencies = new Latencies(MAX_CALLS);

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	CallMeasurement(KeyValueStore store) {
		this.store = store;
	}

	/**
	 * Keep a number of calls in flight.
	 */
	Figures concurrent(Operation operation, int inFlight, Duration duration) throws Exception {
		Semaphore permits = new Semaphore(inFlight);
		ConcurrentLinkedQueue<Call> free = new ConcurrentLinkedQueue<>();
		IntStream.range(0, inFlight).forEach((i) -> free.add(new Call(permits, free)));
		return measure(duration, (number) -> {
			permits.acquire();
			Call call = free.remove();
			call.start(operation, number);
		}, () -> permits.acquire(inFlight));
	}

	/**
	 * Make one call at a time.
	 */
	Figures sequential(Operation operation, Duration duration) throws Exception {
		return measure(duration, (number) -> {
			long start = System.nanoTime();
			int size = this.store.call(operation, number);
			this.latencies.add(System.nanoTime() - start);
			if (size != Keys.VALUE_SIZE) {
				throw new IllegalStateException("Value has " + size + " bytes");
			}
		}, () -> {
		});
	}

	private Figures measure(Duration duration, Caller caller, Drain drain) throws Exception {
		this.latencies.reset();
		Resources before = Resources.now();
		long start = System.nanoTime();
		long end = start + duration.toNanos();
		int calls = 0;
		while (System.nanoTime() < end && !this.latencies.isFull() && this.failure.get() == null) {
			caller.call(calls++);
		}
		drain.await();
		double seconds = (System.nanoTime() - start) / 1e9;
		Resources used = Resources.now().since(before);
		Throwable failed = this.failure.get();
		if (failed != null) {
			throw new IllegalStateException("A call failed", failed);
		}
		return Figures.of("calls", calls, "cpu", used.cpuMicros() / calls, "allocated", used.allocated() / calls,
				"throughput", calls / seconds, "p50", this.latencies.micros(50), "p99", this.latencies.micros(99),
				"jit", used.compilerPercent());
	}

	private final class Call implements Completion {

		private final Semaphore permits;

		private final ConcurrentLinkedQueue<Call> free;

		private long start;

		Call(Semaphore permits, ConcurrentLinkedQueue<Call> free) {
			this.permits = permits;
			this.free = free;
		}

		void start(Operation operation, int key) {
			this.start = System.nanoTime();
			CallMeasurement.this.store.start(operation, key, this);
		}

		@Override
		public void complete(@Nullable Throwable failure) {
			CallMeasurement.this.latencies.add(System.nanoTime() - this.start);
			if (failure != null) {
				CallMeasurement.this.failure.compareAndSet(null, failure);
			}
			this.free.add(this);
			this.permits.release();
		}

	}

	private interface Caller {

		void call(int number) throws Exception;

	}

	private interface Drain {

		void await() throws InterruptedException;

	}

}
