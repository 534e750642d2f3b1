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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * When a watch saw the numbered events that {@link EventWriter} writes, among others.
 */
final class Arrivals implements Consumer<String> {

	private final Map<Integer, Long> millis = new ConcurrentHashMap<>();

	private volatile boolean begun;

	@Override
	public void accept(String value) {
		this.begun = true;
		if (value.startsWith(EventWriter.VALUE)) {
			this.millis.putIfAbsent(Integer.valueOf(value.substring(EventWriter.VALUE.length())),
					System.currentTimeMillis());
		}
	}

	/**
	 * Return whether the watch has seen anything.
	 */
	boolean hasBegun() {
		return this.begun;
	}

	boolean hasAll(Collection<Integer> events) {
		return this.millis.keySet().containsAll(events);
	}

	/**
	 * Return when an event was seen, or not a number if it was not.
	 */
	double millis(int event) {
		Long arrival = this.millis.get(event);
		return (arrival != null) ? arrival : Double.NaN;
	}

}
