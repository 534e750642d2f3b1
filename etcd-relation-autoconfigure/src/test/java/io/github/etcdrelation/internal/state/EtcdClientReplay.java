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

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays a scenario of the interface {@code etcd_client}, hook by hook, from sources to
 * events, and compares states, events and values after each step.
 */
final class EtcdClientReplay implements AutoCloseable {

	private static final Duration LOOK = Duration.ofMillis(50);

	// More than a source has with files that do not fit each other
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Scenario scenario;

	private final ReplayedRelations relations = new ReplayedRelations();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final RefreshExecutor refreshExecutor = new RefreshExecutor();

	private @Nullable Consumer<Duration> clock;

	private final SoftAssertions softly = new SoftAssertions();

	/**
	 * Create a replay.
	 * @param scenario the scenario
	 * @param sources creates the source of an endpoint
	 */
	EtcdClientReplay(Scenario scenario, Function<String, RelationSource> sources) {
		this(scenario, (endpoint) -> EtcdClientScenario.forced(scenario, endpoint),
				(endpoint, executor) -> sources.apply(endpoint));
	}

	/**
	 * Create a replay.
	 * @param scenario the scenario
	 * @param interfaces returns the interface that is given for an endpoint
	 * @param sources creates the source of an endpoint, for the given executor of
	 * refreshes
	 */
	EtcdClientReplay(Scenario scenario, Function<String, @Nullable RelationInterface> interfaces,
			BiFunction<String, RefreshExecutor, RelationSource> sources) {
		this.scenario = scenario;
		assertThat(scenario.expected()).as("expected outcomes of %s", scenario)
			.hasSameSizeAs(scenario.steps())
			.isNotEmpty();
		for (String endpoint : scenario.endpoints()) {
			this.relations.add(endpoint,
					new RelationReconciler(sources.apply(endpoint, this.refreshExecutor), interfaces.apply(endpoint),
							(data) -> CompletableFuture.completedFuture(null),
							(event) -> this.events.add(ScenarioOutcome.describe((EtcdRelationEvent) event)),
							this.refreshExecutor, Duration.ofDays(1)));
		}
	}

	/**
	 * Replay the scenario.
	 * @param hook has the sources hold what a step says, on the thread of refreshes so
	 * that none sees a part of it
	 */
	void replay(Consumer<Map<String, Object>> hook) {
		replay(hook, Collections::emptyMap);
	}

	/**
	 * Replay the scenario.
	 * @param hook has the sources hold what a step says
	 * @param more returns what else is to be compared after a step, by the name of the
	 * expected field
	 */
	void replay(Consumer<Map<String, Object>> hook, Supplier<Map<String, Object>> more) {
		for (int i = 0; i < this.scenario.steps().size(); i++) {
			Map<String, Object> step = this.scenario.steps().get(i);
			CompletableFuture.runAsync(() -> hook.accept(step), this.refreshExecutor).join();
			int index = i;
			this.relations.refresh(i);
			Map<String, Object> expected = this.scenario.expected().get(i);
			Map<String, Object> actual = observe(step, more);
			if (this.clock != null && !expected.entrySet().containsAll(actual.entrySet())) {
				actual = await(step, expected, more, this.clock);
			}
			this.events.clear();
			actual.forEach((field, value) -> this.softly.assertThat(value)
				.as("%s, step %s (%s), %s", this.scenario, index, step.get("hook"), field)
				.isEqualTo(expected.get(field)));
		}
		this.softly.assertAll();
	}

	/**
	 * Have time pass until that is published which waits for files to be quiet, or to fit
	 * each other.
	 */
	private Map<String, Object> await(Map<String, Object> step, Map<String, Object> expected,
			Supplier<Map<String, Object>> more, Consumer<Duration> clock) {
		Map<String, Object> actual = Map.of();
		for (Duration time = Duration.ZERO; time.compareTo(PATIENCE) < 0; time = time.plus(LOOK)) {
			clock.accept(LOOK);
			this.relations.refresh(1);
			actual = observe(step, more);
			if (expected.entrySet().containsAll(actual.entrySet())) {
				break;
			}
		}
		return actual;
	}

	private Map<String, Object> observe(Map<String, Object> step, Supplier<Map<String, Object>> more) {
		Map<String, Object> actual = new TreeMap<>(more.get());
		actual.put("events", List.copyOf(this.events));
		actual.put("states", List.copyOf(this.relations.getStates()));
		actual.put("read", read((String) step.getOrDefault("endpoint", this.scenario.endpoint())));
		return actual;
	}

	/**
	 * Have time pass in each step until the expected outcome is there.
	 * @param clock has some time pass
	 */
	EtcdClientReplay withClock(Consumer<Duration> clock) {
		this.clock = clock;
		return this;
	}

	private Map<String, Object> read(String endpoint) {
		DefaultEtcdRelation relation = this.relations.get(endpoint);
		Map<String, Object> read = EtcdClientScenario.read(relation);
		read.put("refusals", relation.getSnapshot().refusals().stream().map(RequestRefusal::code).toList());
		return read;
	}

	@Override
	public void close() {
		this.relations.stop();
		this.refreshExecutor.close();
	}

}
