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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.etcdrelation.faults.Texts;

/**
 * Counts by name instead of a history, which would grow.
 */
final class Counters {

	static final String CALLS = "calls";

	static final String ENDLESS = "calls without end";

	static final String FAILED = "failed";

	static final String OPEN = "writes whose outcome is open";

	static final String SEEN = "events seen";

	static final String LOST = "events lost";

	static final String DOUBLED = "events doubled";

	static final String DISORDERED = "events out of order";

	static final String LISTENERS = "failures that listeners got";

	static final String VIOLATIONS = "violations";

	static final String ROTATIONS = "rotations";

	static final String AUTHORITIES = "authorities replaced";

	static final String FAULTS = "faults";

	/**
	 * What each line of the report's table counts.
	 */
	static final List<String> COLUMNS = List.of(CALLS, FAILED, OPEN, SEEN, LOST, DOUBLED, DISORDERED, ROTATIONS,
			FAULTS);

	private static final int TEXTS = 60;

	private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

	private final Set<String> texts = ConcurrentHashMap.newKeySet();

	void add(String name) {
		add(name, 1);
	}

	void add(String name, long count) {
		this.counts.computeIfAbsent(name, (key) -> new LongAdder()).add(count);
	}

	/**
	 * Count with a text, of which those that differ are kept up to a limit.
	 */
	void add(String name, String text) {
		add(name);
		if (this.texts.size() < TEXTS) {
			this.texts.add(name + ": " + Texts.normalize(text));
		}
	}

	long get(String name) {
		LongAdder count = this.counts.get(name);
		return (count != null) ? count.sum() : 0;
	}

	Map<String, Long> all() {
		Map<String, Long> all = new TreeMap<>();
		this.counts.forEach((name, count) -> all.put(name, count.sum()));
		return all;
	}

	Set<String> texts() {
		return this.texts;
	}

}
