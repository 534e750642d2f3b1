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

package io.github.etcdrelation.sample.quickstart;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.actuate.RelationDescriptor;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;

/**
 * Puts together what the page says, from the actuator's endpoints and from the cluster.
 * What has changed about members is added to the timeline.
 */
final class PageReporter {

	private static final String RELATION = "etcd";

	private final EtcdRelationEndpoint relations;

	private final HealthEndpoint health;

	private final DemoCluster cluster;

	private final LeaderQuestions leader;

	private final Workload workload;

	private final Buttons buttons;

	private final Timeline timeline;

	private final Map<String, String> certificateNames = new ConcurrentHashMap<>();

	private final Map<String, String> reported = new ConcurrentHashMap<>();

	private volatile String healthStatus = "UNKNOWN";

	private volatile @Nullable String healthReason;

	PageReporter(EtcdRelationEndpoint relations, HealthEndpoint health, DemoCluster cluster, LeaderQuestions leader,
			Workload workload, Buttons buttons, Timeline timeline) {
		this.relations = relations;
		this.health = health;
		this.cluster = cluster;
		this.leader = leader;
		this.workload = workload;
		this.buttons = buttons;
		this.timeline = timeline;
	}

	/**
	 * Ask health, which takes two seconds if a member is silent.
	 */
	void checkHealth() {
		HealthDescriptor descriptor = this.health.healthForPath(RELATION);
		String status = (descriptor != null) ? descriptor.getStatus().getCode() : "UNKNOWN";
		Object reason = (descriptor instanceof IndicatedHealthDescriptor indicated && indicated.getDetails() != null)
				? indicated.getDetails().get("reason") : null;
		this.healthReason = (reason != null) ? reason.toString() : null;
		if (!status.equals(this.healthStatus)) {
			boolean up = status.equals("UP");
			this.timeline.add(Timeline.Source.EVENT, up ? Timeline.Tone.GOOD : Timeline.Tone.WARNING,
					"Health is " + status,
					(reason != null) ? reason.toString() : "As /actuator/health/etcd reports it");
		}
		this.healthStatus = status;
	}

	void askLeader() {
		if (this.workload.isStarted()) {
			this.cluster.getMembers()
				.stream()
				.filter((member) -> this.cluster.getProcess(member).equals("running"))
				.forEach(this.leader::ask);
		}
	}

	PageStatus report() {
		RelationDescriptor relation = this.relations.relation(RELATION);
		if (relation == null) {
			throw new IllegalStateException("There is no relation '%s'".formatted(RELATION));
		}
		relation.clientCertificates()
			.forEach((certificate) -> this.certificateNames.put(certificate.fingerprint(),
					PemText.name(certificate.subject())));
		List<PageStatus.Member> members = this.cluster.getMembers()
			.stream()
			.map((member) -> report(member, relation))
			.toList();
		members.forEach(this::recordChange);
		return new PageStatus(this.workload.isStarted(), this.cluster.getVersion(), this.healthStatus,
				this.healthReason, relation.states(), certificate(relation),
				relation.authorities().stream().map((authority) -> PemText.name(authority.subject())).toList(),
				relation.problem(), (relation.pending() != null) ? relation.pending().reason() : null,
				relation.counters(), members, this.workload.getCounts(), this.buttons.getObstacles());
	}

	private static PageStatus.@Nullable Certificate certificate(RelationDescriptor relation) {
		return relation.clientCertificates()
			.stream()
			.findFirst()
			.map((certificate) -> new PageStatus.Certificate(PemText.name(certificate.subject()),
					PemText.name(certificate.issuer()), certificate.fingerprint(), certificate.validTo()))
			.orElse(null);
	}

	private PageStatus.Member report(LocalEtcdMember member, RelationDescriptor relation) {
		String process = this.cluster.getProcess(member);
		boolean leader = process.equals("running") && this.leader.isLeader(member);
		RelationDescriptor.Member known = relation.members()
			.stream()
			.filter((candidate) -> candidate.url().equals(member.getEndpoint()))
			.findFirst()
			.orElse(null);
		if (known == null) {
			return new PageStatus.Member(member.getName(), member.getEndpoint(), process, "unrelated", null, null,
					leader, null, 0, 0, null, null);
		}
		String certificate = known.certificate();
		return new PageStatus.Member(member.getName(), member.getEndpoint(), process, known.state(), known.problem(),
				known.refusal(), leader, known.version(), known.callsInFlight(), known.streams(), certificate,
				(certificate != null) ? this.certificateNames.get(certificate) : null);
	}

	private void recordChange(PageStatus.Member member) {
		String state = member.state();
		String before = this.reported.put(member.name(), state);
		if (before == null || before.equals(state) || state.equals("unrelated") || before.equals("unrelated")
				|| state.equals("idle")) {
			return;
		}
		if (state.equals("serving")) {
			this.timeline.add(Timeline.Source.MEMBER, Timeline.Tone.GOOD, member.name() + " gets calls",
					"It was " + before);
		}
		else {
			this.timeline.add(Timeline.Source.MEMBER, Timeline.Tone.WARNING, member.name() + " gets no calls: " + state,
					(member.problem() != null) ? member.problem() : "The other members serve");
		}
	}

}
