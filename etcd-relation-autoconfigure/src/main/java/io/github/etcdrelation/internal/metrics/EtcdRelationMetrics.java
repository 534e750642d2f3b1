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

package io.github.etcdrelation.internal.metrics;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.MemberCondition;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * {@link MeterBinder} for one relation to etcd. The meters read its current status and
 * record nothing themselves.
 */
public final class EtcdRelationMetrics implements MeterBinder {

	/**
	 * Tag with the name of the relation.
	 */
	static final String RELATION = "relation";

	private static final String STATE = "state";

	private static final String CONDITION = "condition";

	private static final String PREFIX = "etcd.relation.";

	private final RelationReconciler relation;

	private final RelationChannel channel;

	/**
	 * Create a new instance.
	 * @param relation the relation
	 * @param channel its channel
	 */
	public EtcdRelationMetrics(RelationReconciler relation, RelationChannel channel) {
		this.relation = relation;
		this.channel = channel;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		EtcdRelation view = this.relation.getRelation();
		String name = view.getName();
		for (RelationState state : RelationState.values()) {
			Gauge.builder(PREFIX + "state", view, (relation) -> relation.getStates().contains(state) ? 1 : 0)
				.description("Whether a state of the relation holds")
				.tag(RELATION, name)
				.tag(STATE, state.flag("").substring(1))
				.register(registry);
		}
		TimeGauge
			.builder(PREFIX + "certificate.expiry", this.channel, TimeUnit.SECONDS,
					EtcdRelationMetrics::secondsToExpiry)
			.description("Time until the client certificate in use expires, negative when it has")
			.tag(RELATION, name)
			.register(registry);
		bindMembers(registry, name, "serving", (condition) -> condition == MemberCondition.SERVING);
		bindMembers(registry, name, "out", EtcdRelationMetrics::isOut);
		FunctionCounter.builder(PREFIX + "refreshes", this.relation, (relation) -> relation.getStatus().refreshes())
			.description("How often the source of the relation was read")
			.tag(RELATION, name)
			.register(registry);
		FunctionCounter
			.builder(PREFIX + "rotations.failed", this.relation, (relation) -> relation.getStatus().failedRotations())
			.description("How often new data of the relation could not be read or used")
			.tag(RELATION, name)
			.register(registry);
		FunctionCounter.builder(PREFIX + "rotations", this.channel, (channel) -> channel.getStatus().rotations())
			.description("How often the target was replaced by one with other endpoints or new credentials")
			.tag(RELATION, name)
			.register(registry);
		FunctionCounter
			.builder(PREFIX + "streams.resumed", this.channel, (channel) -> channel.getStatus().resumedStreams())
			.description("How often a watch or keep-alive stream was resumed after a break or a move")
			.tag(RELATION, name)
			.register(registry);
	}

	private void bindMembers(MeterRegistry registry, String name, String condition,
			Predicate<MemberCondition> predicate) {
		Gauge
			.builder(PREFIX + "members", this.channel,
					(channel) -> channel.getStatus()
						.members()
						.stream()
						.filter((member) -> predicate.test(member.condition()))
						.count())
			.description("How many members get calls and how many are out of use")
			.tag(RELATION, name)
			.tag(CONDITION, condition)
			.register(registry);
	}

	/**
	 * Return whether a member is out of use. One without calls so far, or with its first
	 * connection in progress, is not.
	 */
	private static boolean isOut(MemberCondition condition) {
		return switch (condition) {
			case IDLE, CONNECTING, SERVING -> false;
			case UNREACHABLE, SILENT, NO_LEADER, LEARNER -> true;
		};
	}

	private static double secondsToExpiry(RelationChannel channel) {
		ChannelTarget target = channel.getStatus().target();
		return CertificateInfo.ofClient((target != null) ? target.getSslBundle() : null)
			.stream()
			.map(CertificateInfo::validTo)
			.min(Comparator.naturalOrder())
			.map((expiry) -> (double) ChronoUnit.SECONDS.between(Instant.now(), expiry))
			.orElse(Double.NaN);
	}

}
