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

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedKeys}.
 */
class SharedKeysTests {

	private final SharedKeys keys = new SharedKeys();

	private final ByteString key = ByteString.copyFromUtf8("lock/1");

	@Test
	void onlyCallThatLeavesDeletesWhatItWrote() {
		SharedKeys.Use use = this.keys.use(this.key);
		use.written(7);
		assertThat(use.leave(true)).isEqualTo(7);
	}

	@Test
	void callThatDidNotCreateTheKeyDeletesNothing() {
		SharedKeys.Use use = this.keys.use(this.key);
		use.written(7);
		assertThat(use.leave(false)).isZero();
	}

	@Test
	void callThatLeavesFirstDeletesNothingAndTheLastDeletesWhatWasWrittenLast() {
		SharedKeys.Use first = this.keys.use(this.key);
		SharedKeys.Use second = this.keys.use(this.key);
		second.written(9);
		first.written(7);
		assertThat(first.leave(true)).isZero();
		assertThat(second.leave(true)).isEqualTo(9);
	}

	@Test
	void keyIsNotDeletedWhenAnotherCallWasToldThatItHoldsIt() {
		SharedKeys.Use first = this.keys.use(this.key);
		SharedKeys.Use second = this.keys.use(this.key);
		second.written(9);
		first.hold();
		assertThat(second.leave(true)).isZero();
	}

	@Test
	void callsThatFollowEachOtherShareNothing() {
		SharedKeys.Use first = this.keys.use(this.key);
		first.written(9);
		first.hold();
		SharedKeys.Use second = this.keys.use(this.key);
		second.written(11);
		assertThat(second.leave(true)).isEqualTo(11);
	}

}
