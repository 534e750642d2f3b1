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

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the writes that etcd has confirmed with the events that a watch has seen. A
 * watch sees revisions in order, so one that it passes over is lost. Thread-safe.
 */
final class EventTally {

	private final TreeSet<Long> expected = new TreeSet<>();

	private final Set<Long> unconfirmed = new HashSet<>();

	private long latest;

	private long seen;

	private long lost;

	/**
	 * Set the revision before the first that the watch sees.
	 */
	synchronized void start(long revision) {
		this.latest = revision;
	}

	synchronized void confirmed(long revision) {
		if (revision > this.latest) {
			this.expected.add(revision);
		}
		else if (!this.unconfirmed.remove(revision)) {
			this.lost++;
		}
	}

	synchronized void seen(long revision) {
		this.seen++;
		this.latest = Math.max(this.latest, revision);
		if (!this.expected.remove(revision)) {
			this.unconfirmed.add(revision);
		}
		Set<Long> passed = this.expected.headSet(revision);
		this.lost += passed.size();
		passed.clear();
	}

	synchronized long getSeen() {
		return this.seen;
	}

	synchronized long getLost() {
		return this.lost;
	}

	/**
	 * Return how many events are to come.
	 */
	synchronized int getExpected() {
		return this.expected.size();
	}

}
