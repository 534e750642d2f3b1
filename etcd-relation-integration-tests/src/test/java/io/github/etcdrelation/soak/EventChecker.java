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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import static io.github.etcdrelation.RelationTester.text;

/**
 * Checks the events of sequences as they come: each number of each key once and in order.
 */
final class EventChecker implements Watch.Listener {

	private final Counters counters;

	private final Map<String, Long> numbers = new ConcurrentHashMap<>();

	private final long first;

	private volatile long revision;

	private volatile boolean closing;

	/**
	 * Create a checker.
	 * @param first the number that the first event of each key has
	 */
	EventChecker(Counters counters, long first) {
		this.counters = counters;
		this.first = first;
	}

	@Override
	public void onNext(WatchResponse response) {
		for (WatchEvent event : response.getEvents()) {
			check(event);
		}
	}

	private void check(WatchEvent event) {
		if (event.getEventType() != WatchEvent.EventType.PUT) {
			this.counters.add(Counters.VIOLATIONS, "an event that is no put");
			return;
		}
		this.counters.add(Counters.SEEN);
		String key = text(event.getKeyValue().getKey());
		accept(key, Sequence.number(event.getKeyValue().getValue()), event.getKeyValue().getModRevision());
	}

	void accept(String key, long number, long at) {
		long last = number(key);
		if (number <= last) {
			this.counters.add(Counters.DOUBLED);
		}
		else {
			this.counters.add(Counters.LOST, number - last - 1);
			this.numbers.put(key, number);
		}
		if (at < this.revision) {
			this.counters.add(Counters.DISORDERED);
		}
		this.revision = Math.max(this.revision, at);
	}

	/**
	 * Return the last number seen of a key.
	 */
	long number(String key) {
		return this.numbers.getOrDefault(key, this.first - 1);
	}

	/**
	 * Return the revision of the last event.
	 */
	long revision() {
		return this.revision;
	}

	/**
	 * Expect the end, as the watch is about to be closed.
	 */
	void closing() {
		this.closing = true;
	}

	@Override
	public void onError(Throwable failure) {
		this.counters.add(Counters.LISTENERS, "watch: " + failure);
	}

	@Override
	public void onCompleted() {
		if (!this.closing) {
			this.counters.add(Counters.LISTENERS, "watch: completed");
		}
	}

}
