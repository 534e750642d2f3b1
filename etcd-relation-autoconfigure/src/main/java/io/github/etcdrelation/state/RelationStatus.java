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

package io.github.etcdrelation.state;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

import io.github.etcdrelation.RelationState;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a relation so far, for those who watch over the application.
 *
 * @param states the states that hold now, each with the time since when
 * @param lastRefresh when its source was last read, {@code null} if never
 * @param lastFailure when its data was last refused, {@code null} if never
 * @param refreshes how often its source was read
 * @param failedRotations how often new data could not be read or used
 * @since 0.1.0
 */
public record RelationStatus(Map<RelationState, Instant> states, @Nullable Refresh lastRefresh,
		@Nullable Failure lastFailure, long refreshes, long failedRotations) {

	/**
	 * Create a new instance.
	 */
	public RelationStatus {
		Map<RelationState, Instant> copy = new EnumMap<>(RelationState.class);
		copy.putAll(states);
		states = Collections.unmodifiableMap(copy);
	}

	/**
	 * What a source showed when it was read.
	 */
	public enum Outcome {

		/**
		 * Other data than before.
		 */
		CHANGED,

		/**
		 * The same data as before.
		 */
		UNCHANGED,

		/**
		 * Nothing: it could not be read.
		 */
		FAILED

	}

	/**
	 * One time that the source was read.
	 *
	 * @param time when that was
	 * @param outcome what it showed
	 */
	public record Refresh(Instant time, Outcome outcome) {

	}

	/**
	 * One time that data was refused.
	 *
	 * @param time when that was
	 * @param reason why, without key material
	 */
	public record Failure(Instant time, String reason) {

	}

}
