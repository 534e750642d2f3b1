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

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Records the {@link RelationStatus} of a relation.
 */
final class RelationStatusRecorder {

	private final Clock clock;

	private final Map<RelationState, Instant> states = new EnumMap<>(RelationState.class);

	private List<RequestRefusal> refusals = Collections.emptyList();

	private RelationStatus.@Nullable Refresh lastRefresh;

	private RelationStatus.@Nullable Failure lastFailure;

	private RelationStatus.@Nullable Failure unreadable;

	private RelationStatus.@Nullable Failure pending;

	private long refreshes;

	private long failedRotations;

	RelationStatusRecorder(Clock clock) {
		this.clock = clock;
	}

	synchronized void update(Set<RelationState> current, List<RequestRefusal> refused) {
		this.refusals = refused;
		this.states.keySet().retainAll(current);
		current.forEach((state) -> this.states.computeIfAbsent(state, (gained) -> this.clock.instant()));
	}

	synchronized void refreshed(RelationStatus.Outcome outcome) {
		this.lastRefresh = new RelationStatus.Refresh(this.clock.instant(), outcome);
		this.refreshes++;
	}

	/**
	 * Record data that was refused.
	 * @param first whether it is the first attempt with this data, not a retry
	 */
	synchronized void refused(Throwable reason, boolean first) {
		this.lastFailure = new RelationStatus.Failure(this.clock.instant(), String.valueOf(reason.getMessage()));
		if (first) {
			this.failedRotations++;
		}
	}

	/**
	 * Record that the source cannot be read.
	 */
	synchronized void unreadable(String reason) {
		this.unreadable = failure(reason, this.unreadable);
	}

	/**
	 * Record that the source was read.
	 */
	synchronized void readable() {
		this.unreadable = null;
	}

	/**
	 * Record that the latest data waits to be accepted or replaced.
	 * @param reason why it was refused
	 * @param first whether it is the first attempt with this data, not a retry
	 */
	synchronized void pending(String reason, boolean first) {
		this.pending = failure(reason, first ? null : this.pending);
	}

	/**
	 * Record that the latest data is in use.
	 */
	synchronized void accepted() {
		this.pending = null;
	}

	private RelationStatus.Failure failure(String reason, RelationStatus.@Nullable Failure former) {
		return new RelationStatus.Failure((former != null) ? former.time() : this.clock.instant(), reason);
	}

	synchronized RelationStatus getStatus() {
		return new RelationStatus(this.states, this.refusals, this.lastRefresh, this.lastFailure,
				(this.unreadable != null) ? this.unreadable : this.pending, this.refreshes, this.failedRotations);
	}

}
