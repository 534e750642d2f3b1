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

import java.util.Collection;
import java.util.Locale;

/**
 * Median and spread of a figure over all rounds; rounds without the figure do not count.
 */
record Statistics(double min, double median, double max) {

	static Statistics of(Collection<Double> values) {
		double[] sorted = values.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).sorted().toArray();
		if (sorted.length == 0) {
			return new Statistics(Double.NaN, Double.NaN, Double.NaN);
		}
		double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
		return new Statistics(sorted[0], median, sorted[sorted.length - 1]);
	}

	String format() {
		return "%s (%s..%s)".formatted(format(this.median), format(this.min), format(this.max));
	}

	static String format(double value) {
		if (!Double.isFinite(value)) {
			return "?";
		}
		return String.format(Locale.ROOT, (value >= 100) ? "%,.0f" : (value >= 10) ? "%.1f" : "%.2f", value);
	}

}
