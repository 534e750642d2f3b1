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

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Exact times of many calls, taken without allocating.
 */
final class Latencies {

	private final long[] nanos;

	private final AtomicInteger size = new AtomicInteger();

	Latencies(int capacity) {
		this.nanos = new long[capacity];
	}

	void reset() {
		this.size.set(0);
	}

	boolean isFull() {
		return this.size.get() >= this.nanos.length;
	}

	void add(long nanos) {
		int index = this.size.getAndIncrement();
		if (index < this.nanos.length) {
			this.nanos[index] = nanos;
		}
	}

	/**
	 * Return a percentile in microseconds.
	 */
	double micros(double percentile) {
		long[] sorted = Arrays.copyOf(this.nanos, Math.min(this.size.get(), this.nanos.length));
		Arrays.sort(sorted);
		return sorted[(int) Math.min(sorted.length - 1, sorted.length * percentile / 100)] / 1000.0;
	}

}
