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

package io.github.etcdrelation.internal.source;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.netty.util.NetUtil;

/**
 * Hosts in a list, which get the port that is given apart from them.
 */
final class HostList {

	private static final Pattern SEPARATOR = Pattern.compile("[,;\\s]+");

	private static final Pattern WITHOUT_PORT = Pattern.compile("[^:/]+|\\[[^\\]]*]");

	// What surrounds hosts in JSON and YAML
	private static final Pattern PUNCTUATION = Pattern.compile("[\"']|^\\s*\\[(?=\\s*[\"'])|(?<=[\"'])\\s*]\\s*$");

	private static final String SCHEME_END = "://";

	private HostList() {
	}

	/**
	 * Add a port to the hosts that have none.
	 * @param hosts the hosts, each with or without scheme and port
	 * @param port the port, may be empty
	 * @return a connection string
	 */
	static String withPort(String hosts, String port) {
		if (port.isEmpty()) {
			return hosts;
		}
		return SEPARATOR.splitAsStream(hosts)
			.filter((host) -> !host.isEmpty())
			.map((host) -> addPort(host, port))
			.collect(Collectors.joining(","));
	}

	/**
	 * Separate hosts by commas, however they are listed.
	 * @param hosts the hosts, without a scheme
	 */
	static String separate(String hosts) {
		return SEPARATOR.splitAsStream(PUNCTUATION.matcher(hosts).replaceAll(""))
			.filter((host) -> !host.isEmpty() && !host.equals("-"))
			.collect(Collectors.joining(","));
	}

	private static String addPort(String host, String port) {
		int authority = host.contains(SCHEME_END) ? host.indexOf(SCHEME_END) + SCHEME_END.length() : 0;
		String name = host.substring(authority);
		if (NetUtil.isValidIpV6Address(name) && !name.startsWith("[")) {
			name = "[" + name + "]";
		}
		// What has a port or a path already is left to whoever parses it
		return host.substring(0, authority) + (WITHOUT_PORT.matcher(name).matches() ? name + ":" + port : name);
	}

}
