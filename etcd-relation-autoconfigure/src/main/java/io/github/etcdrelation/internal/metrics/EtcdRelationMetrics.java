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
import java.util.List;
import java.util.concurrent.TimeUnit;

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

	private static final List<String> MEMBER_STATES = List.of("idle", "connecting", "serving", "out");

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
		for (String state : MEMBER_STATES) {
			bindMembers(registry, name, state);
		}
		Gauge.builder(PREFIX + "pending", this.relation, (relation) -> (relation.getStatus().pending() != null) ? 1 : 0)
			.description("Whether refused data waits to be accepted or replaced")
			.tag(RELATION, name)
			.register(registry);
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
		Gauge.builder(PREFIX + "calls.active", this.channel, RelationChannel::getCallsInFlight)
			.description("How many unary calls and streams were started and have not ended")
			.tag(RELATION, name)
			.register(registry);
	}

	private void bindMembers(MeterRegistry registry, String name, String state) {
		Gauge
			.builder(PREFIX + "members", this.channel,
					(channel) -> channel.getStatus()
						.members()
						.stream()
						.filter((member) -> state.equals(state(member.condition())))
						.count())
			.description("How many members are in a state, of which only those that serve get calls")
			.tag(RELATION, name)
			.tag(STATE, state)
			.register(registry);
	}

	private static String state(MemberCondition condition) {
		return switch (condition) {
			case IDLE -> "idle";
			case CONNECTING -> "connecting";
			case SERVING -> "serving";
			case UNREACHABLE, SILENT, NO_LEADER, LEARNER -> "out";
		};
	}

	private static double secondsToExpiry(RelationChannel channel) {
		ChannelTarget target = channel.getStatus().target();
		Instant expiry = CertificateInfo.clientExpiry((target != null) ? target.getSslBundle() : null);
		return (expiry != null) ? ChronoUnit.SECONDS.between(Instant.now(), expiry) : Double.NaN;
	}

}
