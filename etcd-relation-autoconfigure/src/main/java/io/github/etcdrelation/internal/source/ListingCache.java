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

package io.github.etcdrelation.internal.source;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Saves listing a directory again as long as the times of the directory and of all that
 * was found in it stay the same. It is not thread-safe.
 */
final class ListingCache {

	/**
	 * How coarse the times of a file system may be. A change that comes sooner after
	 * another may not show.
	 */
	static final Duration GRANULARITY = Duration.ofSeconds(2);

	private final LongSupplier nanoTime;

	private @Nullable FileSnapshots stamps;

	private long since;

	private boolean reliable;

	ListingCache(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Take a listing. It can be relied on if the times were already the same well before
	 * it was made, by this machine's clock, which need not be that of the file system.
	 */
	void take(DirectoryContent content) {
		FileSnapshots latest = content.listingStamps();
		long now = this.nanoTime.getAsLong();
		if (!latest.equals(this.stamps)) {
			this.stamps = latest;
			this.since = now;
			this.reliable = false;
		}
		else {
			this.reliable = content.isPresent() && !content.hasUnresolved()
					&& now - this.since >= GRANULARITY.toNanos();
		}
	}

	void forget() {
		this.stamps = null;
		this.reliable = false;
	}

	/**
	 * Return whether another listing would show the same.
	 */
	boolean isCurrent() {
		return this.reliable && this.stamps != null && this.stamps.isCurrent();
	}

}
