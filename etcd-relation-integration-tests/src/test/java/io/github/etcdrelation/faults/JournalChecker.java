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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.faults.Journal.Entry;
import io.github.etcdrelation.faults.Journal.Kind;
import io.github.etcdrelation.faults.JournalProcess.Window;

/**
 * Finds two holders at one time in a journal. What a process wrote that was stopped
 * counts until then: nobody can tell it that it holds no more, so that it may write once
 * when it goes on.
 */
final class JournalChecker {

	/**
	 * Between the time of an entry and its writing.
	 */
	private static final long SLACK = TimeUnit.SECONDS.toNanos(1);

	private final Map<String, List<Window>> stops;

	private final List<String> violations = new ArrayList<>();

	/**
	 * Create a checker.
	 * @param stops when the processes were stopped, by their names
	 */
	JournalChecker(Map<String, List<Window>> stops) {
		this.stops = stops;
	}

	/**
	 * Check a lock: a resource that refuses smaller tokens than it has seen is written to
	 * by one holder at a time.
	 * @return what is wrong
	 */
	List<String> checkLock(List<Entry> entries) {
		List<Entry> accepted = new ArrayList<>();
		Entry latest = null;
		for (Entry entry : entries) {
			if (entry.kind() == Kind.LOST) {
				continue;
			}
			if (latest != null && entry.number() < latest.number()) {
				if (!wasStoppedAfter(entry)) {
					this.violations.add("A write with the smaller token of %s after %s".formatted(entry, latest));
				}
				continue;
			}
			if (latest != null && entry.number() == latest.number() && !entry.process().equals(latest.process())) {
				this.violations.add("Two processes have one token: %s, %s".formatted(latest, entry));
			}
			latest = entry;
			accepted.add(entry);
		}
		checkOverlap(accepted);
		return this.violations;
	}

	/**
	 * Whether it was written when the process went on after a stop, or is of before.
	 */
	private boolean wasStoppedAfter(Entry entry) {
		return this.stops.getOrDefault(entry.process(), List.of())
			.stream()
			.anyMatch((stop) -> entry.time() >= stop.begin() - SLACK && entry.time() <= stop.end());
	}

	private boolean wasStoppedAt(String process, long time) {
		return this.stops.getOrDefault(process, List.of())
			.stream()
			.anyMatch((stop) -> time >= stop.begin() - SLACK && time - SLACK <= stop.end());
	}

	/**
	 * Check leaderships: the clock alone tells that there is one at a time.
	 * @return what is wrong
	 */
	List<String> checkLeader(List<Entry> entries) {
		entries.stream()
			.filter((entry) -> entry.kind() == Kind.LOST && !wasStoppedAt(entry.process(), entry.time()))
			.forEach((entry) -> this.violations.add("Granted without leading, or revoked while leading: " + entry));
		checkOverlap(entries);
		return this.violations;
	}

	private void checkOverlap(List<Entry> entries) {
		Map<String, Holding> holdings = new LinkedHashMap<>();
		for (Entry entry : entries) {
			String key = entry.process() + " " + entry.number();
			if (entry.kind() == Kind.BEGIN) {
				holdings.put(key, new Holding(entry.process(), entry.time()));
			}
			else if (holdings.containsKey(key)) {
				holdings.get(key).add(entry, this.stops.getOrDefault(entry.process(), List.of()));
			}
		}
		List<Holding> sorted = new ArrayList<>(holdings.values());
		sorted.sort(Comparator.comparingLong((holding) -> holding.begin));
		Holding longest = null;
		for (Holding holding : sorted) {
			if (longest != null && holding.begin < longest.end) {
				this.violations.add("Two hold at once: %s, %s".formatted(longest, holding));
			}
			if (longest == null || holding.end > longest.end) {
				longest = holding;
			}
		}
	}

	/**
	 * The time in which a process held.
	 */
	private static final class Holding {

		private final String process;

		private final long begin;

		private long end;

		private Holding(String process, long begin) {
			this.process = process;
			this.begin = begin;
			this.end = begin;
		}

		private void add(Entry entry, List<Window> stops) {
			// That it was told late that it had ended is no holding
			boolean told = entry.kind() == Kind.END
					&& stops.stream().anyMatch((stop) -> stop.begin() >= this.begin && stop.begin() < entry.time());
			if (!told) {
				this.end = Math.max(this.end, entry.time());
			}
		}

		@Override
		public String toString() {
			return "%s from %d to %d ms".formatted(this.process, this.begin / 1_000_000, this.end / 1_000_000);
		}

	}

}
