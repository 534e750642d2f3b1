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

package io.github.etcdrelation.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.source.TestFiles;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.Scenario;
import io.github.etcdrelation.internal.state.ScenarioOutcome;
import io.github.etcdrelation.internal.state.ScenarioView;
import net.minidev.json.JSONObject;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays the scenarios of the requires side through an application: each endpoint has a
 * directory, which the hooks write as a charm would.
 */
class DirectoryScenarioTests {

	@TempDir
	private Path spool;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	static List<Scenario> requires() {
		return Scenario.load("requires");
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("requires")
	void replay(Scenario scenario) {
		runner(scenario).run((context) -> {
			assertThat(context).hasSingleBean(EtcdRelations.class);
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			assertThat(relations.getNames()).containsExactlyElementsOf(scenario.endpoints());
			assertThat(context.getBeansOfType(Client.class)).hasSameSizeAs(scenario.endpoints());
			assertThat(this.events).isEmpty();
			for (int i = 0; i < scenario.steps().size(); i++) {
				Map<String, Object> step = scenario.steps().get(i);
				write(context.getBean(RelationRegistry.class), scenario, step);
				scenario.endpoints().forEach(relations::refresh);
				assertStep(scenario, i, relations);
			}
			scenario.endpoints().forEach(relations::refresh);
			assertThat(this.events).isEmpty();
		});
	}

	private void assertStep(Scenario scenario, int index, EtcdRelations relations) {
		Map<String, Object> step = scenario.steps().get(index);
		Map<String, Object> expected = scenario.expected().get(index);
		String description = "%s, step %s (%s)".formatted(scenario.name(), index, step.get("hook"));
		assertThat(takeEvents()).as("%s, events", description).isEqualTo(expected.get("events"));
		Set<String> states = new TreeSet<>();
		scenario.endpoints()
			.forEach((endpoint) -> relations.get(endpoint)
				.getStates()
				.forEach((state) -> states.add(state.flag(endpoint))));
		assertThat(List.copyOf(states)).as("%s, states", description).isEqualTo(expected.get("states"));
		EtcdRelation observed = relations.get((String) step.getOrDefault("endpoint", scenario.endpoint()));
		assertThat(ScenarioOutcome.read(observed)).as("%s, values", description).isEqualTo(expected.get("read"));
	}

	/**
	 * Return what was told since, endpoints in string order.
	 */
	private List<String> takeEvents() {
		List<EtcdRelationEvent> taken = new ArrayList<>(this.events);
		this.events.clear();
		return taken.stream()
			.sorted(Comparator.comparing(EtcdRelationEvent::getRelationName))
			.map(ScenarioOutcome::describe)
			.toList();
	}

	private ApplicationContextRunner runner(Scenario scenario) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withBean("recorder", Recorder.class, () -> new Recorder(this.events));
		boolean first = true;
		for (String endpoint : scenario.endpoints()) {
			String prefix = first ? "etcd.relation" : "etcd.relations[" + endpoint + "]";
			runner = runner.withPropertyValues(prefix + ".name=" + endpoint,
					prefix + ".directory=" + this.spool.resolve(endpoint), prefix + ".poll-interval=1h",
					prefix + ".client.connect-timeout=100ms");
			first = false;
		}
		return runner;
	}

	/**
	 * Write what a hook shows. That is done on the refresh thread, so that no refresh
	 * sees a part of it.
	 */
	private void write(RelationRegistry registry, Scenario scenario, Map<String, Object> step)
			throws InterruptedException, ExecutionException {
		RelationResources resources = (RelationResources) ReflectionTestUtils.getField(registry, "resources");
		RefreshExecutor executor = resources.refreshExecutor();
		executor.submit(() -> scenario.endpoints().forEach((endpoint) -> write(step, endpoint))).get();
	}

	private void write(Map<String, Object> step, String endpoint) {
		Path directory = this.spool.resolve(endpoint);
		Map<String, ? extends Map<String, Map<String, String>>> relations = ScenarioView.of(step, endpoint)
			.getRelations();
		relations.forEach((id, units) -> {
			directory.resolve(id).toFile().mkdirs();
			units.forEach((unit, databag) -> TestFiles.replace(directory.resolve(id).resolve(unit + ".json"),
					JSONObject.toJSONString(databag)));
			for (Path file : TestFiles.files(directory.resolve(id))) {
				String unit = directory.resolve(id).relativize(file).toString().replaceFirst("\\.json$", "");
				if (!units.containsKey(unit)) {
					TestFiles.delete(file);
				}
			}
		});
		for (Path relation : TestFiles.entries(directory)) {
			if (!relations.containsKey(relation.getFileName().toString())) {
				TestFiles.delete(relation);
			}
		}
	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			// No part of the scenarios has credentials that could be used
			if (!(event instanceof EtcdRotationFailedEvent)) {
				this.events.add(event);
			}
		}

	}

}
