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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.etcdrelation.faults.FaultProxy.Mode;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.jspecify.annotations.Nullable;

/**
 * How clients reach the members: with network namespaces directly, otherwise through a
 * proxy each. Packets of a direct path can be dropped, the connections of a proxy can be
 * ended in order.
 */
final class ClientPaths implements AutoCloseable {

	private final FaultCluster cluster;

	private final List<@Nullable FaultProxy> proxies = new ArrayList<>();

	/**
	 * Create direct paths as far as possible.
	 */
	static ClientPaths direct(FaultCluster cluster) {
		return new ClientPaths(cluster, FaultCluster.SIZE);
	}

	/**
	 * Create a path through a proxy to the last member at least.
	 */
	static ClientPaths mixed(FaultCluster cluster) {
		return new ClientPaths(cluster, FaultCluster.SIZE - 1);
	}

	private ClientPaths(FaultCluster cluster, int direct) {
		this.cluster = cluster;
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			LocalEtcdMember member = cluster.member(i);
			boolean proxied = !cluster.hasNetwork() || i >= direct;
			this.proxies.add(!proxied ? null : new FaultProxy(member.getHost(), member.getPort()));
		}
	}

	String connectionString() {
		return IntStream.range(0, FaultCluster.SIZE).mapToObj(this::endpoint).collect(Collectors.joining(","));
	}

	private String endpoint(int member) {
		FaultProxy proxy = this.proxies.get(member);
		return (proxy != null) ? proxy.endpoint() : this.cluster.endpoint(member);
	}

	/**
	 * Let packets vanish.
	 */
	void drop(int member) {
		FaultProxy proxy = this.proxies.get(member);
		if (proxy != null) {
			proxy.setMode(Mode.SILENT);
		}
		else {
			this.cluster.network().dropClients(member);
		}
	}

	/**
	 * Answer with resets.
	 */
	void reset(int member) {
		FaultProxy proxy = this.proxies.get(member);
		if (proxy != null) {
			proxy.reset();
		}
		else {
			this.cluster.network().resetClients(member);
		}
	}

	/**
	 * End the connections of a member that has a proxy, in order.
	 * @return the member
	 */
	int finish() {
		int last = FaultCluster.SIZE - 1;
		this.proxies.get(last).finish();
		return last;
	}

	/**
	 * Delay or throttle.
	 * @return what was done
	 */
	String slow(int member) {
		FaultProxy proxy = this.proxies.get(member);
		if (proxy != null) {
			proxy.setMode(Mode.SLOW);
			return "100 ms of delay by proxy";
		}
		String done = this.cluster.network().slow(member);
		return (done != null) ? done : "not possible, neither netem nor tbf";
	}

	void heal(int member) {
		FaultProxy proxy = this.proxies.get(member);
		if (proxy != null) {
			proxy.setMode(Mode.PASS);
		}
		if (this.cluster.hasNetwork()) {
			this.cluster.network().heal(member);
		}
	}

	@Override
	public void close() {
		for (FaultProxy proxy : this.proxies) {
			if (proxy != null) {
				proxy.close();
			}
		}
	}

}
