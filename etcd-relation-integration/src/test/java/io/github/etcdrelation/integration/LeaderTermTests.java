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

package io.github.etcdrelation.integration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LeaderTerm}.
 */
class LeaderTermTests {

	private final QueueEntry entry = mock(QueueEntry.class);

	private final LeaderTerm term = new LeaderTerm(this.entry, "role");

	LeaderTermTests() {
		given(this.entry.isHeld()).willReturn(true);
	}

	@Test
	void lateLossOfAnEarlierLeadershipEndsNoOther() {
		this.term.lose(mock(QueueEntry.class));
		assertThat(this.term.isLeader()).isTrue();
		this.term.lose(this.entry);
		assertThat(this.term.isLeader()).isFalse();
		assertThat(this.term.getLoss()).isDone();
	}

	@Test
	void grantThatEndsAfterTheRevocationIsRevokedAgain() {
		assertThat(this.term.announce()).isTrue();
		assertThat(this.term.revoke(true)).isTrue();
		assertThat(this.term.endGrant()).isTrue();
	}

	@Test
	void grantThatIsNotWaitedForIsRevokedOnce() {
		assertThat(this.term.announce()).isTrue();
		assertThat(this.term.revoke(false)).isTrue();
		assertThat(this.term.endGrant()).isFalse();
	}

	@Test
	void grantThatEndsBeforeTheRevocationIsRevokedOnce() {
		assertThat(this.term.announce()).isTrue();
		assertThat(this.term.endGrant()).isFalse();
		assertThat(this.term.revoke(true)).isTrue();
	}

	@Test
	void leadershipThatHasEndedIsNotAnnounced() {
		this.term.yield();
		assertThat(this.term.announce()).isFalse();
		assertThat(this.term.revoke(true)).isFalse();
		assertThat(this.term.endGrant()).isFalse();
	}

}
