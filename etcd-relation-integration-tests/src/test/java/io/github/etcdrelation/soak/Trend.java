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

package io.github.etcdrelation.soak;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How samples develop. Medians of several are compared, so that noise does not decide.
 */
final class Trend {

	static final int WINDOW = 10;

	private final List<Sample> samples;

	Trend(List<Sample> samples) {
		this.samples = samples;
	}

	/**
	 * Return whether there are enough samples to be strict about growth.
	 */
	boolean isLong() {
		return this.samples.size() >= 3 * WINDOW;
	}

	/**
	 * Return the first sample, after a round of warm-up.
	 */
	long start(ToLongFunction<Sample> figure) {
		return figure.applyAsLong(this.samples.get(0));
	}

	/**
	 * Return the median of the samples from the tenth round on, in short runs of the
	 * second third.
	 */
	long early(ToLongFunction<Sample> figure) {
		int from = Math.min(WINDOW, this.samples.size() / 3);
		return median(this.samples.subList(from, from + window()), figure);
	}

	/**
	 * Return the median of the last samples.
	 */
	long late(ToLongFunction<Sample> figure) {
		return median(this.samples.subList(this.samples.size() - window(), this.samples.size()), figure);
	}

	/**
	 * Return the growth from {@link #early} to {@link #late} in percent.
	 */
	double growth(ToLongFunction<Sample> figure) {
		long early = early(figure);
		return (early == 0) ? 0 : (late(figure) - early) * 100.0 / early;
	}

	private int window() {
		return Math.max(1, Math.min(WINDOW, this.samples.size() / 3));
	}

	private static long median(List<Sample> samples, ToLongFunction<Sample> figure) {
		long[] sorted = samples.stream().mapToLong(figure).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
