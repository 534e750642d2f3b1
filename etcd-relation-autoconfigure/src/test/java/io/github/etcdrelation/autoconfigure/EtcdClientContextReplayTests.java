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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.state.EtcdClientScenario;
import io.github.etcdrelation.internal.state.EtcdClientSpool;
import io.github.etcdrelation.internal.state.EtcdClientSpool.Form;
import io.github.etcdrelation.internal.state.Scenario;
import io.github.etcdrelation.internal.state.ScenarioOutcome;
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
 * Replays some scenarios of the interface {@code etcd_client} through an application with
 * a directory, which the hooks write as a charm would.
 */
class EtcdClientContextReplayTests {

	private static final String UNREACHABLE = "cannot be reached with the new data";

	/**
	 * Steps in which what is in use is to be replaced by something else. Nothing serves
	 * at the addresses of the scenarios, so that no replacement is accepted.
	 */
	private static final Map<String, String> REFUSALS = Map.of("e24-ca-renewed 2", UNREACHABLE, "e24-ca-renewed 3",
			UNREACHABLE, "e25-certificate-renewed 2", UNREACHABLE, "e30-authority-withdrawn 2",
			"has no certificate authority of etcd", "e54-two-relations 3", UNREACHABLE, "e76-migration 3", UNREACHABLE);

	@TempDir
	private Path spool;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	static List<Scenario> scenarios() {
		List<Scenario> scenarios = Scenario.loadEtcdClient()
			.stream()
			.filter((scenario) -> scenario.name()
				.matches("(c01|c03|t03|t06|e05|e24|e25|e30|e43|e49|e54|e57|e75|e76)-.*"))
			.toList();
		assertThat(scenarios).hasSize(14);
		return scenarios;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replay(Scenario scenario) {
		String endpoint = scenario.endpoint();
		EtcdClientSpool files = new EtcdClientSpool(this.spool, Form.RESOLVED);
		runner(scenario).run((context) -> {
			assertThat(context).hasNotFailed();
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			RelationResources resources = (RelationResources) ReflectionTestUtils
				.getField(context.getBean(RelationRegistry.class), "resources");
			for (int i = 0; i < scenario.steps().size(); i++) {
				Map<String, Object> step = scenario.steps().get(i);
				// On the refresh thread, so that no refresh sees a part of it
				resources.refreshExecutor().submit(() -> files.write(scenario, step, endpoint)).get();
				relations.refresh(endpoint);
				assertStep(scenario, i, relations.get(endpoint));
			}
		});
	}

	private void assertStep(Scenario scenario, int index, EtcdRelation relation) {
		Map<String, Object> expected = scenario.expected().get(index);
		String description = "%s, step %s (%s)".formatted(scenario.name(), index, expected.get("hook"));
		String refusal = REFUSALS.get(scenario.name() + " " + index);
		if (refusal != null) {
			assertThat(this.events).as("%s, events", description).isNotEmpty();
			assertThat(this.events.remove(this.events.size() - 1)).as("%s, last event", description)
				.isInstanceOfSatisfying(EtcdRotationFailedEvent.class,
						(failed) -> assertThat(failed.getCause()).hasMessageContaining(refusal));
		}
		assertThat(this.events).as("%s, refusals", description)
			.doesNotHaveAnyElementsOfTypes(EtcdRotationFailedEvent.class);
		assertThat(this.events.stream().map(ScenarioOutcome::describe).toList()).as("%s, events", description)
			.isEqualTo(expected.get("events"));
		this.events.clear();
		Set<String> states = new TreeSet<>();
		relation.getStates().forEach((state) -> states.add(state.flag(relation.getName())));
		assertThat(List.copyOf(states)).as("%s, states", description).isEqualTo(expected.get("states"));
		Map<String, Object> read = new TreeMap<>(Scenario.map(expected.get("read")));
		read.remove("refusals");
		assertThat(EtcdClientScenario.read(relation)).as("%s, values", description).isEqualTo(read);
	}

	private ApplicationContextRunner runner(Scenario scenario) {
		RelationInterface forced = EtcdClientScenario.forced(scenario, scenario.endpoint());
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withBean("recorder", Recorder.class, () -> new Recorder(this.events))
			.withPropertyValues("etcd.relation.name=" + scenario.endpoint(), "etcd.relation.directory=" + this.spool,
					"etcd.relation.interface=" + ((forced != null) ? forced.getName() : ""),
					"etcd.relation.poll-interval=1h", "etcd.relation.client.connect-timeout=100ms");
	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
