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

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SNIHostName;

import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a connection string.
 *
 * @param text the entry as it was given
 * @param scheme the scheme in lower case, {@code null} if the entry has none
 * @param endpoint the endpoint
 */
record EndpointEntry(String text, @Nullable String scheme, Endpoint endpoint) {

	static final String REMEDY = "Give one or more URLs separated by commas, "
			+ "for example https://10.0.0.1:2379,https://10.0.0.2:2379";

	private static final String ITEM = "connection-string";

	private static final String NO_URL = "which is not a URL";

	private static final int DEFAULT_PORT = 2379;

	private static final int MAX_PORT = 65535;

	private static final int MAX_INT_DIGITS = 10;

	private static final int MAX_QUOTED = 200;

	private static final Pattern URL = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://(.*)", Pattern.DOTALL);

	private static final Pattern AUTHORITY = Pattern
		.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([^\\s:/?#@\\[\\]\\p{C}]*))(?::(.*))?");

	// Stricter than the host of a URL: anything could be taken for one without a scheme
	private static final Pattern BARE = Pattern
		.compile("(?!https?(?::|\\z))(?:\\[[0-9a-fA-F:.]+\\]|(?=.{1,253}(?::|/|\\z))[\\p{L}\\p{N}_]"
				+ "[\\p{L}\\p{N}_-]{0,62}(?:\\.[\\p{L}\\p{N}_-]{1,63})*\\.?)(?::\\d+)?/?");

	private static final Pattern KEY_MATERIAL = Pattern.compile("-----|[A-Za-z0-9+/=]{40}");

	static EndpointEntry parse(String text) {
		Matcher matcher = URL.matcher(text);
		if (matcher.matches()) {
			String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
			if (!scheme.equals("http") && !scheme.equals("https")) {
				throw invalid(text, "whose scheme is neither http nor https");
			}
			return new EndpointEntry(text, scheme, endpoint(text, matcher.group(2)));
		}
		if (!BARE.matcher(text).matches()) {
			throw invalid(text, NO_URL);
		}
		return new EndpointEntry(text, null, endpoint(text, text));
	}

	private static Endpoint endpoint(String text, String location) {
		String authority = location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
		if (authority.indexOf('/') >= 0 || authority.indexOf('?') >= 0 || authority.indexOf('#') >= 0) {
			throw invalid(text, "which has more than scheme, host and port");
		}
		Matcher parts = AUTHORITY.matcher(authority);
		if (!parts.matches()) {
			throw invalid(text, NO_URL);
		}
		String host = (parts.group(1) != null) ? parts.group(1) : parts.group(2);
		if (host == null || host.isEmpty()) {
			throw invalid(text, "which has no host");
		}
		Endpoint endpoint = new Endpoint(host, port(text, parts.group(3)));
		if (parts.group(1) != null && !NetUtil.isValidIpV6Address(host)) {
			throw invalid(text, "whose host is not an IPv6 address");
		}
		return endpoint;
	}

	private static int port(String text, @Nullable String port) {
		if (port == null) {
			return DEFAULT_PORT;
		}
		if (!port.matches("\\d+")) {
			throw invalid(text, "whose port is not a number");
		}
		int number = (port.length() < MAX_INT_DIGITS) ? Integer.parseInt(port) : Integer.MAX_VALUE;
		if (number < 1 || number > MAX_PORT) {
			throw invalid(text, "whose port is not between 1 and " + MAX_PORT);
		}
		return number;
	}

	/**
	 * Check that a certificate can be verified against the host, by what the JDK requires
	 * of a host name: each handshake would fail otherwise.
	 */
	void checkVerifiable() {
		if (this.endpoint.isLiteral()) {
			return;
		}
		String host = this.endpoint.host();
		try {
			// The JDK drops a trailing dot before it verifies
			new SNIHostName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRelationDataException(ITEM, "has an entry " + quoted(this.text)
					+ "whose host TLS cannot verify: a host name consists of labels of 1 to 63 letters, digits and "
					+ "hyphens, without an underscore, and a hyphen is neither first nor last in a label",
					"Give the member a host name of that form (in Docker a network alias) that its certificate has, "
							+ "or use its IP address");
		}
	}

	private static InvalidRelationDataException invalid(String text, String reason) {
		return new InvalidRelationDataException(ITEM, "has an entry " + quoted(text) + reason, REMEDY);
	}

	private static String quoted(String text) {
		boolean quotable = text.length() <= MAX_QUOTED && !KEY_MATERIAL.matcher(text).find();
		return quotable ? "'" + text + "', " : "";
	}

}
