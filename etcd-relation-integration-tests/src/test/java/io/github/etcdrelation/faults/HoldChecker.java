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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds locks with two holders, elections with two leaders, and turns taken out of order.
 */
final class HoldChecker {

	private HoldChecker() {
	}

	static List<String> check(History history) {
		List<String> violations = new ArrayList<>();
		Map<String, List<Hold>> byName = new TreeMap<>();
		for (Hold hold : history.holds()) {
			if (hold.isRobbed()) {
				violations.add("Holds without a key, though its lease lives: " + hold);
			}
			if (hold.isFenced()) {
				byName.computeIfAbsent(hold.name(), (name) -> new ArrayList<>()).add(hold);
			}
		}
		byName.values().forEach((holds) -> check(holds, violations));
		return violations;
	}

	private static void check(List<Hold> holds, List<String> violations) {
		holds.sort(Comparator.comparingLong(Hold::first));
		// The one that held longest so far, as it may cover several that follow
		Hold longest = null;
		for (Hold hold : holds) {
			if (longest != null && hold.first() <= longest.last()) {
				violations.add("Two hold at once: %s, %s".formatted(longest, hold));
			}
			if (longest != null && hold.createRevision() < longest.createRevision()) {
				violations.add("Out of turn: %s before %s".formatted(longest, hold));
			}
			if (longest == null || hold.last() > longest.last()) {
				longest = hold;
			}
		}
	}

}
