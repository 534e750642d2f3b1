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

package io.github.etcdrelation.internal.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * Describes {@link DataInUse} and its changes as parts of a line of the log.
 */
final class DataDescription {

	/**
	 * How many certificate authorities are described one by one.
	 */
	private static final int MAX_AUTHORITIES = 3;

	private DataDescription() {
	}

	static String describe(DataInUse data) {
		List<String> parts = new ArrayList<>();
		parts.add("endpoints " + endpoints(data));
		parts.add(data.tls() ? "TLS" : "plain text");
		if (data.tls()) {
			parts.add(clientCertificate(data));
		}
		if (data.user() != null) {
			parts.add("user " + data.user());
		}
		return String.join(", ", parts);
	}

	/**
	 * Describe what differs.
	 * @return the description, empty if nothing that is worth a word does
	 */
	static String describeChange(DataInUse former, DataInUse latest) {
		List<String> parts = new ArrayList<>();
		if (!former.endpoints().equals(latest.endpoints())) {
			parts.add("endpoints from %s to %s".formatted(endpoints(former), endpoints(latest)));
		}
		if (former.tls() != latest.tls()) {
			parts.add(latest.tls() ? "TLS in place of plain text" : "plain text in place of TLS");
		}
		if (latest.tls() && !former.clientCertificates().equals(latest.clientCertificates())) {
			parts.add(clientCertificate(latest));
		}
		if (latest.tls() && !former.authorities().equals(latest.authorities())) {
			parts.add(authorities(latest));
		}
		if (!Objects.equals(former.user(), latest.user())) {
			parts.add("user from %s to %s".formatted(user(former), user(latest)));
		}
		else if (!Objects.equals(former.userIdentity(), latest.userIdentity())) {
			parts.add("password of user " + user(latest));
		}
		return String.join(", ", parts);
	}

	static String endpoints(DataInUse data) {
		return String.join(",", data.endpoints());
	}

	private static String clientCertificate(DataInUse data) {
		return data.clientCertificates().isEmpty() ? "no client certificate"
				: "client certificate " + data.clientCertificates().get(0).describe();
	}

	private static String authorities(DataInUse data) {
		List<CertificateInfo> authorities = data.authorities();
		if (authorities.size() > MAX_AUTHORITIES) {
			return authorities.size() + " certificate authorities";
		}
		return "certificate authority "
				+ authorities.stream().map(CertificateInfo::describe).collect(Collectors.joining(" and "));
	}

	private static String user(DataInUse data) {
		@Nullable String user = data.user();
		return (user != null) ? user : "none";
	}

}
