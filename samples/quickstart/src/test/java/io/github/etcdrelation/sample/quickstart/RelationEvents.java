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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;

import org.springframework.context.event.EventListener;

/**
 * Adds each event of the relation to the timeline, and completes the expectations that it
 * meets.
 */
final class RelationEvents {

	private final Timeline timeline;

	private final List<Expectation> expectations = new CopyOnWriteArrayList<>();

	RelationEvents(Timeline timeline) {
		this.timeline = timeline;
	}

	/**
	 * Return a future of the next event that meets the condition.
	 */
	CompletableFuture<EtcdRelationEvent> expect(Predicate<EtcdRelationEvent> condition) {
		Expectation expectation = new Expectation(condition, new CompletableFuture<>());
		this.expectations.add(expectation);
		return expectation.event().whenComplete((event, failure) -> this.expectations.remove(expectation));
	}

	@EventListener
	void onEvent(EtcdRelationEvent event) {
		this.timeline.add(Timeline.Source.EVENT, tone(event), event.getClass().getSimpleName(), describe(event));
		this.expectations.stream()
			.filter((expectation) -> expectation.condition().test(event))
			.forEach((expectation) -> expectation.event().complete(event));
	}

	private static Timeline.Tone tone(EtcdRelationEvent event) {
		if (event instanceof EtcdRotationFailedEvent || event instanceof EtcdUnavailableEvent
				|| event instanceof EtcdDisconnectedEvent || event instanceof EtcdTlsUnavailableEvent) {
			return Timeline.Tone.WARNING;
		}
		return (event instanceof EtcdChangedEvent) ? Timeline.Tone.INFO : Timeline.Tone.GOOD;
	}

	private static String describe(EtcdRelationEvent event) {
		EtcdRelation relation = event.getRelation();
		if (event instanceof EtcdConnectedEvent) {
			return "The relation is there";
		}
		if (event instanceof EtcdAvailableEvent) {
			return "It has an address: " + relation.getConnectionString();
		}
		if (event instanceof EtcdTlsAvailableEvent) {
			return "It has credentials: " + String.join(", ", certificates(relation));
		}
		if (event instanceof EtcdChangedEvent) {
			return "New data: " + String.join(", ", certificates(relation));
		}
		if (event instanceof EtcdRotatedEvent) {
			return "All members that can be reached are served with the new data";
		}
		if (event instanceof EtcdRotationFailedEvent failed) {
			return "What was in use before still serves: " + failed.getCause().getMessage();
		}
		if (event instanceof EtcdTlsUnavailableEvent) {
			return "It has no credentials any more";
		}
		if (event instanceof EtcdUnavailableEvent) {
			return "It has no address any more: calls wait until it is back";
		}
		return (event instanceof EtcdDisconnectedEvent) ? "The relation is gone" : event.toString();
	}

	private static List<String> certificates(EtcdRelation relation) {
		List<String> parts = new ArrayList<>();
		PemText.read(relation.getClientCredentials().clientCert())
			.stream()
			.findFirst()
			.ifPresent((client) -> parts.add("client certificate %s by %s".formatted(
					PemText.name(client.getSubjectX500Principal()), PemText.name(client.getIssuerX500Principal()))));
		List<String> trusted = PemText.read(relation.getClientCredentials().clientCa())
			.stream()
			.map((authority) -> PemText.name(authority.getSubjectX500Principal()))
			.toList();
		parts.add("trust in " + String.join(" and ", trusted));
		return parts;
	}

	private record Expectation(Predicate<EtcdRelationEvent> condition, CompletableFuture<EtcdRelationEvent> event) {

	}

}
