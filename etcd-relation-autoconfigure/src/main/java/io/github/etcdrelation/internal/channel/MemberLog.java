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

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Logs once when a member, or all of them, go out of use, and once when they are back.
 */
final class MemberLog {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final String relation;

	private final Map<String, String> out = new HashMap<>();

	private boolean unreachable;

	private boolean refused;

	MemberLog(String relation) {
		this.relation = relation;
	}

	/**
	 * Log what has changed since the last call.
	 * @param target the target, {@code null} if there is none
	 * @param members the members
	 * @param problem why none of them serves, {@code null} if one does
	 */
	void update(@Nullable ChannelTarget target, List<Member> members, @Nullable String problem) {
		if (target == null) {
			// A target that was removed is not a failure
			this.out.clear();
			this.unreachable = false;
			this.refused = false;
			return;
		}
		boolean serving = members.stream().anyMatch(Member::isServing);
		if (problem != null && !serving && members.stream().noneMatch(MemberLog::isBeingConnected)) {
			boolean refused = members.stream().anyMatch(MemberLog::isRefused);
			// What is logged last is to be what does not pass by itself
			if (!this.unreachable || (refused && !this.refused)) {
				logger.warn(LogMessage.format("%s: etcd at %s cannot be reached: %s", this.relation, target, problem));
			}
			this.unreachable = true;
			this.refused |= refused;
		}
		else if (serving) {
			if (this.unreachable) {
				logger.info(LogMessage.format("%s: etcd at %s is reached again", this.relation, target));
			}
			this.unreachable = false;
			this.refused = false;
			members.forEach((member) -> update(member, members));
			Set<String> gone = new HashSet<>(this.out.keySet());
			members.forEach((member) -> gone.remove(member.toString()));
			this.out.keySet().removeAll(gone);
		}
	}

	private void update(Member member, List<Member> members) {
		String name = member.toString();
		String reason = member.getState().getProblem();
		if (member.isOut() && reason != null && !isBeingReconnected(member)) {
			if (this.out.put(name, reason) == null && !isServedByOtherFamily(member, members)) {
				logger.warn(LogMessage.format("%s: member %s gets no calls: %s", this.relation, name, reason));
			}
		}
		else if (member.isServing() && this.out.remove(name) != null) {
			logger.info(LogMessage.format("%s: member %s gets calls again", this.relation, name));
		}
	}

	private static boolean isBeingConnected(Member member) {
		return isBeingReconnected(member) || member.getState().getCondition() == MemberCondition.CONNECTING;
	}

	private static boolean isRefused(Member member) {
		ConnectFailure failure = member.getState().getFailure();
		return failure != null && failure.refusal() != null;
	}

	/**
	 * If that fails too, its reason is logged.
	 */
	private static boolean isBeingReconnected(Member member) {
		return member.getState().getCondition() == MemberCondition.UNREACHABLE && member.getUnary() == null
				&& member.getConnections().isReconnecting();
	}

	/**
	 * A name with an IPv4 and an IPv6 address, of which etcd listens on one only, is no
	 * problem to log.
	 */
	private static boolean isServedByOtherFamily(Member member, List<Member> members) {
		return members.stream()
			.anyMatch((other) -> other.getEndpoint().equals(member.getEndpoint()) && other.isServing()
					&& other.getAddress().getAddress().getClass() != member.getAddress().getAddress().getClass());
	}

}
