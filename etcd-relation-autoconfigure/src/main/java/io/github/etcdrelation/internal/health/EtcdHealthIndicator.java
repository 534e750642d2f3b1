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
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.MemberProbe;
import io.github.etcdrelation.internal.channel.MemberStatus;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.github.etcdrelation.internal.state.RelationStatus;
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

	private final RelationReconciler relation;

	private final RelationChannel channel;

	private final MemberProbe probe;

	/**
	 * Create a new instance.
	 * @param relation the relation
	 * @param channel the channel of the relation
	 */
	public EtcdHealthIndicator(RelationReconciler relation, RelationChannel channel) {
		super("etcd health check failed");
		this.relation = relation;
		this.channel = channel;
		this.probe = new MemberProbe(channel);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		RelationDetails.add(builder, this.relation.getRelation());
		builder.withDetail("source", this.relation.getSourceDescription());
		RelationStatus status = this.relation.getStatus();
		RelationStatus.Failure pending = status.pending();
		if (pending != null) {
			builder.withDetail("pending", Map.of("reason", pending.reason(), "since", pending.time()));
		}
		RelationDetails.add(builder, status.refusals());
		ChannelTarget target = this.channel.getStatus().target();
		if (target != null) {
			check(builder, target, status.refusals());
		}
		else {
			builder.down()
				.withDetail("reason",
						"%s is not available: %s".formatted(this.channel, this.channel.getStatus().problem()));
		}
	}

	private void check(Health.Builder builder, ChannelTarget target, List<RequestRefusal> refusals) {
		this.channel.prepareUser();
		List<MemberStatus> members = this.probe.ask(target, TIMEOUT);
		// After the probe, which takes a while
		ChannelStatus calls = this.channel.getStatus();
		Map<String, String> alarms = new TreeMap<>();
		members.stream()
			.map(MemberStatus::report)
			.filter(Objects::nonNull)
			.forEach((report) -> alarms.putAll(report.alarms()));
		if (members.stream().noneMatch(MemberStatus::serving)) {
			builder.status(areValid(target) ? Status.DOWN : Status.OUT_OF_SERVICE)
				.withDetail("reason", reason(target, members));
		}
		else if (!alarms.isEmpty()) {
			builder.down().withDetail("reason", alarmReason(target, alarms));
		}
		else if (calls.unserved()) {
			builder.down()
				.withDetail("reason", "%s: etcd at %s answers to health checks, but calls have no serving member: %s"
					.formatted(this.channel, target, calls.problem()));
		}
		else if (calls.refusal() != null) {
			builder.down().withDetail("reason", calls.refusal());
		}
		else if (!refusals.isEmpty()) {
			builder.down().withDetail("reason", this.channel + ": " + refusals.get(0).describe());
		}
		else {
			builder.up();
		}
		builder.withDetail("endpoints", MemberDetails.ofProbe(target, members));
		builder.withDetail("members", MemberDetails.ofCalls(calls.members(), Instant.now()));
		if (!alarms.isEmpty()) {
			builder.withDetail("alarms", alarms);
		}
		Instant expiry = CertificateInfo.clientExpiry(target.getSslBundle());
		if (expiry != null) {
			builder.withDetail("certificateExpiry", expiry);
		}
		addLagging(builder, calls);
	}

	/**
	 * Return whether the client certificate is valid, and one of the authorities.
	 */
	private static boolean areValid(ChannelTarget target) {
		Instant now = Instant.now();
		List<CertificateInfo> authorities = CertificateInfo.ofAuthorities(target.getSslBundle());
		return CertificateInfo.ofClient(target.getSslBundle())
			.stream()
			.allMatch((certificate) -> certificate.isValidAt(now))
				&& (authorities.isEmpty()
						|| authorities.stream().anyMatch((certificate) -> certificate.isValidAt(now)));
	}

	private String alarmReason(ChannelTarget target, Map<String, String> alarms) {
		String raised = alarms.entrySet()
			.stream()
			.map((alarm) -> "%s of member %s".formatted(alarm.getValue(), alarm.getKey()))
			.collect(Collectors.joining(", "));
		return "%s: etcd at %s has raised an alarm: %s".formatted(this.channel, target, raised);
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
				problems.isEmpty() ? "no connection within %d ms".formatted(TIMEOUT.toMillis()) : problems);
	}

}
