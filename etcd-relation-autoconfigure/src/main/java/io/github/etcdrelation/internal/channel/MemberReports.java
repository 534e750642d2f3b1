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

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.api.StatusResponse;
import org.jspecify.annotations.Nullable;

/**
 * The status of the members of a channel.
 *
 * @param members the status of each
 * @param unserved whether all are out of use and at least one was found so lately:
 * members are only asked again while there are calls, so what is older may be outdated
 */
record MemberReports(List<ChannelStatus.Member> members, boolean unserved) {

	private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(10);

	/**
	 * Report on members.
	 * @param members the members
	 * @param now the time by {@link System#nanoTime()}
	 * @param time the same time
	 */
	static MemberReports of(List<Member> members, long now, Instant time) {
		boolean unserved = !members.isEmpty() && members.stream().allMatch(Member::isOut)
				&& members.stream().anyMatch((member) -> now - member.getState().getFailureTime() < LATELY_NANOS);
		return new MemberReports(members.stream().map((member) -> report(member, now, time)).toList(), unserved);
	}

	private static ChannelStatus.Member report(Member member, long now, Instant time) {
		MemberState state = member.getState();
		MemberAnswer answer = state.getLastAnswer();
		StatusResponse response = (answer != null) ? answer.response() : null;
		String leader = (response != null && response.getLeader() != 0) ? Long.toHexString(response.getLeader()) : null;
		return new ChannelStatus.Member(member.toString(), state.getCondition(), state.getProblem(),
				member.isLagging() ? refusal(member) : null, calls(member.getUnary()), calls(member.getStreams()),
				lastHeard(member, now, time), leader, state.getVersion(),
				member.getConnections().getSecurity().getBundle());
	}

	private static int calls(@Nullable Connection connection) {
		return (connection != null) ? connection.getCalls() : 0;
	}

	private static @Nullable Instant lastHeard(Member member, long now, Instant time) {
		@Nullable Instant latest = null;
		for (Connection connection : member.getConnections().inUse()) {
			Instant heard = time.minusNanos(now - connection.getLiveness().getLastHeard());
			latest = (latest == null || heard.isAfter(latest)) ? heard : latest;
		}
		return latest;
	}

	private static String refusal(Member member) {
		String refusal = member.getConnections().getRefusal();
		return (refusal != null) ? refusal : "being proven";
	}

}
