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

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The members of one endpoint, one for each address of its host. Runs in the members'
 * {@link io.grpc.SynchronizationContext}, except for name lookups.
 */
final class EndpointMembers {

	private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(30);

	private static final long LOOK_UP_UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final Endpoint endpoint;

	private final Function<InetSocketAddress, Member> factory;

	private final Consumer<Runnable> sync;

	private final Executor lookUps;

	private final Runnable listener;

	private final Map<InetSocketAddress, Member> members = new LinkedHashMap<>();

	private @Nullable String problem;

	private boolean lookingUp;

	private boolean retired;

	private long lookUpTime;

	private boolean lookedUp;

	/**
	 * Create an endpoint without members.
	 * @param endpoint the endpoint
	 * @param factory creates the member of an address
	 * @param sync runs tasks serially
	 * @param lookUps runs blocking name lookups
	 * @param listener run when the members have changed
	 */
	EndpointMembers(Endpoint endpoint, Function<InetSocketAddress, Member> factory, Consumer<Runnable> sync,
			Executor lookUps, Runnable listener) {
		this.endpoint = endpoint;
		this.factory = factory;
		this.sync = sync;
		this.lookUps = lookUps;
		this.listener = listener;
	}

	/**
	 * Connect all members, after the name was looked up.
	 */
	void connect() {
		if (!this.lookedUp) {
			lookUp(System.nanoTime());
		}
		this.members.values().forEach(Member::connect);
	}

	void tick(long now) {
		boolean due = this.lookedUp && !this.endpoint.isLiteral() && now - this.lookUpTime >= 0;
		if (due && (this.members.isEmpty() || this.members.values().stream().anyMatch(Member::isOut))) {
			lookUp(now);
		}
	}

	/**
	 * Look up the name again because a member could not be reached.
	 */
	void memberFailed() {
		long now = System.nanoTime();
		if (!this.endpoint.isLiteral() && this.lookUpTime - now < LOOK_UP_NANOS - LOOK_UP_UNKNOWN_NANOS) {
			lookUp(now);
		}
	}

	private void lookUp(long now) {
		if (this.lookingUp || this.retired) {
			return;
		}
		this.lookedUp = true;
		this.lookingUp = true;
		this.lookUpTime = now + LOOK_UP_NANOS;
		if (this.endpoint.isLiteral()) {
			resolve();
		}
		else {
			this.lookUps.execute(this::resolve);
		}
	}

	private void resolve() {
		List<InetSocketAddress> addresses = new ArrayList<>();
		try {
			for (InetAddress address : InetAddress.getAllByName(this.endpoint.host())) {
				addresses.add(new InetSocketAddress(address, this.endpoint.port()));
			}
		}
		catch (UnknownHostException ex) {
			// Reported by an empty list
		}
		this.sync.accept(() -> update(addresses));
	}

	private void update(List<InetSocketAddress> addresses) {
		this.lookingUp = false;
		if (this.retired) {
			return;
		}
		if (addresses.isEmpty()) {
			this.problem = "unknown host " + this.endpoint.host();
			this.lookUpTime = System.nanoTime() + LOOK_UP_UNKNOWN_NANOS;
			this.listener.run();
			return;
		}
		this.problem = null;
		Set<InetSocketAddress> gone = new LinkedHashSet<>(this.members.keySet());
		addresses.forEach((address) -> {
			gone.remove(address);
			this.members.computeIfAbsent(address, this.factory).connect();
		});
		// A name service may return only some of the addresses at a time
		gone.removeIf((address) -> !isOut(this.members.get(address)));
		gone.forEach((address) -> {
			Member member = this.members.remove(address);
			if (member != null) {
				member.retire();
			}
		});
		this.listener.run();
	}

	private static boolean isOut(@Nullable Member member) {
		return member != null && member.isOut();
	}

	void retire() {
		this.retired = true;
		this.members.values().forEach(Member::retire);
	}

	Endpoint getEndpoint() {
		return this.endpoint;
	}

	/**
	 * Return the known members.
	 */
	List<Member> getMembers() {
		return new ArrayList<>(this.members.values());
	}

	/**
	 * Return why there are no members, {@code null} if there are or none was needed.
	 */
	@Nullable String getProblem() {
		return this.problem;
	}

	/**
	 * Return whether all members refuse to be connected to, and there are some.
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean isRefused(long now) {
		Set<Class<?>> families = new HashSet<>();
		this.members.forEach((address, member) -> {
			if (member.getState().isRefused(now)) {
				families.add(address.getAddress().getClass());
			}
		});
		// Of a name with an IPv4 and an IPv6 address, etcd may listen on one only
		return !families.isEmpty() && this.members.entrySet()
			.stream()
			.allMatch((member) -> member.getValue().getState().isRefused(now)
					|| (member.getValue().getState().getCondition() == MemberCondition.UNREACHABLE
							&& !families.contains(member.getKey().getAddress().getClass())));
	}

	boolean isLookingUp() {
		return this.lookingUp;
	}

}
