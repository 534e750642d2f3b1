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
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.MemberProbe;
import io.github.etcdrelation.internal.channel.MemberStatus;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.tls.CertificateInfo;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} for one relation to etcd that probes its members.
 */
public final class EtcdHealthIndicator extends AbstractHealthIndicator {

	static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final EtcdRelation relation;

	private final RelationChannel channel;

	private final MemberProbe probe;

	/**
	 * Create a new instance.
	 * @param relation the relation
	 * @param channel the channel of the relation
	 */
	public EtcdHealthIndicator(EtcdRelation relation, RelationChannel channel) {
		super("etcd health check failed");
		this.relation = relation;
		this.channel = channel;
		this.probe = new MemberProbe(channel);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		RelationDetails.add(builder, this.relation);
		ChannelStatus status = this.channel.getStatus();
		ChannelTarget target = status.target();
		if (target != null) {
			check(builder, target);
			addLagging(builder, status);
			return;
		}
		builder.status(this.relation.isAvailable() ? Status.DOWN : Status.UNKNOWN)
			.withDetail("reason", "%s is not available: %s".formatted(this.channel, status.problem()));
	}

	private void check(Health.Builder builder, ChannelTarget target) {
		List<MemberStatus> members = this.probe.ask(target, TIMEOUT);
		List<CertificateInfo> certificates = CertificateInfo.ofClient(target.getSslBundle());
		if (members.stream().anyMatch(MemberStatus::serving)) {
			builder.up();
		}
		else {
			boolean valid = Stream
				.concat(certificates.stream(), CertificateInfo.ofAuthorities(target.getSslBundle()).stream())
				.allMatch((certificate) -> certificate.isValidAt(Instant.now()));
			builder.status(valid ? Status.DOWN : Status.OUT_OF_SERVICE).withDetail("reason", reason(target, members));
		}
		builder.withDetail("endpoints", endpoints(target, members));
		if (!certificates.isEmpty()) {
			builder.withDetail("certificateExpiry", certificates.get(0).validTo());
		}
	}

	/**
	 * Add the members that calls reach with the former credentials only.
	 */
	private static void addLagging(Health.Builder builder, ChannelStatus status) {
		Map<String, String> lagging = new LinkedHashMap<>();
		status.members().forEach((member) -> {
			if (member.refusal() != null) {
				lagging.put(member.url(), member.refusal());
			}
		});
		if (!lagging.isEmpty()) {
			builder.withDetail("lagging", lagging);
		}
	}

	private String reason(ChannelTarget target, List<MemberStatus> members) {
		String problems = members.stream()
			.map(MemberStatus::problem)
			.filter(Objects::nonNull)
			.distinct()
			.sorted()
			.collect(Collectors.joining("; "));
		boolean reached = members.stream().anyMatch((member) -> member.report() != null);
		return "%s: etcd at %s %s: %s".formatted(this.channel, target, reached ? "does not serve" : "cannot be reached",
				problems);
	}

	private static Map<String, Object> endpoints(ChannelTarget target, List<MemberStatus> members) {
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
			details.put("roundTripMillis", report.roundTrip().toNanos() / 1000 / 1000.0);
		}
		if (member.problem() != null) {
			details.put("error", member.problem());
		}
		return details;
	}

}
