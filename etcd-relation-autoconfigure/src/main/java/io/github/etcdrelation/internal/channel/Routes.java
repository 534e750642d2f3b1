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

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

/**
 * Where calls may be routed: rebuilt whenever a member changes, so that a call finds its
 * connection without a lock.
 *
 * @param serving connections for unary calls of serving members
 * @param reachable the same of members without a leader, for serializable reads
 * @param forStreams serving members
 */
record Routes(Connection[] serving, Connection[] reachable, Member[] forStreams) {

	static final List<Member> NO_MEMBERS = List.of();

	static final Routes NONE = of(NO_MEMBERS);

	static Routes of(Collection<Member> members) {
		List<Connection> serving = new ArrayList<>();
		List<Connection> reachable = new ArrayList<>();
		List<Member> forStreams = new ArrayList<>();
		for (Member member : members) {
			Connection unary = member.getUnary();
			if (unary == null) {
				continue;
			}
			if (member.isServing()) {
				serving.add(unary);
				forStreams.add(member);
			}
			else {
				reachable.add(unary);
			}
		}
		return new Routes(serving.toArray(Connection[]::new), reachable.toArray(Connection[]::new),
				forStreams.toArray(Member[]::new));
	}

	/**
	 * Return whether there is a connection for a unary call.
	 * @param call the call
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean serve(PendingCall call, long now) {
		return least(this.serving, null, now) != null
				|| (call.isServedWithoutLeader() && least(this.reachable, null, now) != null);
	}

	/**
	 * Return the connection with the fewest calls in flight, a random one if several.
	 * @param connections the connections
	 * @param avoided one to use only if there is no other, or {@code null}
	 * @param now the time by {@link System#nanoTime()}
	 */
	static @Nullable Connection least(Connection[] connections, @Nullable Connection avoided, long now) {
		int count = connections.length;
		int start = (count > 1) ? ThreadLocalRandom.current().nextInt(count) : 0;
		Connection best = null;
		int fewest = Integer.MAX_VALUE;
		for (int i = 0; i < count; i++) {
			Connection candidate = connections[(start + i) % count];
			if (candidate.isStale(now) || !candidate.isOpen()) {
				continue;
			}
			int calls = (candidate == avoided) ? Integer.MAX_VALUE - 1 : candidate.getCalls();
			if (calls < fewest) {
				best = candidate;
				fewest = calls;
			}
		}
		return best;
	}

	/**
	 * Return the member with the fewest streams, a random one if several, including those
	 * without an open connection for streams.
	 * @param avoided one to use only if there is no other, or {@code null}
	 * @param now the time by {@link System#nanoTime()}
	 */
	@Nullable Member leastStreams(@Nullable Member avoided, long now) {
		int count = this.forStreams.length;
		int start = (count > 1) ? ThreadLocalRandom.current().nextInt(count) : 0;
		Member best = null;
		int fewest = Integer.MAX_VALUE;
		for (int i = 0; i < count; i++) {
			Member candidate = this.forStreams[(start + i) % count];
			if (candidate.getConnections().hasStreamsFailed(now)) {
				continue;
			}
			Connection streams = candidate.getStreams();
			int calls = (streams != null) ? streams.getCalls() : 0;
			if (candidate == avoided) {
				calls = Integer.MAX_VALUE - 1;
			}
			if (calls < fewest) {
				best = candidate;
				fewest = calls;
			}
		}
		return best;
	}

}
