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

import io.github.etcdrelation.faults.Journal.Entry;

/**
 * What processes contend for.
 */
enum Contest {

	/** A lock, whose turns are short. */
	LOCK(LockProcess.class, "/spring-integration/locks/") {

		@Override
		List<String> check(JournalChecker checker, List<Entry> entries) {
			return checker.checkLock(entries);
		}

		@Override
		void awaitUndisturbed(JournalProcesses processes) {
			processes.awaitTurnOfEach(System.nanoTime());
		}

	},

	/** Leadership, which lasts until a fault ends it. */
	LEADER(LeaderProcess.class, "/spring-integration/leaders/") {

		@Override
		List<String> check(JournalChecker checker, List<Entry> entries) {
			return checker.checkLeader(entries);
		}

		@Override
		void awaitUndisturbed(JournalProcesses processes) {
			processes.awaitEntry(System.nanoTime());
		}

	};

	private final Class<?> main;

	private final String prefix;

	Contest(Class<?> main, String prefix) {
		this.main = main;
		this.prefix = prefix;
	}

	/**
	 * Return the class of a process.
	 */
	Class<?> main() {
		return this.main;
	}

	/**
	 * Return the prefix of the keys in etcd, of which each process that takes part has
	 * one.
	 */
	String prefix() {
		return this.prefix;
	}

	/**
	 * Check the journal.
	 * @return what is wrong
	 */
	abstract List<String> check(JournalChecker checker, List<Entry> entries);

	/**
	 * Wait until all goes on as before a fault.
	 */
	abstract void awaitUndisturbed(JournalProcesses processes);

}
