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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what a history holds that no correct client and cluster could have produced. What
 * happened first is decided by etcd's revisions, and by clocks only where one call had
 * ended before the other began.
 */
public final class HistoryChecker {

	private final List<String> violations = new ArrayList<>();

	private final History history;

	private HistoryChecker(History history) {
		this.history = history;
	}

	/**
	 * Check a history.
	 * @return the violations, empty if there are none
	 */
	public static List<String> check(History history) {
		HistoryChecker checker = new HistoryChecker(history);
		checker.checkWrites();
		checker.checkOrder();
		checker.checkLeases();
		checker.violations.addAll(WatchChecker.check(history));
		checker.violations.addAll(HoldChecker.check(history));
		return checker.violations;
	}

	/**
	 * Each acknowledged put is there at the end, or one with a later revision is.
	 */
	private void checkWrites() {
		Map<Long, Call> byRevision = new HashMap<>();
		for (Call call : this.history.allCalls()) {
			if (!call.isPut() || !call.isSuccessful()) {
				continue;
			}
			Call other = byRevision.put(call.revision(), call);
			if (other != null) {
				this.violations.add("Two writes have one revision: %s, %s".formatted(other, call));
			}
			for (String key : call.keys()) {
				Call found = this.history.finalState().get(key);
				if (found == null || found.modRevision() < call.revision()) {
					this.violations.add("Lost: %s, at the end %s".formatted(call, found));
				}
				else if (found.modRevision() == call.revision() && !call.value().equals(found.value())) {
					this.violations.add("Another value: %s, at the end %s".formatted(call, found));
				}
			}
		}
	}

	private void checkLeases() {
		for (LeaseLog.Outcome lease : this.history.leases()) {
			if (!lease.alive() && lease.told().isEmpty()) {
				this.violations.add("Nobody was told of a lost lease: " + lease);
			}
		}
	}

	/**
	 * No call is answered from before what an earlier one saw or wrote, and no value is
	 * read that nobody wrote to that key.
	 */
	private void checkOrder() {
		List<Call> byBegin = new ArrayList<>(this.history.allCalls().stream().filter(Call::isSuccessful).toList());
		List<Call> byEnd = new ArrayList<>(byBegin);
		byBegin.sort(Comparator.comparingLong(Call::begin));
		byEnd.sort(Comparator.comparingLong(Call::end));
		Map<String, Call> writes = new HashMap<>();
		for (Call call : this.history.allCalls()) {
			if (call.isPut()) {
				writes.put(call.value(), call);
			}
		}
		Map<String, Call> latest = new HashMap<>();
		Call latestOfAll = null;
		int ended = 0;
		for (Call call : byBegin) {
			for (; ended < byEnd.size() && byEnd.get(ended).end() < call.begin(); ended++) {
				Call before = byEnd.get(ended);
				for (String key : before.keys()) {
					latest.merge(key, before, (a, b) -> (a.modRevision() >= b.modRevision()) ? a : b);
				}
				if (latestOfAll == null || before.revision() > latestOfAll.revision()) {
					latestOfAll = before;
				}
			}
			for (String key : call.keys()) {
				Call before = latest.get(key);
				if (before != null && call.modRevision() < before.modRevision()) {
					this.violations.add("Went back: %s after %s had ended".formatted(call, before));
				}
			}
			if (latestOfAll != null && call.revision() < latestOfAll.revision()) {
				this.violations.add("Old revision: %s after %s had ended".formatted(call, latestOfAll));
			}
			if (call.isGet() && call.value() != null) {
				checkValue(call, writes.get(call.value()));
			}
		}
	}

	private void checkValue(Call get, Call write) {
		if (write == null || !write.keys().contains(get.keys().get(0))) {
			this.violations.add("Nobody wrote that: %s".formatted(get));
		}
		else if (write.isSuccessful() && write.revision() != get.modRevision()) {
			this.violations.add("Not the revision of the write: %s of %s".formatted(get, write));
		}
		else if (write.begin() > get.end()) {
			this.violations.add("Read before it was written: %s of %s".formatted(get, write));
		}
	}

}
