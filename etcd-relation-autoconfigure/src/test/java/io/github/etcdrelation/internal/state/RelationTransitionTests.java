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

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
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
import org.junit.jupiter.api.Test;

import static io.github.etcdrelation.event.RelationEventsAssert.assertThatEvents;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RelationTransition}.
 */
class RelationTransitionTests {

	private static final RelationSnapshot CONNECTED = data(Map.of());

	private static final RelationSnapshot AVAILABLE = data(Map.of("connection_string", "https://a:2379"));

	private static final RelationSnapshot TLS = data(
			Map.of("connection_string", "https://a:2379", "client_cert", "1", "client_key", "2", "client_ca", "3"));

	private final DefaultEtcdRelation relation = new DefaultEtcdRelation("etcd");

	@Test
	void whenAllIsGainedPublishesInOrder() {
		assertThatEvents(events(RelationSnapshot.NONE, TLS)).containsExactly(EtcdConnectedEvent.class,
				EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class);
	}

	@Test
	void whenAllIsLostPublishesInReverseOrder() {
		assertThatEvents(events(TLS, RelationSnapshot.NONE)).containsExactly(EtcdTlsUnavailableEvent.class,
				EtcdUnavailableEvent.class, EtcdDisconnectedEvent.class);
	}

	@Test
	void whenOneStateIsGainedPublishesIt() {
		assertThatEvents(events(RelationSnapshot.NONE, CONNECTED)).containsExactly(EtcdConnectedEvent.class);
		assertThatEvents(events(CONNECTED, AVAILABLE)).containsExactly(EtcdAvailableEvent.class);
	}

	@Test
	void whenOneStateIsLostPublishesIt() {
		assertThatEvents(events(AVAILABLE, CONNECTED)).containsExactly(EtcdUnavailableEvent.class);
		assertThatEvents(events(CONNECTED, RelationSnapshot.NONE)).containsExactly(EtcdDisconnectedEvent.class);
	}

	@Test
	void whenTlsIsGainedPublishesChangeLast() {
		assertThatEvents(events(AVAILABLE, TLS)).containsExactly(EtcdTlsAvailableEvent.class, EtcdChangedEvent.class);
	}

	@Test
	void whenTlsIsLostPublishesChangeLast() {
		assertThatEvents(events(TLS, AVAILABLE)).containsExactly(EtcdTlsUnavailableEvent.class, EtcdChangedEvent.class);
	}

	@Test
	void whenNothingDiffersPublishesNothing() {
		assertThat(events(TLS, TLS)).isEmpty();
		assertThat(events(RelationSnapshot.NONE, RelationSnapshot.NONE)).isEmpty();
	}

	@Test
	void whenAnyOfTheFiveValuesDiffersPublishesChange() {
		Map<String, String> values = Map.of("connection_string", "https://a:2379", "version", "3.5.0", "client_cert",
				"1", "client_key", "2", "client_ca", "3");
		values.keySet().forEach((key) -> {
			Map<String, String> changed = new TreeMap<>(values);
			changed.put(key, "https://other:2379");
			assertThatEvents(events(data(values), data(changed))).as(key).containsExactly(EtcdChangedEvent.class);
		});
	}

	@Test
	void whenConnectionStringIsWrittenInAnotherWayPublishesChange() {
		assertThatEvents(events(data(Map.of("connection_string", "https://a,https://b")),
				data(Map.of("connection_string", "https://b,https://a"))))
			.containsExactly(EtcdChangedEvent.class);
	}

	@Test
	void whenValuesDifferBeforeAvailableDoesNotPublishChange() {
		assertThat(events(data(Map.of("client_cert", "1")), data(Map.of("client_cert", "2")))).isEmpty();
	}

	@Test
	void whenUnknownKeyDiffersPublishesNothing() {
		assertThat(events(AVAILABLE, data(Map.of("connection_string", "https://a:2379", "other", "x")))).isEmpty();
	}

	@Test
	void refusalIsPublishedLastAndOnce() {
		RelationSnapshot refused = refusing(4001);
		assertThatEvents(events(RelationSnapshot.NONE, refused)).containsExactly(EtcdConnectedEvent.class,
				EtcdRequestRefusedEvent.class);
		assertThat(events(refused, refused)).isEmpty();
		assertThat(events(refused, refusing())).isEmpty();
		assertThatEvents(events(refused, refusing(4001, 5002))).containsExactly(EtcdRequestRefusedEvent.class);
		assertThatEvents(events(refusing(), refused)).containsExactly(EtcdRequestRefusedEvent.class);
	}

	@Test
	void refusalHasItsReason() {
		assertThat(events(refusing(), refusing(5002))).singleElement()
			.isInstanceOfSatisfying(EtcdRequestRefusedEvent.class, (event) -> {
				assertThat(event.getCode()).isEqualTo(5002);
				assertThat(event.getMessage()).isEqualTo("refused 5002");
				assertThat(event.getResolution()).isEqualTo("Use another name");
			});
	}

	@Test
	void refusalIsNoChangeOfValues() {
		RelationSnapshot data = data(Map.of("connection_string", "https://a:2379"));
		RelationSnapshot refused = new RelationSnapshot(data.states(), data.relationInterface(),
				data.connectionString(), data.version(), data.credentials(), data.account(),
				List.of(new RequestRefusal(4001, "refused", null)));
		assertThatEvents(events(data, refused)).containsExactly(EtcdRequestRefusedEvent.class);
		assertThat(events(refused, data)).isEmpty();
	}

	private static RelationSnapshot refusing(int... codes) {
		String status = Arrays.stream(codes)
			.mapToObj((code) -> "{\"code\": %1$d, \"message\": \"refused %1$d\", \"resolution\": \"Use another name\"}"
				.formatted(code))
			.collect(Collectors.joining(",", "[", "]"));
		return RelationSnapshot.derive(
				RelationView.empty()
					.withApplications(Map.of("etcd:1", new RemoteApplication(Map.of("status", status), Map.of()))),
				null);
	}

	@Test
	void eventsCarryRelation() {
		assertThat(events(RelationSnapshot.NONE, CONNECTED)).singleElement().satisfies((event) -> {
			assertThat(event.getRelation()).isSameAs(this.relation);
			assertThat(event.getRelationName()).isEqualTo("etcd");
			assertThat(event.getSource()).isSameAs(this.relation);
		});
	}

	private List<EtcdRelationEvent> events(RelationSnapshot before, RelationSnapshot after) {
		return new RelationTransition(before, after).events(this.relation);
	}

	private static RelationSnapshot data(Map<String, String> databag) {
		return RelationSnapshot.derive(RelationView.of("etcd:1", "etcd/0", databag), null);
	}

}
