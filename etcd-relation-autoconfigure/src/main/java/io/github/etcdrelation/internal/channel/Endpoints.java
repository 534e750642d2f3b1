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
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * The members of a connection string. Two instances are equal when they name the same
 * members with the same scheme, whatever their order and repetitions.
 */
public final class Endpoints {

	private static final String ITEM = "connection-string";

	private static final String REMEDY = "Give one or more URLs separated by commas, "
			+ "for example https://10.0.0.1:2379,https://10.0.0.2:2379";

	private static final int DEFAULT_PORT = 2379;

	private static final int MAX_PORT = 65535;

	private static final int MAX_INT_DIGITS = 10;

	private static final int MAX_QUOTED = 200;

	private static final Pattern URL = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://(.*)", Pattern.DOTALL);

	private static final Pattern AUTHORITY = Pattern
		.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([^\\s:/?#@\\[\\]]*))(?::(.*))?");

	private final Set<Endpoint> members;

	private final boolean secure;

	private Endpoints(Set<Endpoint> members, boolean secure) {
		this.members = members;
		this.secure = secure;
	}

	/**
	 * Parse a connection string. Blanks around commas, empty entries, repetitions, upper
	 * case schemes, a trailing slash and a missing port (2379) are tolerated.
	 * @param connectionString the URLs of scheme {@code http} or {@code https}, separated
	 * by commas
	 * @return the endpoints
	 * @throws InvalidRelationDataException if it names no endpoint, has an entry that is
	 * no such URL or mixes the schemes
	 */
	public static Endpoints parse(String connectionString) {
		if (connectionString.indexOf('@') >= 0) {
			// The text before the at sign may be a password, whatever else is wrong
			throw new InvalidRelationDataException(ITEM, "has an entry with user information",
					"Set client.user and client.password instead");
		}
		Set<Endpoint> members = new LinkedHashSet<>();
		Set<String> schemes = new LinkedHashSet<>();
		for (String entry : connectionString.split(",")) {
			String url = entry.strip();
			if (!url.isEmpty()) {
				members.add(parse(url, schemes));
			}
		}
		if (members.isEmpty()) {
			throw new InvalidRelationDataException(ITEM, "names no endpoint", REMEDY);
		}
		if (schemes.size() > 1) {
			throw new InvalidRelationDataException(ITEM, "mixes http and https: an endpoint without TLS "
					+ "would carry in the clear what the others protect", "Use one scheme for all endpoints");
		}
		return new Endpoints(members, schemes.contains("https"));
	}

	private static Endpoint parse(String url, Set<String> schemes) {
		Matcher matcher = URL.matcher(url);
		if (!matcher.matches()) {
			throw invalid(url, "which is not a URL");
		}
		String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
		if (!scheme.equals("http") && !scheme.equals("https")) {
			throw invalid(url, "whose scheme is neither http nor https");
		}
		schemes.add(scheme);
		String authority = matcher.group(2);
		if (authority.endsWith("/")) {
			authority = authority.substring(0, authority.length() - 1);
		}
		if (authority.indexOf('/') >= 0 || authority.indexOf('?') >= 0 || authority.indexOf('#') >= 0) {
			throw invalid(url, "which has more than scheme, host and port");
		}
		Matcher parts = AUTHORITY.matcher(authority);
		if (!parts.matches()) {
			throw invalid(url, "which is not a URL");
		}
		String host = (parts.group(1) != null) ? parts.group(1) : parts.group(2);
		if (host == null || host.isEmpty()) {
			throw invalid(url, "which has no host");
		}
		Endpoint endpoint = new Endpoint(host, parsePort(url, parts.group(3)));
		if (parts.group(1) != null && !NetUtil.isValidIpV6Address(host)) {
			throw invalid(url, "whose host is not an IPv6 address");
		}
		return endpoint;
	}

	private static int parsePort(String url, @Nullable String port) {
		if (port == null) {
			return DEFAULT_PORT;
		}
		if (!port.matches("\\d+")) {
			throw invalid(url, "whose port is not a number");
		}
		int number = (port.length() < MAX_INT_DIGITS) ? Integer.parseInt(port) : Integer.MAX_VALUE;
		if (number < 1 || number > MAX_PORT) {
			throw invalid(url, "whose port is not between 1 and " + MAX_PORT);
		}
		return number;
	}

	private static InvalidRelationDataException invalid(String url, String reason) {
		boolean quotable = url.length() <= MAX_QUOTED && !url.contains("-----");
		return new InvalidRelationDataException(ITEM, "has an entry " + (quotable ? "'" + url + "', " : "") + reason,
				REMEDY);
	}

	/**
	 * Return the members in the order of the connection string.
	 * @return the members, at least one
	 */
	public List<Endpoint> getMembers() {
		return new ArrayList<>(this.members);
	}

	/**
	 * Return whether connections to the members use TLS.
	 * @return whether the scheme is {@code https}
	 */
	public boolean isSecure() {
		return this.secure;
	}

	Endpoints only(Endpoint member) {
		return new Endpoints(Set.of(member), this.secure);
	}

	static Endpoint parseAuthority(String authority) {
		return parse("http://" + authority).getMembers().get(0);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Endpoints endpoints && this.secure == endpoints.secure
				&& this.members.equals(endpoints.members);
	}

	@Override
	public int hashCode() {
		return this.members.hashCode();
	}

	/**
	 * Return the URLs of the members in the order of the connection string.
	 * @return the URLs, at least one
	 */
	public List<String> getUrls() {
		return this.members.stream().map((member) -> (this.secure ? "https://" : "http://") + member).toList();
	}

	@Override
	public String toString() {
		return String.join(",", getUrls());
	}

}
