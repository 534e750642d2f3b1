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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * All that clients did and were told, to be checked when they have ended.
 */
public final class History {

	private final Queue<List<Call>> calls = new ConcurrentLinkedQueue<>();

	private final Queue<List<Call>> foreignCalls = new ConcurrentLinkedQueue<>();

	private final Queue<WatchLog> watches = new ConcurrentLinkedQueue<>();

	private final Queue<Hold> holds = new ConcurrentLinkedQueue<>();

	private final Queue<LeaseLog.Outcome> leases = new ConcurrentLinkedQueue<>();

	private final Map<String, Call> finalState = new HashMap<>();

	/**
	 * Add a list that one thread appends to, not to be read before that thread has ended.
	 */
	List<Call> newThread() {
		List<Call> list = new ArrayList<>();
		this.calls.add(list);
		return list;
	}

	/**
	 * As {@link #newThread()}, of a client that is not the one that is tested.
	 */
	List<Call> newForeignThread() {
		List<Call> list = new ArrayList<>();
		this.foreignCalls.add(list);
		return list;
	}

	History add(Call... calls) {
		this.calls.add(List.of(calls));
		return this;
	}

	History add(WatchLog watch) {
		this.watches.add(watch);
		return this;
	}

	History add(Hold hold) {
		this.holds.add(hold);
		return this;
	}

	History add(LeaseLog.Outcome lease) {
		this.leases.add(lease);
		return this;
	}

	/**
	 * Add a get that was made after everything had ended.
	 */
	History addFinal(Call get) {
		this.finalState.put(get.keys().get(0), get);
		return this;
	}

	public List<Call> calls() {
		List<Call> all = new ArrayList<>();
		this.calls.forEach(all::addAll);
		return all;
	}

	/**
	 * Return the calls of the client that is tested and those of others.
	 */
	List<Call> allCalls() {
		List<Call> all = calls();
		this.foreignCalls.forEach(all::addAll);
		return all;
	}

	public Collection<WatchLog> watches() {
		return this.watches;
	}

	Collection<Hold> holds() {
		return this.holds;
	}

	Collection<LeaseLog.Outcome> leases() {
		return this.leases;
	}

	Map<String, Call> finalState() {
		return this.finalState;
	}

}
