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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Network namespaces of Linux on a bridge of their own, one for each member of a cluster:
 * on the loopback interface nobody sees which member a packet comes from. Needs root,
 * {@code ip} and {@code iptables}.
 */
final class Namespaces implements AutoCloseable {

	private static final String CREATE = """
			bridge="$1"; subnet="$2"; shift 2
			ip link add "$bridge" type bridge
			ip addr add "$subnet.254/24" dev "$bridge"
			ip link set "$bridge" up
			# a Docker daemon has what is forwarded dropped, on bridges too
			iptables -I FORWARD -i "$bridge" -j ACCEPT
			for name; do
				i=$((i + 1))
				ip netns add "$name"
				ip link add "$name" type veth peer name eth0 netns "$name"
				ip link set "$name" master "$bridge" up
				ip netns exec "$name" ip link set lo up
				ip netns exec "$name" ip addr add "$subnet.$i/24" dev eth0
				ip netns exec "$name" ip link set eth0 up
			done
			""";

	private static final String DELETE = """
			bridge="$1"; shift
			for name; do
				ip link del "$name"
				ip netns del "$name"
			done
			iptables -D FORWARD -i "$bridge" -j ACCEPT
			ip link del "$bridge"
			""";

	private static final String CUT = """
			name="$1"; shift
			for address; do
				ip netns exec "$name" iptables -A INPUT -s "$address" -j DROP
				ip netns exec "$name" iptables -A OUTPUT -d "$address" -j DROP
			done
			""";

	private static final String JOIN = """
			ip netns exec "$1" iptables -F
			""";

	private final long pid = ProcessHandle.current().pid();

	private final String bridge = "eb" + this.pid + "b";

	private final String subnet = freeSubnet(this.pid);

	private final List<String> names;

	private final Thread shutdownHook = new Thread(this::delete, "namespaces-shutdown");

	Namespaces(int size) {
		// Names of interfaces, too, which are short
		this.names = IntStream.range(0, size).mapToObj((i) -> "eb" + this.pid + "v" + i).toList();
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
		try {
			List<String> arguments = new ArrayList<>(List.of(this.bridge, this.subnet));
			arguments.addAll(this.names);
			run("set -e\ni=0\n" + CREATE, arguments);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	static boolean areSupported() {
		try {
			run("test $(uname) = Linux && test $(id -u) = 0 && ip netns list && iptables -S", List.of());
			return true;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	private static String freeSubnet(long pid) {
		String taken = run("ip -4 addr; ip -4 route", List.of());
		return IntStream.range(0, 250)
			.mapToObj((i) -> "10.197." + (pid + i) % 250)
			.filter((subnet) -> !taken.contains(subnet + "."))
			.findFirst()
			.orElseThrow();
	}

	String[] names() {
		return this.names.toArray(String[]::new);
	}

	String[] addresses() {
		return IntStream.range(0, this.names.size()).mapToObj(this::address).toArray(String[]::new);
	}

	private String address(int member) {
		return this.subnet + "." + (member + 1);
	}

	/**
	 * Drop all packets between a member and the others.
	 */
	void cut(int member) {
		List<String> arguments = new ArrayList<>(List.of(this.names.get(member)));
		IntStream.range(0, this.names.size())
			.filter((other) -> other != member)
			.mapToObj(this::address)
			.forEach(arguments::add);
		run("set -e\n" + CUT, arguments);
	}

	void join(int member) {
		run(JOIN, List.of(this.names.get(member)));
	}

	private static String run(String script, List<String> arguments) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
		command.addAll(arguments);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IllegalStateException("Failed: " + output.strip());
			}
			return output;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private void delete() {
		List<String> arguments = new ArrayList<>(List.of(this.bridge));
		arguments.addAll(this.names);
		// What is not there need not be deleted
		run(DELETE + "true\n", arguments);
	}

	@Override
	public void close() {
		delete();
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// The JVM is shutting down
		}
	}

}
