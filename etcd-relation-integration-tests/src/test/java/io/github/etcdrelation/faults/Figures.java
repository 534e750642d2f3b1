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

package io.github.etcdrelation.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one round cost, and which bars it broke.
 */
final class Figures {

	private final String round;

	private final List<String> failures = new ArrayList<>();

	private final List<String> told = new ArrayList<>();

	private final List<String> violations = new ArrayList<>();

	private final List<String> broken = new ArrayList<>();

	private double calls;

	private double callsAtRest;

	private int failedGets;

	private int failedPuts;

	private double slowestSeconds;

	private double watchDelaySeconds;

	private @Nullable Double backSeconds;

	Figures(String round) {
		this.round = round;
	}

	/**
	 * Add the figures of the calls that ran in a time.
	 * @param atRest successful calls each second
	 */
	Figures measure(History history, long begin, long end, double atRest) {
		List<Call> calls = history.calls();
		this.calls += rate(calls, begin, end) * seconds(end - begin);
		this.callsAtRest += atRest * seconds(end - begin);
		Map<Long, Call> written = new HashMap<>();
		for (Call call : history.allCalls()) {
			if (call.isPut() && call.isSuccessful() && call.end() >= begin && call.begin() <= end) {
				written.put(call.revision(), call);
			}
		}
		for (Call call : calls) {
			if (call.end() < begin || call.begin() > end) {
				continue;
			}
			double seconds = seconds(call.end() - call.begin());
			this.slowestSeconds = Math.max(this.slowestSeconds, seconds);
			if (call.isSuccessful()) {
				continue;
			}
			if (call.isGet()) {
				this.failedGets++;
			}
			else {
				this.failedPuts++;
			}
			this.failures.add((call.isGet() ? "get: " : "put: ") + call.failure());
		}
		history.watches().forEach((watch) -> measure(watch, written));
		return this;
	}

	private void measure(WatchLog watch, Map<Long, Call> written) {
		Map<Long, Call> missing = new HashMap<>(written);
		for (WatchLog.Seen event : watch.events()) {
			Call write = missing.remove(event.revision());
			if (write != null) {
				this.watchDelaySeconds = Math.max(this.watchDelaySeconds, seconds(event.nanos() - write.end()));
			}
		}
		for (Call write : missing.values()) {
			if (watch.covers(write, write.keys().get(0))) {
				this.watchDelaySeconds = Math.max(this.watchDelaySeconds, seconds(System.nanoTime() - write.end()));
			}
		}
	}

	/**
	 * Return the successful calls each second.
	 */
	static double rate(Collection<Call> calls, long begin, long end) {
		long count = calls.stream()
			.filter((call) -> call.isSuccessful() && call.end() >= begin && call.end() < end)
			.count();
		return count / seconds(end - begin);
	}

	private static double seconds(long nanos) {
		return nanos / 1e9;
	}

	Figures told(List<String> told) {
		this.told.addAll(told);
		return this;
	}

	Figures violations(List<String> violations) {
		this.violations.addAll(violations);
		return this;
	}

	Figures back(double seconds) {
		this.backSeconds = seconds;
		return this;
	}

	/**
	 * Hold the round to a bar.
	 */
	Figures expect(boolean kept, String bar) {
		if (!kept) {
			this.broken.add(bar);
		}
		return this;
	}

	String summary() {
		return String.format(Locale.ROOT,
				"%s: %.2f of the calls at rest, %d gets and %d puts failed, slowest %.1f s, latest watch %.1f s",
				this.round, share(), this.failedGets, this.failedPuts, this.slowestSeconds, this.watchDelaySeconds);
	}

	String round() {
		return this.round;
	}

	double share() {
		return this.calls / this.callsAtRest;
	}

	int failedGets() {
		return this.failedGets;
	}

	int failedPuts() {
		return this.failedPuts;
	}

	double slowestSeconds() {
		return this.slowestSeconds;
	}

	double watchDelaySeconds() {
		return this.watchDelaySeconds;
	}

	@Nullable Double backSeconds() {
		return this.backSeconds;
	}

	List<String> failures() {
		return this.failures;
	}

	List<String> told() {
		return this.told;
	}

	List<String> violations() {
		return this.violations;
	}

	List<String> broken() {
		return this.broken;
	}

}
