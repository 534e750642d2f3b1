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

package io.github.etcdrelation.internal.provider;

import java.util.Arrays;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.channel.Endpoint;
import io.github.etcdrelation.internal.channel.Endpoints;
import io.github.etcdrelation.internal.tls.AuthorityCheck;
import org.jspecify.annotations.Nullable;

/**
 * What is offered to all granted requests; {@code null} is what nothing has been said
 * about, empty what was withdrawn.
 *
 * @param endpoints hosts with ports, separated by commas
 * @param version the version of etcd
 * @param ca the certificate authority of the servers as PEM text
 */
record ClusterOffer(@Nullable String endpoints, @Nullable String version, @Nullable String ca) {

	private static final String SCHEME = "://";

	static final ClusterOffer NOTHING = new ClusterOffer(null, null, null);

	ClusterOffer withEndpoints(@Nullable String newEndpoints, @Nullable String newVersion) {
		String given = (newEndpoints != null) ? newEndpoints.strip() : "";
		if (given.contains(SCHEME)) {
			throw new IllegalArgumentException(
					"The endpoints have a scheme. Give hosts with ports, such as 10.0.0.1:2379,10.0.0.2:2379");
		}
		return new ClusterOffer(given.isEmpty() ? "" : members(given), (newVersion != null) ? newVersion.strip() : "",
				this.ca);
	}

	/**
	 * Return the members as requirers expect them, each a host with a port.
	 */
	private static String members(String given) {
		try {
			return Endpoints.parse(given, true)
				.getMembers()
				.stream()
				.map(Endpoint::authority)
				.collect(Collectors.joining(","));
		}
		catch (InvalidRelationDataException ex) {
			throw new InvalidRelationDataException("endpoints", ex.getReason(),
					"Give hosts with ports, such as 10.0.0.1:2379,10.0.0.2:2379");
		}
	}

	ClusterOffer withCa(@Nullable String newCa) {
		String given = (newCa == null || newCa.isBlank()) ? "" : newCa;
		if (!given.isEmpty()) {
			AuthorityCheck.check("ca", given);
		}
		return new ClusterOffer(this.endpoints, this.version, given);
	}

	/**
	 * Return the URLs of the endpoints: a user that a certificate authenticates needs
	 * TLS.
	 * @return the URLs, separated by commas
	 */
	String uris() {
		return (this.endpoints == null) ? ""
				: Arrays.stream(this.endpoints.split(","))
					.map((endpoint) -> "https" + SCHEME + endpoint)
					.collect(Collectors.joining(","));
	}

}
