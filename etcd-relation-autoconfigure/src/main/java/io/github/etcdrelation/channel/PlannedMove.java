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

package io.github.etcdrelation.channel;

import org.jspecify.annotations.Nullable;

/**
 * The move of a watch to another connection, before which its stream is asked how far it
 * has come. Guarded by the lock of its call.
 */
final class PlannedMove {

	/**
	 * So many answers in a row without an event between them are taken for one that does
	 * not run ahead of events: etcd picks what to send next at random from answers and
	 * events.
	 */
	private static final int ANSWERS = 6;

	private final Attempt<?> from;

	private final int needed;

	private int answers;

	private @Nullable Long revision;

	/**
	 * Create a move.
	 * @param from the stream that is left
	 * @param reliable whether its member answers after all that the answer covers
	 */
	PlannedMove(Attempt<?> from, boolean reliable) {
		this.from = from;
		this.needed = reliable ? 1 : ANSWERS;
	}

	boolean isFrom(Attempt<?> attempt) {
		return this.from == attempt;
	}

	/**
	 * Take note of events, which an answer before may have run ahead of.
	 */
	void interrupted() {
		this.answers = 0;
		this.revision = null;
	}

	/**
	 * Take note of an answer.
	 * @param answered the revision that it shows
	 * @return the revision up to which all was seen, {@code null} if it has to be asked
	 * again
	 */
	@Nullable Long answered(long answered) {
		if (this.revision == null) {
			this.revision = answered;
		}
		return (++this.answers >= this.needed) ? this.revision : null;
	}

}
