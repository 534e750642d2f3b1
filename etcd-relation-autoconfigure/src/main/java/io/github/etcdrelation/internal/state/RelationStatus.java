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

package io.github.etcdrelation.internal.state;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * States and counters of a relation so far, for monitoring.
 *
 * @param states the current states, each with the time since which it holds
 * @param refusals what its provider refuses
 * @param lastRefresh when its source was last read, {@code null} if never
 * @param lastFailure when its data was last refused, {@code null} if never
 * @param pending the refused data that waits to be accepted or replaced, with the time
 * since which it does, {@code null} if there is none
 * @param refreshes how often its source was read
 * @param failedRotations how often new data could not be read or used
 */
public record RelationStatus(Map<RelationState, Instant> states, List<RequestRefusal> refusals,
		@Nullable Refresh lastRefresh, @Nullable Failure lastFailure, @Nullable Failure pending, long refreshes,
		long failedRotations) {

	/**
	 * Create a new instance.
	 */
	public RelationStatus {
		Map<RelationState, Instant> copy = new EnumMap<>(RelationState.class);
		copy.putAll(states);
		states = Collections.unmodifiableMap(copy);
		refusals = List.copyOf(refusals);
	}

	/**
	 * Outcome of reading a source.
	 */
	public enum Outcome {

		/**
		 * The data changed.
		 */
		CHANGED,

		/**
		 * The data is the same as before.
		 */
		UNCHANGED,

		/**
		 * The source could not be read.
		 */
		FAILED

	}

	/**
	 * One read of the source.
	 *
	 * @param time when it happened
	 * @param outcome its outcome
	 */
	public record Refresh(Instant time, Outcome outcome) {

	}

	/**
	 * One refusal of data.
	 *
	 * @param time when it happened
	 * @param reason why, without key material
	 */
	public record Failure(Instant time, String reason) {

	}

}
