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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Three members with mutual TLS, as root each in a network namespace of its own.
 */
public final class FaultCluster implements AutoCloseable {

	public static final int SIZE = 3;

	private final @Nullable Network network;

	private final LocalEtcd etcd;

	private final MemberControl control;

	private final Set<Integer> bad = ConcurrentHashMap.newKeySet();

	private FaultCluster(@Nullable Network network, Consumer<LocalEtcd.Builder> customizer) {
		this.network = network;
		LocalEtcd.Builder builder = LocalEtcd.builder().members(SIZE).mutualTls();
		if (network != null) {
			builder.loopbackAddresses(network.addresses()).networkNamespaces(network.names());
		}
		customizer.accept(builder);
		this.etcd = builder.start();
		this.control = MemberControl.of(this.etcd);
	}

	/**
	 * Start members in network namespaces where that is possible.
	 */
	public static FaultCluster start(String... arguments) {
		Network network = Network.isSupported() ? Network.create(SIZE) : null;
		try {
			return new FaultCluster(network, (builder) -> builder.argument(arguments));
		}
		catch (RuntimeException ex) {
			if (network != null) {
				network.close();
			}
			throw ex;
		}
	}

	/**
	 * Start members on loopback addresses.
	 */
	public static FaultCluster startWithoutNetwork() {
		return new FaultCluster(null, (builder) -> {
		});
	}

	public boolean hasNetwork() {
		return this.network != null;
	}

	Network network() {
		if (this.network == null) {
			throw new IllegalStateException("No network namespaces without root, ip and iptables");
		}
		return this.network;
	}

	public LocalEtcd etcd() {
		return this.etcd;
	}

	MemberControl control() {
		return this.control;
	}

	public LocalEtcdMember member(int index) {
		return this.etcd.getMember(index);
	}

	String endpoint(int index) {
		return member(index).getEndpoint();
	}

	/**
	 * Return the index of the leader, waiting for one.
	 */
	public int leader() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(100))
			.until(this::findLeader, (leader) -> leader >= 0);
	}

	private int findLeader() {
		for (int i = 0; i < SIZE; i++) {
			if (member(i).isRunning() && this.control.isLeader(endpoint(i))) {
				return i;
			}
		}
		return -1;
	}

	int follower() {
		return (leader() + 1) % SIZE;
	}

	/**
	 * Write a key through the first member that is not bad.
	 */
	long put(String key, String value) throws IOException {
		int first = 0;
		while (first < SIZE - 1 && this.bad.contains(first)) {
			first++;
		}
		return this.control.put(endpoint(first), key, value);
	}

	/**
	 * Say which members are not to be used for what is not tested.
	 */
	public void setBad(Integer... members) {
		this.bad.clear();
		this.bad.addAll(List.of(members));
	}

	/**
	 * Drop all packets between a member and everybody else.
	 */
	public void cut(int member) {
		network().dropPeers(member);
		network().dropClients(member);
	}

	/**
	 * Let the packets of a member pass again.
	 */
	public void heal(int member) {
		network().heal(member);
	}

	/**
	 * Give back the space of what was compacted, one member after the other.
	 */
	public void defragment() {
		for (int i = 0; i < SIZE; i++) {
			this.control.defragment(endpoint(i));
		}
	}

	void compact() {
		this.control.compact(endpoint(leader()));
	}

	/**
	 * Wait until all members serve.
	 */
	public void awaitWhole() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(200))
			.until(() -> IntStream.range(0, SIZE).allMatch((i) -> this.control.hasLeader(endpoint(i))));
		setBad();
	}

	long calls(int index) {
		return this.control.calls(endpoint(index));
	}

	@Override
	public void close() {
		try {
			this.etcd.close();
		}
		finally {
			if (this.network != null) {
				this.network.close();
			}
		}
	}

}
