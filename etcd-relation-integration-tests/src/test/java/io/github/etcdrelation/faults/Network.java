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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Network namespaces on a bridge of their own, one for each member, whose traffic can be
 * cut. The JVM stays in the first namespace of the machine, with an address on the
 * bridge. Needs root, {@code ip} and {@code iptables}.
 */
final class Network implements AutoCloseable {

	private static final Pattern NAMESPACE = Pattern.compile("(?m)^etcdrel-(\\d+)-(\\d+)-\\d+\\b");

	private static final Pattern CONNECTION = Pattern
		.compile("(?m)^ESTAB\\s+\\d+\\s+\\d+\\s+\\S+\\s+(\\S+):(\\d+)\\s*");

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final long pid = ProcessHandle.current().pid();

	// The kernel takes its time to forget those of before
	private final int number = NUMBERS.incrementAndGet();

	private final String bridge = bridge(this.pid, this.number);

	private final String subnet;

	private final int size;

	private final Thread shutdownHook = new Thread(this::delete, "network-shutdown");

	private Network(int size) {
		this.size = size;
		this.subnet = freeSubnet(this.pid);
	}

	static boolean isSupported() {
		return System.getProperty("os.name").startsWith("Linux") && !Boolean.getBoolean("faults.proxies")
				&& Shell.succeeds("sh", "-c", "test $(id -u) = 0 && ip netns list && iptables -S");
	}

	static Network create(int size) {
		deleteAbandoned();
		Network network = new Network(size);
		Runtime.getRuntime().addShutdownHook(network.shutdownHook);
		try {
			network.create();
			return network;
		}
		catch (RuntimeException ex) {
			network.close();
			throw ex;
		}
	}

	private void create() {
		Shell.run("ip", "link", "add", this.bridge, "type", "bridge");
		Shell.run("ip", "addr", "add", hostAddress() + "/24", "dev", this.bridge);
		Shell.run("ip", "link", "set", this.bridge, "up");
		// A Docker daemon has what is forwarded dropped, on bridges too
		Shell.succeeds("iptables", "-I", "FORWARD", "-i", this.bridge, "-j", "ACCEPT");
		for (int i = 0; i < this.size; i++) {
			String outer = veth(i);
			Shell.run("ip", "netns", "add", name(i));
			Shell.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name(i));
			Shell.run("ip", "link", "set", outer, "master", this.bridge, "up");
			inside(i, "ip", "link", "set", "lo", "up");
			inside(i, "ip", "addr", "add", address(i) + "/24", "dev", "eth0");
			inside(i, "ip", "link", "set", "eth0", "up");
		}
	}

	String name(int member) {
		return "etcdrel-%d-%d-%d".formatted(this.pid, this.number, member);
	}

	private String veth(int member) {
		return "er%dv%d%d".formatted(this.pid, this.number, member);
	}

	String address(int member) {
		return this.subnet + (member + 1);
	}

	String hostAddress() {
		return this.subnet + "254";
	}

	String[] names() {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < this.size; i++) {
			names.add(name(i));
		}
		return names.toArray(String[]::new);
	}

	String[] addresses() {
		List<String> addresses = new ArrayList<>();
		for (int i = 0; i < this.size; i++) {
			addresses.add(address(i));
		}
		return addresses.toArray(String[]::new);
	}

	/**
	 * Drop all packets between a member and the others.
	 */
	void dropPeers(int member) {
		for (int i = 0; i < this.size; i++) {
			if (i != member) {
				drop(member, address(i));
			}
		}
	}

	/**
	 * Drop all packets between a member and the JVM.
	 */
	void dropClients(int member) {
		drop(member, hostAddress());
	}

	private void drop(int member, String address) {
		inside(member, "iptables", "-A", "INPUT", "-s", address, "-j", "DROP");
		inside(member, "iptables", "-A", "OUTPUT", "-d", address, "-j", "DROP");
	}

	/**
	 * Answer each packet between a member and the JVM with a reset.
	 */
	void resetClients(int member) {
		reset(member, hostAddress());
	}

	/**
	 * Answer each packet between a member and the others with a reset.
	 */
	void resetPeers(int member) {
		for (int i = 0; i < this.size; i++) {
			if (i != member) {
				reset(member, address(i));
			}
		}
	}

	private void reset(int member, String address) {
		inside(member, "iptables", "-A", "INPUT", "-p", "tcp", "-s", address, "-j", "REJECT", "--reject-with",
				"tcp-reset");
		inside(member, "iptables", "-A", "OUTPUT", "-p", "tcp", "-d", address, "-j", "REJECT", "--reject-with",
				"tcp-reset");
	}

	/**
	 * Drop the packets of the connections that the JVM has with a member now; new ones
	 * work.
	 * @return how many connections there were
	 */
	int dropExistingClients(int member) {
		List<String> ports = new ArrayList<>();
		Matcher connections = CONNECTION.matcher(inside(member, "ss", "-Htn"));
		while (connections.find()) {
			if (connections.group(1).endsWith(hostAddress())) {
				ports.add(connections.group(2));
			}
		}
		// Not more than 15 fit into a rule
		for (int i = 0; i < ports.size(); i += 15) {
			String some = ports.stream().skip(i).limit(15).collect(Collectors.joining(","));
			inside(member, "iptables", "-A", "INPUT", "-p", "tcp", "-s", hostAddress(), "-m", "multiport", "--sports",
					some, "-j", "DROP");
			inside(member, "iptables", "-A", "OUTPUT", "-p", "tcp", "-d", hostAddress(), "-m", "multiport", "--dports",
					some, "-j", "DROP");
		}
		return ports.size();
	}

	/**
	 * Delay or, where the kernel cannot, throttle what a member sends.
	 * @return what was done, or {@code null} if neither works
	 */
	String slow(int member) {
		if (insideSucceeds(member, "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "150ms", "50ms")) {
			return "150 ms of delay";
		}
		if (insideSucceeds(member, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "256kbit", "burst",
				"16kbit", "latency", "2s")) {
			return "256 kbit/s";
		}
		return null;
	}

	void heal(int member) {
		inside(member, "iptables", "-F", "INPUT");
		inside(member, "iptables", "-F", "OUTPUT");
		insideSucceeds(member, "tc", "qdisc", "del", "dev", "eth0", "root");
	}

	private String inside(int member, String... command) {
		return Shell.run(insideCommand(member, command));
	}

	private boolean insideSucceeds(int member, String... command) {
		return Shell.succeeds(insideCommand(member, command));
	}

	private String[] insideCommand(int member, String... command) {
		List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name(member)));
		all.addAll(List.of(command));
		return all.toArray(String[]::new);
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

	private void delete() {
		for (int i = 0; i < this.size; i++) {
			Shell.succeeds("ip", "link", "del", veth(i));
			Shell.succeeds("ip", "netns", "del", name(i));
		}
		Shell.succeeds("iptables", "-D", "FORWARD", "-i", this.bridge, "-j", "ACCEPT");
		Shell.succeeds("ip", "link", "del", this.bridge);
	}

	/**
	 * Deletes what a JVM left behind that was killed.
	 */
	private static void deleteAbandoned() {
		Matcher namespaces = NAMESPACE.matcher(Shell.run("ip", "netns", "list"));
		while (namespaces.find()) {
			long pid = Long.parseLong(namespaces.group(1));
			if (ProcessHandle.of(pid).isEmpty()) {
				Shell.succeeds("ip", "netns", "del", namespaces.group().strip());
				String abandoned = bridge(pid, Integer.parseInt(namespaces.group(2)));
				Shell.succeeds("iptables", "-D", "FORWARD", "-i", abandoned, "-j", "ACCEPT");
				Shell.succeeds("ip", "link", "del", abandoned);
			}
		}
	}

	private static String bridge(long pid, int number) {
		// At most 15 characters
		return "er%db%d".formatted(pid, number);
	}

	private static String freeSubnet(long pid) {
		String taken = Shell.run("ip", "-4", "addr") + Shell.run("ip", "-4", "route");
		for (long i = pid;; i++) {
			String subnet = "10." + (200 + i / 250 % 50) + "." + i % 250 + ".";
			if (!taken.contains(subnet)) {
				return subnet;
			}
		}
	}

}
