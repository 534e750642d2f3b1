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

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link EtcdRelationMetrics}.
 */
class EtcdRelationMetricsTests {

	@Test
	void callsAreCountedWithoutTheStatusOfAllMembers() {
		EtcdRelation view = Mockito.mock(EtcdRelation.class);
		given(view.getName()).willReturn("etcd");
		RelationReconciler relation = Mockito.mock(RelationReconciler.class);
		given(relation.getRelation()).willReturn(view);
		RelationChannel channel = Mockito.mock(RelationChannel.class);
		given(channel.getCallsInFlight()).willReturn(3);
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		new EtcdRelationMetrics(relation, channel).bindTo(registry);
		assertThat(registry.get("etcd.relation.calls.active").gauge().value()).isEqualTo(3);
		then(channel).should(Mockito.never()).getStatus();
	}

}
