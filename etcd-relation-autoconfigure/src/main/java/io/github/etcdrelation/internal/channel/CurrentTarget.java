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

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The target in use, its endpoints, and the rotation to another one. Changes run in the
 * members' {@link io.grpc.SynchronizationContext}; getters may be called from any thread.
 */
final class CurrentTarget {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final String relation;

	private final Consumer<Runnable> sync;

	private final Executor callbacks;

	private final RotationListener rotationListener;

	private final MemberListener memberListener;

	private final Runnable changed;

	private final LongAdder rotations = new LongAdder();

	private volatile @Nullable ChannelTarget target;

	private @Nullable TransportSecurity security;

	private Map<Endpoint, EndpointMembers> endpoints = Collections.emptyMap();

	private @Nullable Rotation rotation;

	/**
	 * Create an instance without a target.
	 * @param relation the name of the relation for messages
	 * @param sync runs tasks serially
	 * @param callbacks runs tasks that may block
	 * @param rotationListener notified of rotations
	 * @param memberListener notified of each member
	 * @param changed run when the members have changed
	 */
	CurrentTarget(String relation, Consumer<Runnable> sync, Executor callbacks, RotationListener rotationListener,
			MemberListener memberListener, Runnable changed) {
		this.relation = relation;
		this.sync = sync;
		this.callbacks = callbacks;
		this.rotationListener = rotationListener;
		this.memberListener = memberListener;
		this.changed = changed;
	}

	/**
	 * Set a target. The current one serves until a member has accepted the new one.
	 * @param proposed the target
	 * @param proposedSecurity its credentials
	 * @return completed when it is in use, exceptionally when no member accepts it; it is
	 * still proposed then
	 */
	CompletableFuture<Void> set(ChannelTarget proposed, TransportSecurity proposedSecurity) {
		Rotation pending = this.rotation;
		if (pending != null && pending.getTarget().equals(proposed)) {
			return pending.newResult();
		}
		abandon();
		ChannelTarget current = this.target;
		TransportSecurity currentSecurity = this.security;
		if (current == null || currentSecurity == null) {
			this.target = proposed;
			this.security = proposedSecurity;
			this.endpoints = newEndpoints(proposed, proposedSecurity);
			this.changed.run();
			return CompletableFuture.completedFuture(null);
		}
		if (current.equals(proposed)) {
			getMembers().forEach((member) -> member.prove(currentSecurity));
			return CompletableFuture.completedFuture(null);
		}
		Rotation started = new Rotation(proposed, proposedSecurity, newEndpoints(proposed, proposedSecurity));
		this.rotation = started;
		CompletableFuture<Void> result = started.newResult();
		started.start(this.endpoints);
		advance();
		return result;
	}

	private Map<Endpoint, EndpointMembers> newEndpoints(ChannelTarget proposed, TransportSecurity proposedSecurity) {
		Map<Endpoint, EndpointMembers> result = new LinkedHashMap<>();
		for (Endpoint endpoint : proposed.getEndpoints().getMembers()) {
			EndpointMembers known = this.endpoints.get(endpoint);
			boolean usable = known != null && !known.getMembers().isEmpty();
			result.put(endpoint,
					usable ? known
							: new EndpointMembers(endpoint, (address) -> newMember(endpoint, address, proposedSecurity),
									this.sync, this.callbacks, this.changed));
		}
		return result;
	}

	private Member newMember(Endpoint endpoint, InetSocketAddress address, TransportSecurity initial) {
		Member member = new Member(endpoint, address, initial, this.sync, this.memberListener);
		Rotation pending = this.rotation;
		TransportSecurity latest = (pending != null) ? pending.getSecurity() : this.security;
		if (latest != null && !latest.equals(initial)) {
			// The name got a new address after the credentials changed
			member.prove(latest);
		}
		return member;
	}

	/**
	 * Remove the target.
	 */
	void clear() {
		abandon();
		Map<Endpoint, EndpointMembers> former = this.endpoints;
		this.target = null;
		this.endpoints = Collections.emptyMap();
		this.changed.run();
		former.values().forEach(EndpointMembers::retire);
	}

	private void abandon() {
		Rotation abandoned = this.rotation;
		this.rotation = null;
		if (abandoned != null) {
			abandoned.abandon(this.endpoints, refusal(abandoned, "other data of the relation came first"));
			TransportSecurity used = this.security;
			if (used != null && !abandoned.isAccepted()) {
				// They do not prove the abandoned credentials any more
				getMembers().forEach((member) -> member.prove(used));
			}
		}
	}

	/**
	 * Advance the rotation as far as possible.
	 */
	void advance() {
		Rotation pending = this.rotation;
		if (pending == null) {
			return;
		}
		if (pending.isToBeUsed()) {
			use(pending);
		}
		if (pending.isComplete()) {
			this.rotation = null;
			this.callbacks.execute(() -> this.rotationListener.rotated(pending.getTarget()));
		}
		else if (pending.isRefusedByAll()) {
			refuse(pending);
		}
	}

	private void use(Rotation accepted) {
		accepted.setAccepted();
		Map<Endpoint, EndpointMembers> former = this.endpoints;
		this.target = accepted.getTarget();
		this.security = accepted.getSecurity();
		this.endpoints = accepted.getEndpoints();
		this.rotations.increment();
		// First, so that moving calls find the new members
		this.changed.run();
		former.forEach((endpoint, gone) -> {
			if (this.endpoints.get(endpoint) != gone) {
				gone.retire();
			}
		});
		// Dependent stages may run application code
		accepted.takeResults().forEach((result) -> result.completeAsync(() -> null, this.callbacks));
	}

	private void refuse(Rotation refused) {
		if (refused.isAccepted()) {
			return;
		}
		if (refused.isAwaitingTrust(System.nanoTime())) {
			if (refused.isFirstRefusal()) {
				logger.info("%s: no member of etcd accepts the new client certificate yet, the former one serves: %s"
					.formatted(this.relation, refused.describeRefusal()));
			}
			return;
		}
		ReplacementRefusedException failure = refusal(refused, refused.describeRefusal());
		refused.takeResults().forEach((result) -> this.callbacks.execute(() -> result.completeExceptionally(failure)));
	}

	private ReplacementRefusedException refusal(Rotation refused, String reason) {
		return new ReplacementRefusedException("%s: etcd at %s cannot be reached with the new data: %s"
			.formatted(this.relation, refused.getTarget(), reason));
	}

	/**
	 * Return whether all members refuse to be connected to.
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean isRefused(long now) {
		Rotation pending = this.rotation;
		return (pending == null || pending.isAccepted() || pending.isRefused(now)) && !this.endpoints.isEmpty()
				&& this.endpoints.values().stream().allMatch((endpoint) -> endpoint.isRefused(now));
	}

	/**
	 * Run what is due.
	 * @param now the time by {@link System#nanoTime()}
	 * @param proofNanos how many nanoseconds a target may take to be accepted
	 */
	void tick(long now, long proofNanos) {
		getEndpoints().forEach((endpoint) -> endpoint.tick(now));
		Rotation pending = this.rotation;
		if (pending == null) {
			return;
		}
		advance();
		if (now - pending.getStartTime() > proofNanos) {
			refuse(pending);
		}
		String lag = pending.takeLagReport(now);
		if (lag != null) {
			ReplacementRefusedException failure = new ReplacementRefusedException(
					"%s: members still refuse the new credentials and are served with the former ones: %s"
						.formatted(this.relation, lag));
			this.callbacks.execute(() -> this.rotationListener.lagging(failure));
		}
	}

	void connect() {
		this.endpoints.values().forEach(EndpointMembers::connect);
	}

	void memberFailed(Member member) {
		EndpointMembers endpoint = this.endpoints.get(member.getEndpoint());
		if (endpoint != null) {
			endpoint.memberFailed();
		}
	}

	/**
	 * Return the endpoints in use and those that are being proven.
	 */
	Collection<EndpointMembers> getEndpoints() {
		Set<EndpointMembers> all = new LinkedHashSet<>(this.endpoints.values());
		if (this.rotation != null) {
			all.addAll(this.rotation.getEndpoints().values());
		}
		return all;
	}

	/**
	 * Return the members in use.
	 */
	List<Member> getMembers() {
		List<Member> members = new ArrayList<>();
		this.endpoints.values().forEach((endpoint) -> members.addAll(endpoint.getMembers()));
		return members;
	}

	/**
	 * Return why endpoints in use have no members, by their URL.
	 */
	Map<String, String> getProblems() {
		Map<String, String> problems = new LinkedHashMap<>();
		ChannelTarget current = this.target;
		String scheme = (current != null && current.getEndpoints().isSecure()) ? "https://" : "http://";
		this.endpoints.forEach((endpoint, members) -> {
			String problem = members.getProblem();
			if (problem != null) {
				problems.put(scheme + endpoint, problem);
			}
		});
		return problems;
	}

	boolean isRotating() {
		return this.rotation != null;
	}

	@Nullable ChannelTarget getTarget() {
		return this.target;
	}

	long getRotations() {
		return this.rotations.sum();
	}

}
