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

import io.github.etcdrelation.faults.WatchLog.Seen;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Histories made by hand, each with one violation or none.
 */
class HistoryCheckerTests {

	private final History history = new History();

	@Test
	void correctHistoryHasNoViolation() {
		this.history.add(put("a", "1", 0).written(2, 10), get("a", 11).read(2, 2, "1", 20),
				put("a", "2", 21).written(3, 30), get("a", 31).read(3, 3, "2", 40));
		this.history.addFinal(get("a", 100).read(3, 3, "2", 101));
		this.history.add(watch(2, seen(1, 2, "a", "1"), seen(2, 3, "a", "2")));
		this.history.add(new Hold("lock", "x", 5).fenced(7).fenced(8));
		this.history.add(new Hold("lock", "y", 6).fenced(9).fenced(10));
		assertViolations();
	}

	@Test
	void failedPutMayHaveHappenedOrNot() {
		this.history.add(failedPut("a", "1", 0, 10), failedPut("a", "2", 11, 20), get("a", 21).read(2, 2, "2", 30));
		this.history.addFinal(get("a", 100).read(2, 2, "2", 101));
		this.history.add(watch(2, seen(1, 2, "a", "2")));
		assertViolations();
	}

	@Test
	void concurrentCallsMaySeeEitherState() {
		this.history.add(put("a", "1", 0).written(2, 10), put("a", "2", 11).written(3, 50),
				get("a", 20).read(3, 3, "2", 30), get("a", 15).read(2, 2, "1", 40));
		this.history.addFinal(get("a", 100).read(3, 3, "2", 101));
		assertViolations();
	}

	@Test
	void acknowledgedPutThatIsGoneIsFound() {
		this.history.add(put("a", "1", 0).written(2, 10));
		assertViolations("Lost: ");
	}

	@Test
	void acknowledgedPutBehindAnOlderOneIsFound() {
		this.history.add(put("a", "1", 0).written(2, 10), put("a", "2", 11).written(3, 20));
		this.history.addFinal(get("a", 100).read(3, 2, "1", 101));
		assertViolations("Lost: ");
	}

	@Test
	void anotherValueAtTheEndIsFound() {
		this.history.add(put("a", "1", 0).written(2, 10));
		this.history.addFinal(get("a", 100).read(2, 2, "2", 101));
		assertViolations("Another value: ");
	}

	@Test
	void revisionOfTwoWritesIsFound() {
		this.history.add(put("a", "1", 0).written(2, 10), put("b", "2", 0).written(2, 10));
		this.history.addFinal(get("a", 100).read(2, 2, "1", 101));
		this.history.addFinal(get("b", 100).read(2, 2, "2", 101));
		assertViolations("Two writes have one revision: ");
	}

	@Test
	void readBehindAPutIsFound() {
		this.history.add(failedPut("a", "0", 0, 1), put("a", "1", 5).written(3, 10), get("a", 11).read(3, 2, "0", 20));
		this.history.addFinal(get("a", 100).read(3, 3, "1", 101));
		assertViolations("Went back: ");
	}

	@Test
	void readBehindAReadIsFound() {
		this.history.add(failedPut("a", "1", 0, 50), failedPut("a", "2", 0, 50), get("a", 1).read(3, 3, "2", 10),
				get("a", 11).read(3, 2, "1", 20));
		assertViolations("Went back: ");
	}

	@Test
	void readAtAnOldRevisionOfTheStoreIsFound() {
		this.history.add(put("a", "1", 0).written(3, 10), get("b", 11).read(2, 0, null, 20));
		this.history.addFinal(get("a", 100).read(3, 3, "1", 101));
		assertViolations("Old revision: ");
	}

	@Test
	void valueThatNobodyWroteIsFound() {
		this.history.add(get("a", 0).read(2, 2, "1", 10));
		assertViolations("Nobody wrote that: ");
	}

	@Test
	void valueAtAnotherRevisionThanItsWriteIsFound() {
		this.history.add(put("a", "1", 0).written(2, 10), get("a", 11).read(3, 3, "1", 20));
		this.history.addFinal(get("a", 100).read(2, 2, "1", 101));
		assertViolations("Not the revision of the write: ");
	}

	@Test
	void eventThatIsMissedIsFound() {
		twoWrites();
		this.history.add(watch(2, seen(1, 3, "a", "2")));
		assertViolations("watch missed a of PUT a=1");
	}

	@Test
	void eventThatIsSeenTwiceIsFound() {
		twoWrites();
		this.history.add(watch(2, seen(1, 2, "a", "1"), seen(2, 2, "a", "1"), seen(3, 3, "a", "2")));
		assertViolations("watch saw twice");
	}

	@Test
	void eventsOutOfOrderAreFound() {
		twoWrites();
		this.history.add(watch(2, seen(1, 3, "a", "2"), seen(2, 2, "a", "1")));
		assertViolations("watch went back");
	}

	@Test
	void eventFromBeforeTheStartIsFound() {
		twoWrites();
		this.history.add(watch(3, seen(1, 2, "a", "1"), seen(2, 3, "a", "2")));
		assertViolations("watch saw what was before its start");
	}

	@Test
	void eventThatNobodyWroteIsFound() {
		this.history.add(watch(2, seen(1, 2, "a", "1")));
		assertViolations("watch saw what nobody wrote");
	}

	@Test
	void putThatWasCarriedOutTwiceIsFound() {
		this.history.add(failedPut("a", "1", 0, 10));
		this.history.add(watch(2, seen(1, 2, "a", "1"), seen(2, 3, "a", "1")));
		assertViolations("watch saw one write at two revisions");
	}

	@Test
	void transactionThatIsSeenInPartIsFound() {
		this.history.add(Call.put(List.of("a", "b"), "1", 0).failed(new IllegalStateException(), 10));
		this.history.add(watch(2, seen(1, 2, "a", "1")));
		assertViolations("watch saw a part of ");
	}

	@Test
	void transactionThatIsSeenInTwoResponsesIsFound() {
		this.history.add(Call.put(List.of("a", "b"), "1", 0).failed(new IllegalStateException(), 10));
		this.history.add(watch(2, seen(1, 2, "a", "1"), seen(2, 2, "b", "1")));
		assertViolations("watch saw in several responses ");
	}

	@Test
	void lockWithTwoHoldersIsFound() {
		this.history.add(new Hold("lock", "x", 5).fenced(7).fenced(9));
		this.history.add(new Hold("lock", "y", 6).fenced(8).fenced(10));
		assertViolations("Two hold at once: ");
	}

	@Test
	void holdersOfDifferentLocksDoNotExcludeEachOther() {
		this.history.add(new Hold("lock", "x", 5).fenced(7).fenced(9));
		this.history.add(new Hold("election", "y", 6).fenced(8).fenced(10));
		assertViolations();
	}

	@Test
	void holderWithoutAKeyIsFound() {
		this.history.add(new Hold("lock", "x", 0).robbed());
		assertViolations("Holds without a key, though its lease lives: ");
	}

	@Test
	void turnOutOfOrderIsFound() {
		this.history.add(new Hold("lock", "x", 6).fenced(7).fenced(8));
		this.history.add(new Hold("lock", "y", 5).fenced(9).fenced(10));
		assertViolations("Out of turn: ");
	}

	@Test
	void lostLeaseThatNobodyWasToldOfIsFound() {
		this.history.add(new LeaseLog.Outcome("1", false, List.of()));
		this.history.add(new LeaseLog.Outcome("2", false, List.of("onCompleted")));
		this.history.add(new LeaseLog.Outcome("3", true, List.of()));
		assertViolations("Nobody was told of a lost lease: ");
	}

	private void twoWrites() {
		this.history.add(put("a", "1", 0).written(2, 10), put("a", "2", 11).written(3, 20));
		this.history.addFinal(get("a", 100).read(3, 3, "2", 101));
	}

	private void assertViolations(String... beginnings) {
		List<String> violations = HistoryChecker.check(this.history);
		assertThat(violations).hasSize(beginnings.length);
		for (int i = 0; i < beginnings.length; i++) {
			assertThat(violations.get(i)).startsWith(beginnings[i]);
		}
	}

	private static Call put(String key, String value, long begin) {
		return Call.put(List.of(key), value, begin);
	}

	private static Call failedPut(String key, String value, long begin, long end) {
		return put(key, value, begin).failed(new IllegalStateException("unknown"), end);
	}

	private static Call get(String key, long begin) {
		return Call.get(key, begin);
	}

	private static WatchLog watch(long startRevision, Seen... events) {
		WatchLog watch = new WatchLog("watch", "", startRevision);
		for (Seen event : events) {
			watch.add(event);
		}
		return watch;
	}

	private static Seen seen(int response, long revision, String key, String value) {
		return new Seen(response, revision, key, value, 0);
	}

}
