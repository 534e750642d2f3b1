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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What a run is held to. A short one is held to rough growth only.
 */
final class SoakBars {

	private static final double HEAP_PERCENT = 2;

	private static final double DIRECT_PERCENT = 50;

	private static final double ROUGH_PERCENT = 50;

	private static final List<String> NONE = List.of(Counters.ENDLESS, Counters.FAILED, Counters.LOST, Counters.DOUBLED,
			Counters.DISORDERED, Counters.LISTENERS, Counters.VIOLATIONS, "relation events: EtcdRotationFailedEvent");

	// As many as may fail in the suites of faults
	private static final int OPEN_OF_A_FAULT = 24;

	private final Counters counters;

	private final Trend trend;

	private final List<String> broken = new ArrayList<>();

	SoakBars(Counters counters, Trend trend) {
		this.counters = counters;
		this.trend = trend;
	}

	List<String> broken() {
		NONE.forEach((name) -> expectAtMost(name, 0));
		long disturbances = this.counters.get(Counters.FAULTS) + 3 * this.counters.get(Counters.AUTHORITIES);
		expectAtMost(Counters.OPEN, OPEN_OF_A_FAULT * disturbances);
		expectSome(Counters.SEEN, Counters.ROTATIONS, Counters.FAULTS, "turns", "short watches");
		expectGrowth("heap", Sample::heap, HEAP_PERCENT);
		expectGrowth("threads", Sample::threadCount, 0);
		expectGrowth("open files", Sample::fileCount, 0);
		// Arenas grow by chunks
		expectGrowth("Netty's direct memory", Sample::netty, DIRECT_PERCENT);
		return this.broken;
	}

	private void expectAtMost(String name, long most) {
		long count = this.counters.get(name);
		if (count > most) {
			this.broken.add("%d %s, at most %d expected".formatted(count, name, most));
		}
	}

	private void expectSome(String... names) {
		for (String name : names) {
			if (this.counters.get(name) == 0) {
				this.broken.add("no " + name);
			}
		}
	}

	private void expectGrowth(String name, ToLongFunction<Sample> figure, double percent) {
		double limit = this.trend.isLong() ? percent : ROUGH_PERCENT;
		double growth = this.trend.growth(figure);
		if (growth > limit) {
			this.broken
				.add(String.format(Locale.ROOT, "%s grew by %.2f %%, at most %.0f %% expected", name, growth, limit));
		}
	}

}
