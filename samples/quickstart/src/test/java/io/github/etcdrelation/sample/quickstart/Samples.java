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

package io.github.etcdrelation.sample.quickstart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What calls took in each second of the last five minutes. Thread-safe.
 */
final class Samples {

	private static final int SECONDS = 300;

	private final Deque<Sample> samples = new ArrayDeque<>();

	private List<Long> durations = new ArrayList<>();

	private int failures;

	private int open;

	synchronized void succeeded(long nanos) {
		this.durations.add(nanos);
	}

	synchronized void failed() {
		this.failures++;
	}

	/**
	 * Count a write of which nobody knows whether it was carried out.
	 */
	synchronized void leftOpen() {
		this.open++;
	}

	/**
	 * End the current second.
	 * @param time its end in seconds since the epoch
	 */
	synchronized void tick(long time) {
		Collections.sort(this.durations);
		int calls = this.durations.size();
		Double p99 = (calls > 0) ? this.durations.get((calls - 1) * 99 / 100) / 1000 / 1000.0 : null;
		this.samples.addLast(new Sample(time, calls, p99, this.failures, this.open));
		if (this.samples.size() > SECONDS) {
			this.samples.removeFirst();
		}
		this.durations = new ArrayList<>();
		this.failures = 0;
		this.open = 0;
	}

	synchronized List<Sample> getSamplesAfter(long time) {
		return this.samples.stream().filter((sample) -> sample.time() > time).toList();
	}

	record Sample(long time, int calls, @Nullable Double p99, int failures, int open) {

	}

}
