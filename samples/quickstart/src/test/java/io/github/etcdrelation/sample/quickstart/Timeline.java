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

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What has happened, the latest entries only. Thread-safe.
 */
final class Timeline {

	private static final int CAPACITY = 200;

	private final Deque<Entry> entries = new ArrayDeque<>();

	private long last;

	synchronized void add(Source source, Tone tone, String title, String detail) {
		this.entries.addLast(new Entry(++this.last, Instant.now(), source, tone, title, detail));
		if (this.entries.size() > CAPACITY) {
			this.entries.removeFirst();
		}
	}

	synchronized List<Entry> getEntriesAfter(long id) {
		return this.entries.stream().filter((entry) -> entry.id() > id).toList();
	}

	/**
	 * Where an entry comes from.
	 */
	enum Source {

		BUTTON, EVENT, MEMBER, CALL

	}

	/**
	 * How good the news is.
	 */
	enum Tone {

		GOOD, INFO, WARNING, PROBLEM

	}

	record Entry(long id, Instant time, Source source, Tone tone, String title, String detail) {

	}

}
