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

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Whether calls can be served, and the status of those that cannot.
 */
final class Availability {

	private static final Pattern ITEM = Pattern.compile("client-(cert|key|ca)|connection-string|client certificate");

	private final String relation;

	private volatile String unavailable = "it is not connected";

	private volatile @Nullable ChannelTarget target;

	private volatile List<Member> members = Collections.emptyList();

	private volatile Map<String, String> endpointProblems = Collections.emptyMap();

	private volatile boolean closed;

	Availability(String relation) {
		this.relation = relation;
	}

	void setUnavailable(String reason) {
		this.unavailable = reason;
	}

	/**
	 * Update the target and its members.
	 * @param target the target, {@code null} if there is none
	 * @param members the members of the target
	 * @param endpointProblems why endpoints have no members, by their URL
	 */
	void update(@Nullable ChannelTarget target, List<Member> members, Map<String, String> endpointProblems) {
		this.members = members;
		this.endpointProblems = endpointProblems;
		this.target = target;
	}

	void close() {
		this.closed = true;
	}

	boolean isClosed() {
		return this.closed;
	}

	List<Member> getMembers() {
		return this.members;
	}

	Map<String, String> getEndpointProblems() {
		return this.endpointProblems;
	}

	/**
	 * Return why no member serves or there is no target; {@code null} if nothing is known
	 * to be wrong.
	 */
	@Nullable String getProblem() {
		if (this.target == null) {
			return this.unavailable;
		}
		if (isServing()) {
			return null;
		}
		Set<String> reasons = new TreeSet<>(this.endpointProblems.values());
		for (Member member : this.members) {
			String problem = member.getState().getProblem();
			if (problem != null) {
				reasons.add(problem);
			}
		}
		return reasons.isEmpty() ? null : inOrigin(String.join("; ", reasons), this.target);
	}

	/**
	 * Append where data comes from to reasons that name an item of it.
	 */
	private static String inOrigin(String reasons, @Nullable ChannelTarget target) {
		String origin = (target != null) ? target.getGrant().source() : null;
		return (origin != null && ITEM.matcher(reasons).find()) ? "%s (%s)".formatted(reasons, origin) : reasons;
	}

	private boolean isServing() {
		return this.members.stream().anyMatch(Member::isServing);
	}

	/**
	 * Return the status of a call that is not served because all members refuse to be
	 * connected to. It is none that clients retry.
	 */
	Status getRefusedStatus() {
		return Status.FAILED_PRECONDITION.withDescription(getUnservedStatus().getDescription());
	}

	/**
	 * Return the status of a queued call that was not served.
	 */
	Status getUnservedStatus() {
		ChannelTarget current = this.target;
		if (this.closed) {
			return Status.CANCELLED.withDescription(this.relation + " is closed");
		}
		if (current == null) {
			return Status.UNAVAILABLE
				.withDescription("%s is not available: %s".formatted(this.relation, this.unavailable));
		}
		String problem = getProblem();
		if (problem == null && isServing()) {
			return Status.DEADLINE_EXCEEDED
				.withDescription("%s: no answer from etcd at %s".formatted(this.relation, current));
		}
		return Status.DEADLINE_EXCEEDED.withDescription("%s: etcd at %s cannot be reached: %s".formatted(this.relation,
				current, (problem != null) ? problem : "still connecting"));
	}

}
