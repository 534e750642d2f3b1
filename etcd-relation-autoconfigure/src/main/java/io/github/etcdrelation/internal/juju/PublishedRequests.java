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

package io.github.etcdrelation.internal.juju;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The requests that are known to be published, which are not compared again with each
 * look. After a minute they are, since others may have changed them, as the leader
 * between two looks.
 */
final class PublishedRequests {

	static final Duration LIFETIME = Duration.ofMinutes(1);

	private final LongSupplier nanoTime;

	private final Map<String, Entry> entries = new HashMap<>();

	PublishedRequests(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Return whether a request is known to be published.
	 * @param relationId the id of its relation
	 * @param request what it consists of
	 * @return whether it is, and was so not long ago
	 */
	boolean contains(String relationId, Object request) {
		Entry entry = this.entries.get(relationId);
		return entry != null && entry.request().equals(request)
				&& this.nanoTime.getAsLong() - entry.since() < LIFETIME.toNanos();
	}

	/**
	 * Record that a request is published.
	 */
	void add(String relationId, Object request) {
		this.entries.put(relationId, new Entry(request, this.nanoTime.getAsLong()));
	}

	/**
	 * Forget the request of a relation.
	 */
	void remove(String relationId) {
		this.entries.remove(relationId);
	}

	/**
	 * Forget the requests of all other relations.
	 */
	void retain(Collection<String> relationIds) {
		this.entries.keySet().retainAll(relationIds);
	}

	/**
	 * Forget all requests, which another unit may change from now on.
	 */
	void clear() {
		this.entries.clear();
	}

	/**
	 * A request that is published.
	 *
	 * @param request what it consists of
	 * @param since when that was found
	 */
	private record Entry(Object request, long since) {

	}

}
