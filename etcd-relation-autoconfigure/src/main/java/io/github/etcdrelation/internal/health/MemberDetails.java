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

package io.github.etcdrelation.internal.health;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.MemberStatus;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * Health details of members: what they answered to a probe, and what the connections of
 * calls know of them.
 */
final class MemberDetails {

	private MemberDetails() {
	}

	/**
	 * Return what each member answered to a probe, by its URL.
	 */
	static Map<String, Object> ofProbe(ChannelTarget target, List<MemberStatus> members) {
		Map<String, Object> endpoints = new LinkedHashMap<>();
		members.forEach((member) -> endpoints.put(member.url(), details(member)));
		for (String url : target.getEndpoints().getUrls()) {
			if (endpoints.keySet().stream().noneMatch((known) -> known.equals(url) || known.startsWith(url + " "))) {
				endpoints.put(url, Map.of("error", "not asked"));
			}
		}
		return endpoints;
	}

	private static Map<String, Object> details(MemberStatus member) {
		Map<String, Object> details = new LinkedHashMap<>();
		MemberStatus.Report report = member.report();
		if (report != null) {
			details.put("memberId", report.memberId());
			details.put("version", report.version());
			details.put("leader", report.leader());
			details.put("raftTerm", report.raftTerm());
			details.put("databaseSize", report.databaseSize());
			details.put("databaseSizeInUse", report.databaseSizeInUse());
			putIfPresent(details, "databaseQuota", report.databaseQuota());
			details.put("roundTripMillis", report.roundTrip().toNanos() / 1000 / 1000.0);
		}
		putIfPresent(details, "error", member.problem());
		return details;
	}

	/**
	 * Return what the connections of calls know of each member, by its URL.
	 */
	static Map<String, Object> ofCalls(List<ChannelStatus.Member> members, Instant now) {
		return members.stream()
			.collect(Collectors.toMap(ChannelStatus.Member::url, (member) -> details(member, now),
					(first, second) -> first, LinkedHashMap::new));
	}

	private static Map<String, Object> details(ChannelStatus.Member member, Instant now) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", member.condition().getLabel());
		details.put("callsInFlight", member.calls());
		details.put("streams", member.streams());
		Instant lastHeard = member.lastHeard();
		if (lastHeard != null) {
			details.put("lastHeardMillisAgo", Math.max(0, Duration.between(lastHeard, now).toMillis()));
		}
		putIfPresent(details, "leader", member.leader());
		putIfPresent(details, "version", member.version());
		CertificateInfo.ofClient(member.sslBundle()).stream().findFirst().ifPresent((certificate) -> {
			details.put("certificate", certificate.fingerprint());
			details.put("certificateExpiry", certificate.validTo());
		});
		putIfPresent(details, "refusal", member.refusal());
		putIfPresent(details, "error", member.problem());
		return details;
	}

	private static void putIfPresent(Map<String, Object> details, String key, @Nullable Object value) {
		if (value != null) {
			details.put(key, value);
		}
	}

}
