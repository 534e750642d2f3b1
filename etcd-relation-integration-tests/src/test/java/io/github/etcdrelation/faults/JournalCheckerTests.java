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

package io.github.etcdrelation.faults;

import java.util.List;
import java.util.Map;

import io.github.etcdrelation.faults.Journal.Entry;
import io.github.etcdrelation.faults.Journal.Kind;
import io.github.etcdrelation.faults.JournalProcess.Window;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JournalChecker}.
 */
class JournalCheckerTests {

	private final JournalChecker checker = new JournalChecker(Map.of("stopped", List.of(new Window(15, 30))));

	@Test
	void holdersOneAfterTheOther() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "a", 10), new Entry(Kind.END, 1, "a", 20),
				new Entry(Kind.BEGIN, 2, "b", 20), new Entry(Kind.END, 2, "b", 30));
		assertThat(this.checker.checkLock(entries)).isEmpty();
		assertThat(this.checker.checkLeader(entries)).isEmpty();
	}

	@Test
	void twoHoldAtOnce() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "a", 10), new Entry(Kind.END, 1, "a", 21),
				new Entry(Kind.BEGIN, 2, "b", 20));
		assertThat(this.checker.checkLeader(entries)).singleElement().asString().startsWith("Two hold at once");
	}

	@Test
	void smallerToken() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "a", 10), new Entry(Kind.BEGIN, 2, "b", 20),
				new Entry(Kind.END, 1, "a", 30));
		assertThat(this.checker.checkLock(entries)).singleElement().asString().startsWith("A write with the smaller");
	}

	@Test
	void smallerTokenOfAProcessThatWasStopped() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "stopped", 10), new Entry(Kind.BEGIN, 2, "b", 20),
				new Entry(Kind.END, 1, "stopped", 30), new Entry(Kind.END, 2, "b", 40));
		assertThat(this.checker.checkLock(entries)).isEmpty();
	}

	@Test
	void leaderThatWasStoppedIsToldLate() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "stopped", 10), new Entry(Kind.WORK, 1, "stopped", 14),
				new Entry(Kind.BEGIN, 1, "b", 20), new Entry(Kind.END, 1, "stopped", 31));
		assertThat(this.checker.checkLeader(entries)).isEmpty();
	}

	@Test
	void leaderThatWasStoppedWorksOn() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "stopped", 10), new Entry(Kind.BEGIN, 1, "b", 20),
				new Entry(Kind.WORK, 1, "stopped", 31));
		assertThat(this.checker.checkLeader(entries)).singleElement().asString().startsWith("Two hold at once");
	}

	@Test
	void oneTokenOfTwoProcesses() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "a", 10), new Entry(Kind.BEGIN, 1, "b", 20));
		assertThat(this.checker.checkLock(entries)).singleElement().asString().startsWith("Two processes have");
	}

	@Test
	void leaderIsToldAtTheWrongTime() {
		List<Entry> entries = List.of(new Entry(Kind.BEGIN, 1, "a", 10), new Entry(Kind.LOST, 1, "a", 20),
				new Entry(Kind.LOST, 1, "stopped", 31));
		assertThat(this.checker.checkLeader(entries)).singleElement().asString().startsWith("Granted without leading");
	}

}
