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
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * The members of a connection string. Two instances are equal when they name the same
 * members with the same scheme, whatever their order and repetitions.
 */
public final class Endpoints {

	private static final String ITEM = "connection-string";

	private static final int MAX_LENGTH = 64 * 1024;

	private final Set<Endpoint> members;

	private final boolean secure;

	private Endpoints(Set<Endpoint> members, boolean secure) {
		this.members = members;
		this.secure = secure;
	}

	/**
	 * Parse a connection string whose entries without a scheme mean {@code http}.
	 * @param connectionString the connection string
	 * @return the endpoints
	 * @throws InvalidRelationDataException if it cannot be used
	 */
	public static Endpoints parse(String connectionString) {
		return parse(connectionString, false);
	}

	/**
	 * Parse a connection string. It may also be a list as JSON or YAML has it, or have
	 * its entries on lines or between blanks; repetitions, upper case schemes, a trailing
	 * slash and a missing port (2379) are tolerated. Entries without a scheme take the
	 * one of the others.
	 * @param connectionString the URLs of scheme {@code http} or {@code https}, separated
	 * by commas
	 * @param secure whether TLS is meant where no entry has a scheme
	 * @return the endpoints
	 * @throws InvalidRelationDataException if it names no endpoint, has an entry that is
	 * no such URL, mixes the schemes or has a host that TLS cannot verify
	 */
	public static Endpoints parse(String connectionString, boolean secure) {
		if (connectionString.length() > MAX_LENGTH) {
			throw new InvalidRelationDataException(ITEM, "is longer than %d characters".formatted(MAX_LENGTH),
					EndpointEntry.REMEDY);
		}
		if (connectionString.indexOf('@') >= 0) {
			// The text before the at sign may be a password, whatever else is wrong
			throw new InvalidRelationDataException(ITEM, "has an entry with user information",
					"Set client.user and client.password instead");
		}
		List<EndpointEntry> entries = EndpointList.split(connectionString).stream().map(EndpointEntry::parse).toList();
		if (entries.isEmpty()) {
			throw new InvalidRelationDataException(ITEM, "names no endpoint", EndpointEntry.REMEDY);
		}
		Set<String> schemes = new LinkedHashSet<>();
		entries.stream().map(EndpointEntry::scheme).filter(Objects::nonNull).forEach(schemes::add);
		if (schemes.size() > 1) {
			throw new InvalidRelationDataException(ITEM, "mixes http and https: an endpoint without TLS "
					+ "would carry in the clear what the others protect", "Use one scheme for all endpoints");
		}
		boolean tls = schemes.isEmpty() ? secure : schemes.contains("https");
		if (tls) {
			entries.forEach(EndpointEntry::checkVerifiable);
		}
		return new Endpoints(
				entries.stream().map(EndpointEntry::endpoint).collect(Collectors.toCollection(LinkedHashSet::new)),
				tls);
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
