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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * All connections to members, including those that are draining.
 */
final class OpenConnections {

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	void add(Connection connection) {
		this.connections.add(connection);
	}

	void remove(Connection connection) {
		this.connections.remove(connection);
	}

	/**
	 * Check for overdue responses.
	 * @param sync runs tasks in the members' synchronization context
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 * @return how soon to check again
	 */
	MemberMonitor.Pace check(Consumer<Runnable> sync, long now, long since) {
		MemberMonitor.Pace pace = MemberMonitor.Pace.NEVER;
		for (Connection connection : this.connections) {
			if (!connection.isOpen()) {
				// A member checks only the connections in use
				if (connection.checkSilence(sync, now, since)) {
					connection.getAttempts().forEach((attempt) -> attempt.onSilence());
				}
			}
			boolean owed = OverdueCalls.check(connection, now, since);
			if (owed || connection.getLiveness().isAnswerDue(now)) {
				pace = MemberMonitor.Pace.OFTEN;
			}
			else if (pace == MemberMonitor.Pace.NEVER && connection.getCalls() > 0) {
				pace = MemberMonitor.Pace.SELDOM;
			}
		}
		return pace;
	}

	/**
	 * Return whether any carries a call.
	 */
	boolean areUsed() {
		return this.connections.stream().anyMatch((connection) -> connection.getCalls() > 0);
	}

	void close() {
		this.connections.forEach(Connection::closeNow);
	}

}
