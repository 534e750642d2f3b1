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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The rotation of a channel to another target, member by member: until one has accepted
 * it, the former target serves; then members that have not keep their former connections.
 * Runs in the members' {@link io.grpc.SynchronizationContext}.
 */
final class Rotation {

	private static final long LAG_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final ChannelTarget target;

	private final TransportSecurity security;

	private final Map<Endpoint, EndpointMembers> endpoints;

	private final long startTime = System.nanoTime();

	private final List<CompletableFuture<Void>> results = new ArrayList<>();

	private boolean accepted;

	private boolean lagReported;

	private boolean refusalReported;

	private boolean sharing;

	/**
	 * Create a rotation.
	 * @param target the new target
	 * @param security its credentials
	 * @param endpoints its endpoints, including those shared with the former target
	 */
	Rotation(ChannelTarget target, TransportSecurity security, Map<Endpoint, EndpointMembers> endpoints) {
		this.target = target;
		this.security = security;
		this.endpoints = endpoints;
	}

	/**
	 * Connect new members and prove the credentials at existing ones.
	 * @param former the endpoints in use
	 */
	void start(Map<Endpoint, EndpointMembers> former) {
		this.endpoints.forEach((endpoint, members) -> {
			if (former.get(endpoint) == members) {
				this.sharing = true;
				members.getMembers().forEach((member) -> member.prove(this.security));
			}
			else {
				members.connect();
			}
		});
	}

	/**
	 * Abandon the rotation; members keep the credentials in use.
	 * @param former the endpoints in use
	 */
	void abandon(Map<Endpoint, EndpointMembers> former, Throwable reason) {
		if (!this.accepted) {
			this.endpoints.forEach((endpoint, members) -> {
				if (former.get(endpoint) != members) {
					members.retire();
				}
			});
		}
		fail(reason);
	}

	/**
	 * Return a separate result for each caller that sets this target.
	 */
	CompletableFuture<Void> newResult() {
		CompletableFuture<Void> result = new CompletableFuture<>();
		if (this.accepted) {
			result.complete(null);
		}
		else {
			this.results.add(result);
		}
		return result;
	}

	List<CompletableFuture<Void>> takeResults() {
		List<CompletableFuture<Void>> taken = new ArrayList<>(this.results);
		this.results.clear();
		return taken;
	}

	void fail(Throwable reason) {
		takeResults().forEach((result) -> result.completeExceptionally(reason));
	}

	/**
	 * Return whether a member has accepted the target and it is not in use yet.
	 */
	boolean isToBeUsed() {
		return !this.accepted
				&& members().stream().anyMatch((member) -> member.getConnections().hasAccepted(this.security));
	}

	void setAccepted() {
		this.accepted = true;
	}

	boolean isAccepted() {
		return this.accepted;
	}

	/**
	 * Return whether each reachable member uses the new credentials.
	 */
	boolean isComplete() {
		return this.accepted && members().stream().noneMatch(Member::isLagging)
				&& this.endpoints.values().stream().noneMatch(EndpointMembers::isLookingUp) && members().stream()
					.noneMatch((member) -> !member.isOut() && member.getConnections().isAnyConnecting());
	}

	/**
	 * Return, once, a report of reachable members that still refuse the new credentials.
	 * @param now the time by {@link System#nanoTime()}
	 */
	@Nullable String takeLagReport(long now) {
		if (!this.accepted || this.lagReported || now - this.startTime < LAG_NANOS) {
			return null;
		}
		Set<String> lagging = new LinkedHashSet<>();
		members().stream()
			.filter(Member::isLagging)
			.forEach((member) -> lagging.add(member + ": " + member.getConnections().getRefusal()));
		if (lagging.isEmpty()) {
			return null;
		}
		this.lagReported = true;
		return String.join("; ", lagging);
	}

	/**
	 * Return why no member has accepted the target so far.
	 */
	String describeRefusal() {
		Set<String> reasons = new LinkedHashSet<>();
		this.endpoints.values().forEach((endpoint) -> {
			if (endpoint.getProblem() != null) {
				reasons.add(endpoint.getProblem());
			}
			endpoint.getMembers().forEach((member) -> {
				String reason = refusal(member);
				if (reason != null) {
					reasons.add(reason);
				}
			});
		});
		return reasons.isEmpty() ? "still connecting" : String.join("; ", reasons);
	}

	/**
	 * Return whether all members have refused and no lookup is pending.
	 */
	boolean isRefusedByAll() {
		List<Member> members = members();
		return this.endpoints.values().stream().noneMatch(EndpointMembers::isLookingUp)
				&& members.stream().allMatch((member) -> refusal(member) != null);
	}

	/**
	 * Return whether members may refuse the client certificate only because the provider
	 * has not yet made it known to them, for which they restart. The former one serves
	 * until it has.
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean isAwaitingTrust(long now) {
		return this.target.isGrantedToCertificate() && this.sharing && now - this.startTime < LAG_NANOS
				&& members().stream().noneMatch(Rotation::isRefusedByClient);
	}

	/**
	 * Return, once, that all members have refused.
	 */
	boolean isFirstRefusal() {
		boolean first = !this.refusalReported;
		this.refusalReported = true;
		return first;
	}

	private static boolean isRefusedByClient(Member member) {
		ConnectFailure refusal = member.getConnections().getRefusalReason();
		return refusal != null && refusal.refusal() == ConnectFailure.Refusal.SERVER;
	}

	/**
	 * Return whether all members refuse to be connected to with the new credentials.
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean isRefused(long now) {
		return this.endpoints.values()
			.stream()
			.allMatch((endpoint) -> endpoint.isRefused(now) || (!endpoint.getMembers().isEmpty()
					&& endpoint.getMembers().stream().allMatch(Rotation::refuses)));
	}

	private static boolean refuses(Member member) {
		ConnectFailure refusal = member.getConnections().getRefusalReason();
		return refusal != null && refusal.permanent();
	}

	/**
	 * Return why a member has not accepted, {@code null} if it has or may still: failures
	 * before the rotation do not count.
	 */
	private @Nullable String refusal(Member member) {
		MemberConnections connections = member.getConnections();
		if (connections.isProving()) {
			return connections.getRefusal();
		}
		boolean failed = member.isOut() && member.getState().getFailureTime() - this.startTime > 0;
		return failed ? member.getState().getProblem() : null;
	}

	private List<Member> members() {
		List<Member> members = new ArrayList<>();
		this.endpoints.values().forEach((endpoint) -> members.addAll(endpoint.getMembers()));
		return members;
	}

	ChannelTarget getTarget() {
		return this.target;
	}

	TransportSecurity getSecurity() {
		return this.security;
	}

	Map<Endpoint, EndpointMembers> getEndpoints() {
		return this.endpoints;
	}

	long getStartTime() {
		return this.startTime;
	}

}
