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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.faults.WatchLog.Seen;

/**
 * Finds events that a watch missed, saw twice, out of order or in part.
 */
final class WatchChecker {

	private final List<String> violations = new ArrayList<>();

	private final Map<String, Call> writes = new HashMap<>();

	private WatchChecker(History history) {
		for (Call call : history.allCalls()) {
			if (call.isPut()) {
				this.writes.put(call.value(), call);
			}
		}
		history.watches().forEach(this::check);
	}

	static List<String> check(History history) {
		return new WatchChecker(history).violations;
	}

	private void check(WatchLog watch) {
		Map<String, Long> revisions = new HashMap<>();
		Set<String> seen = new HashSet<>();
		List<Seen> transaction = new ArrayList<>();
		for (Seen event : watch.events()) {
			Seen before = transaction.isEmpty() ? null : transaction.get(transaction.size() - 1);
			if (event.revision() < watch.startRevision()) {
				add(watch, "saw what was before its start", event);
			}
			if (before != null && event.revision() < before.revision()) {
				add(watch, "went back", event);
			}
			if (!seen.add(event.revision() + " " + event.key())) {
				add(watch, "saw twice", event);
				continue;
			}
			Long other = revisions.put(event.value(), event.revision());
			if (other != null && other != event.revision()) {
				add(watch, "saw one write at two revisions", event);
			}
			if (before != null && event.revision() != before.revision()) {
				checkTransaction(watch, transaction);
				transaction.clear();
			}
			transaction.add(event);
		}
		if (!transaction.isEmpty()) {
			checkTransaction(watch, transaction);
		}
		for (Call write : this.writes.values()) {
			for (String key : write.keys()) {
				if (watch.covers(write, key) && !seen.contains(write.revision() + " " + key)) {
					this.violations.add("%s missed %s of %s".formatted(watch.name(), key, write));
				}
			}
		}
	}

	private void checkTransaction(WatchLog watch, List<Seen> events) {
		Seen first = events.get(0);
		Call write = this.writes.get(first.value());
		if (write == null) {
			add(watch, "saw what nobody wrote", first);
		}
		else if (write.isSuccessful() && write.revision() != first.revision()) {
			add(watch, "saw another revision than that of " + write, first);
		}
		else if (events.size() < write.keys().size()) {
			add(watch, "saw a part of " + write, first);
		}
		else if (events.stream().anyMatch((event) -> event.response() != first.response())) {
			add(watch, "saw in several responses " + write, first);
		}
	}

	private void add(WatchLog watch, String what, Seen event) {
		this.violations.add("%s %s: %s".formatted(watch.name(), what, event));
	}

}
