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

package io.github.etcdrelation.internal.channel;

import org.jspecify.annotations.Nullable;

/**
 * The move of a watch to another connection, before which its progress is requested on
 * the former one. Guarded by the lock of its call.
 */
final class PlannedMove {

	/**
	 * This many responses in a row without events count as one that does not overtake
	 * events: etcd picks at random whether responses or events are sent next.
	 */
	private static final int ANSWERS = 6;

	private final Attempt<?> from;

	private final int needed;

	private int answers;

	private @Nullable Long revision;

	/**
	 * Create a move.
	 * @param from the stream to move from
	 * @param reliable whether its member responds after all covered events
	 */
	PlannedMove(Attempt<?> from, boolean reliable) {
		this.from = from;
		this.needed = reliable ? 1 : ANSWERS;
	}

	boolean isFrom(Attempt<?> attempt) {
		return this.from == attempt;
	}

	/**
	 * Record events, which a previous response may have overtaken.
	 */
	void interrupted() {
		this.answers = 0;
		this.revision = null;
	}

	/**
	 * Record a progress response.
	 * @param answered its revision
	 * @return the revision up to which all was seen, {@code null} to ask again
	 */
	@Nullable Long answered(long answered) {
		if (this.revision == null) {
			this.revision = answered;
		}
		return (++this.answers >= this.needed) ? this.revision : null;
	}

}
