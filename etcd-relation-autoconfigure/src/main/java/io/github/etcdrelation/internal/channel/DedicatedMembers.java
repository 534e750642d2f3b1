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

/**
 * Sets of members apart from the channel's, for one call or probe each.
 */
final class DedicatedMembers {

	private final String relation;

	private final ChannelSettings settings;

	private final ChannelExecutors executors;

	private final Set<Members> all = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Create an empty instance.
	 * @param relation the name of the relation for messages
	 * @param settings the settings of connections
	 * @param executors the threads to use
	 */
	DedicatedMembers(String relation, ChannelSettings settings, ChannelExecutors executors) {
		this.relation = relation;
		this.settings = settings;
		this.executors = executors;
	}

	/**
	 * Open a set.
	 * @param target what to connect to
	 */
	Members open(ChannelTarget target) {
		Members members = new Members(this.relation, this.settings, this.executors, RotationListener.NONE, true);
		members.connectTo(target);
		this.all.add(members);
		if (this.closed) {
			members.close();
		}
		return members;
	}

	void close(Members members) {
		this.all.remove(members);
		members.close();
	}

	/**
	 * Close all sets, and those that are opened from now on.
	 */
	void close() {
		this.closed = true;
		this.all.forEach(Members::close);
	}

}
