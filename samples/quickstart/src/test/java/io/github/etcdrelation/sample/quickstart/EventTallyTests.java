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

package io.github.etcdrelation.sample.quickstart;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventTally}.
 */
class EventTallyTests {

	private final EventTally tally = new EventTally();

	@Test
	void eventMayComeBeforeOrAfterConfirmation() {
		this.tally.start(4);
		this.tally.confirmed(5);
		assertThat(this.tally.getExpected()).isOne();
		this.tally.seen(5);
		this.tally.seen(6);
		this.tally.confirmed(6);
		assertThat(this.tally.getExpected()).isZero();
		assertThat(this.tally.getSeen()).isEqualTo(2);
		assertThat(this.tally.getLost()).isZero();
	}

	@Test
	void eventOfWriteThatNobodyConfirmedIsNotLost() {
		this.tally.seen(5);
		this.tally.confirmed(6);
		this.tally.seen(6);
		assertThat(this.tally.getLost()).isZero();
	}

	@Test
	void eventThatIsPassedOverIsLost() {
		this.tally.confirmed(5);
		this.tally.seen(6);
		assertThat(this.tally.getLost()).isOne();
		assertThat(this.tally.getExpected()).isZero();
	}

	@Test
	void confirmationOfEventThatWasPassedOverIsLost() {
		this.tally.seen(6);
		this.tally.confirmed(5);
		assertThat(this.tally.getLost()).isOne();
	}

}
