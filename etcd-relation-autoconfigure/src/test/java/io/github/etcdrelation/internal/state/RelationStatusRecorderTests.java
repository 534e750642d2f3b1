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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.RelationState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link RelationStatusRecorder}.
 */
class RelationStatusRecorderTests {

	private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

	private final TestClock clock = new TestClock(START);

	private final RelationStatusRecorder history = new RelationStatusRecorder(this.clock);

	@Test
	void nothingHasHappenedAtFirst() {
		assertThat(this.history.getStatus()).isEqualTo(new RelationStatus(Map.of(), List.of(), null, null, null, 0, 0));
	}

	@Test
	void stateHoldsSinceItWasGained() {
		this.history.update(Set.of(RelationState.CONNECTED), List.of());
		this.clock.advance();
		this.history.update(EnumSet.of(RelationState.CONNECTED, RelationState.AVAILABLE), List.of());
		this.clock.advance();
		this.history.update(EnumSet.of(RelationState.CONNECTED, RelationState.AVAILABLE), List.of());
		assertThat(this.history.getStatus().states()).containsExactly(entry(RelationState.CONNECTED, START),
				entry(RelationState.AVAILABLE, START.plusSeconds(1)));
	}

	@Test
	void stateThatWasLostHoldsAgainSinceItCameBack() {
		this.history.update(Set.of(RelationState.CONNECTED), List.of());
		this.history.update(Set.of(), List.of());
		assertThat(this.history.getStatus().states()).isEmpty();
		this.clock.advance();
		this.history.update(Set.of(RelationState.CONNECTED), List.of());
		assertThat(this.history.getStatus().states())
			.containsExactly(entry(RelationState.CONNECTED, START.plusSeconds(1)));
	}

	@Test
	void lastRefreshIsKept() {
		this.history.refreshed(RelationStatus.Outcome.CHANGED);
		this.clock.advance();
		this.history.refreshed(RelationStatus.Outcome.UNCHANGED);
		RelationStatus status = this.history.getStatus();
		assertThat(status.refreshes()).isEqualTo(2);
		assertThat(status.lastRefresh())
			.isEqualTo(new RelationStatus.Refresh(START.plusSeconds(1), RelationStatus.Outcome.UNCHANGED));
	}

	@Test
	void failureCountsOnceWhenTheSameDataIsTriedAgain() {
		this.history.refused(new IllegalStateException("first"), true);
		this.clock.advance();
		assertThat(this.history.getStatus().failedRotations()).isEqualTo(1);
		this.history.refused(new IllegalStateException("again"), false);
		RelationStatus status = this.history.getStatus();
		assertThat(status.failedRotations()).isEqualTo(1);
		assertThat(status.lastFailure()).isEqualTo(new RelationStatus.Failure(START.plusSeconds(1), "again"));
	}

	@Test
	void refusedDataIsPendingSinceItWasFirstRefused() {
		this.history.pending("first", true);
		this.clock.advance();
		this.history.pending("again", false);
		assertThat(this.history.getStatus().pending()).isEqualTo(new RelationStatus.Failure(START, "again"));
		this.history.pending("other", true);
		assertThat(this.history.getStatus().pending())
			.isEqualTo(new RelationStatus.Failure(START.plusSeconds(1), "other"));
		this.history.accepted();
		assertThat(this.history.getStatus().pending()).isNull();
	}

	@Test
	void sourceThatCannotBeReadHidesRefusedData() {
		this.history.pending("refused", true);
		this.clock.advance();
		this.history.unreadable("unreadable");
		this.clock.advance();
		this.history.unreadable("still unreadable");
		assertThat(this.history.getStatus().pending())
			.isEqualTo(new RelationStatus.Failure(START.plusSeconds(1), "still unreadable"));
		this.history.readable();
		assertThat(this.history.getStatus().pending()).isEqualTo(new RelationStatus.Failure(START, "refused"));
	}

}
