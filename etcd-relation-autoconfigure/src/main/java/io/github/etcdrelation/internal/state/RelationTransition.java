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
import java.util.function.Function;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRequestRefusedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.internal.databag.RequestRefusal;

/**
 * Transition between two snapshots of a relation.
 *
 * @param before the snapshot that was published last
 * @param after the snapshot to publish
 */
record RelationTransition(RelationSnapshot before, RelationSnapshot after) {

	/**
	 * Return the events in the order in which they are published: lost states, from the
	 * last to the first, then gained states, then changed values, then refusals.
	 */
	List<EtcdRelationEvent> events(EtcdRelation relation) {
		List<EtcdRelationEvent> events = new ArrayList<>();
		lost(events, relation, RelationState.TLS_AVAILABLE, EtcdTlsUnavailableEvent::new);
		lost(events, relation, RelationState.AVAILABLE, EtcdUnavailableEvent::new);
		lost(events, relation, RelationState.CONNECTED, EtcdDisconnectedEvent::new);
		gained(events, relation, RelationState.CONNECTED, EtcdConnectedEvent::new);
		gained(events, relation, RelationState.AVAILABLE, EtcdAvailableEvent::new);
		gained(events, relation, RelationState.TLS_AVAILABLE, EtcdTlsAvailableEvent::new);
		if (this.before.is(RelationState.AVAILABLE) && this.after.is(RelationState.AVAILABLE) && valuesDiffer()) {
			events.add(new EtcdChangedEvent(relation));
		}
		for (RequestRefusal refusal : this.after.refusals()) {
			if (!this.before.refusals().contains(refusal)) {
				events.add(
						new EtcdRequestRefusedEvent(relation, refusal.code(), refusal.message(), refusal.resolution()));
			}
		}
		return events;
	}

	private void lost(List<EtcdRelationEvent> events, EtcdRelation relation, RelationState state,
			Function<EtcdRelation, EtcdRelationEvent> event) {
		if (this.before.is(state) && !this.after.is(state)) {
			events.add(event.apply(relation));
		}
	}

	private void gained(List<EtcdRelationEvent> events, EtcdRelation relation, RelationState state,
			Function<EtcdRelation, EtcdRelationEvent> event) {
		if (!this.before.is(state) && this.after.is(state)) {
			events.add(event.apply(relation));
		}
	}

	private boolean valuesDiffer() {
		return this.before.differsInValues(this.after);
	}

}
