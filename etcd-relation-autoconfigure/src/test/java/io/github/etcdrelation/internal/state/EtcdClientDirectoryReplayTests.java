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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.internal.source.ClockedDirectory;
import io.github.etcdrelation.internal.source.DirectoryWatcher;
import io.github.etcdrelation.internal.source.KubernetesVolume;
import io.github.etcdrelation.internal.source.TestFiles;
import io.github.etcdrelation.internal.state.EtcdClientSpool.Form;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays the scenarios of the interface {@code etcd_client} from the files of a
 * directory to the events: a spool with secrets in each form, and plain files.
 */
class EtcdClientDirectoryReplayTests {

	@TempDir
	private Path directory;

	private final DirectoryWatcher watcher = new DirectoryWatcher();

	private final ClockedDirectory clock = new ClockedDirectory();

	@AfterEach
	void close() {
		this.watcher.close();
	}

	static List<Scenario> scenarios() {
		return Scenario.loadEtcdClient();
	}

	static List<Scenario> flatScenarios() {
		return scenarios().stream().filter((scenario) -> obstacleToFlat(scenario) == null).toList();
	}

	static List<Scenario> plainScenarios() {
		return scenarios().stream().filter((scenario) -> obstacleToPlain(scenario) == null).toList();
	}

	static List<Scenario> shownScenarios() {
		return plainScenarios().stream().flatMap((scenario) -> shown(scenario).stream()).toList();
	}

	@Test
	void scenariosThatAreLeftOutAreCounted() {
		assertThat(scenarios()).hasSize(92);
		assertThat(flatScenarios()).hasSize(81);
		assertThat(plainScenarios()).hasSize(62);
		assertThat(shownScenarios()).hasSize(52);
		assertThat(obstaclesToPlain()).isEqualTo(Map.of("several relations", 5, "another interface, or none", 4,
				"no or several responses", 6, "refusals", 10, "a password", 1, "no TLS", 2, "two prefixes", 2));
	}

	private static Map<String, Integer> obstaclesToPlain() {
		Map<String, Integer> obstacles = new LinkedHashMap<>();
		for (Scenario scenario : scenarios()) {
			String obstacle = obstacleToPlain(scenario);
			if (obstacle != null) {
				obstacles.merge(obstacle, 1, Integer::sum);
			}
		}
		return obstacles;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replayOfSpoolWithResolvedSecrets(Scenario scenario) {
		replaySpool(scenario, Form.RESOLVED);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("flatScenarios")
	void replayOfSpoolWithFlatSecrets(Scenario scenario) {
		replaySpool(scenario, Form.FLAT);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replayOfSpoolWithReferredSecrets(Scenario scenario) {
		replaySpool(scenario, Form.REFERRED);
	}

	private void replaySpool(Scenario scenario, Form form) {
		try (EtcdClientReplay replay = new EtcdClientReplay(scenario,
				(endpoint) -> EtcdClientScenario.forced(scenario, endpoint),
				(endpoint, executor) -> source(endpoint, executor, EtcdClientScenario.forced(scenario, endpoint)))) {
			replay.withClock(this.clock::elapse)
				.replay((step) -> scenario.endpoints()
					.forEach((endpoint) -> new EtcdClientSpool(this.directory.resolve(endpoint), form).write(scenario,
							step, endpoint)));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("plainScenarios")
	void replayOfPlainFiles(Scenario scenario) {
		replayPlainFiles(scenario, RelationInterface.ETCD_CLIENT);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shownScenarios")
	void replayOfPlainFilesThatShowTheirInterface(Scenario scenario) {
		replayPlainFiles(scenario, null);
	}

	private void replayPlainFiles(Scenario scenario, @Nullable RelationInterface relationInterface) {
		Path files = this.directory.resolve(scenario.endpoint());
		KubernetesVolume volume = new KubernetesVolume(files);
		try (EtcdClientReplay replay = new EtcdClientReplay(scenario, (endpoint) -> relationInterface,
				(endpoint, executor) -> source(endpoint, executor, relationInterface))) {
			replay.withClock(this.clock::elapse).replay((step) -> {
				List<Map<String, Object>> relations = EtcdClientScenario.relations(step, scenario.endpoint());
				if (relations.isEmpty()) {
					TestFiles.delete(files);
				}
				else {
					volume.exchange(plainFiles(scenario, step, relations.get(0)));
				}
			});
		}
	}

	private RelationSource source(String endpoint, RefreshExecutor executor,
			@Nullable RelationInterface relationInterface) {
		return this.clock.source(endpoint, this.directory.resolve(endpoint), this.watcher, executor, relationInterface);
	}

	private static @Nullable String obstacleToFlat(Scenario scenario) {
		return relations(scenario).stream().anyMatch((relation) -> isVersion1(EtcdClientScenario.databag(relation)))
				? "responses" : null;
	}

	/**
	 * Return why plain files, which are one value of one relation each, cannot say what a
	 * scenario says.
	 */
	private static @Nullable String obstacleToPlain(Scenario scenario) {
		if (scenario.endpoints().size() > 1 || scenario.steps()
			.stream()
			.anyMatch((step) -> EtcdClientScenario.relations(step, scenario.endpoint()).size() > 1)) {
			return "several relations";
		}
		if (scenario.expected().stream().anyMatch(EtcdClientDirectoryReplayTests::isOfAnotherInterface)) {
			return "another interface, or none";
		}
		for (Map<String, Object> relation : relations(scenario)) {
			Map<String, String> databag = EtcdClientScenario.databag(relation);
			List<Map<String, Object>> responses = EtcdClientSpool.responses(databag.getOrDefault("requests", ""));
			if (isVersion1(databag) && (responses == null || responses.size() != 1)) {
				return "no or several responses";
			}
			if (databag.containsKey("status")) {
				return "refusals";
			}
			for (Map<String, String> secret : EtcdClientScenario.secrets(relation).values()) {
				if (secret.containsKey("password")) {
					return "a password";
				}
				if ("false".equalsIgnoreCase(secret.get("tls")) && !secret.containsKey("tls-ca")) {
					return "no TLS";
				}
			}
		}
		return scenario.steps().stream().anyMatch((step) -> isOtherPrefix(scenario, step)) ? "two prefixes" : null;
	}

	/**
	 * Return a scenario from the first step on in which the files show of which interface
	 * they are, unless they do not in a later one: the events before it come with its
	 * own.
	 * @return the scenario, nothing if the interface has to be given
	 */
	private static Optional<Scenario> shown(Scenario scenario) {
		List<Map<String, Object>> steps = scenario.steps();
		int first = 0;
		while (first < steps.size() && !isShown(scenario, steps.get(first), false)) {
			first++;
		}
		List<Map<String, Object>> later = steps.subList(first, steps.size());
		if (later.isEmpty() || !later.stream().allMatch((step) -> isShown(scenario, step, true))) {
			return Optional.empty();
		}
		List<String> events = new ArrayList<>();
		scenario.expected()
			.subList(0, first + 1)
			.forEach((expected) -> events.addAll(Scenario.strings(expected.get("events"))));
		if (events.contains("~" + scenario.endpoint())) {
			// There is no change without something before it
			return Optional.empty();
		}
		List<Map<String, Object>> expected = new ArrayList<>(scenario.expected().subList(first, steps.size()));
		expected.set(0, new TreeMap<>(expected.get(0)));
		expected.get(0).put("events", events);
		Map<String, Object> content = new TreeMap<>(scenario.content());
		content.put("steps", later);
		return Optional.of(new Scenario(scenario.name(), content, expected));
	}

	/**
	 * Return whether the files of a step show of which interface they are: a user without
	 * password, a certificate or a key, and what only the other side gives.
	 * @param otherwise what to return if there are no files
	 */
	private static boolean isShown(Scenario scenario, Map<String, Object> step, boolean otherwise) {
		List<Map<String, Object>> relations = EtcdClientScenario.relations(step, scenario.endpoint());
		if (relations.isEmpty()) {
			return otherwise;
		}
		Set<String> names = plainFiles(scenario, step, relations.get(0)).keySet();
		return names.contains("username") && (names.contains("client_cert") || names.contains("client_key"))
				&& (names.contains("uris") || names.contains("endpoints") || names.contains("tls-ca"));
	}

	private static boolean isOfAnotherInterface(Map<String, Object> expected) {
		return !Scenario.strings(expected.get("states")).isEmpty()
				&& !"etcd_client".equals(Scenario.map(expected.get("read")).get("interface"));
	}

	private static boolean isOtherPrefix(Scenario scenario, Map<String, Object> step) {
		String requested = EtcdClientScenario.ownData(scenario, step, scenario.endpoint()).get("prefix");
		return requested != null && EtcdClientScenario.relations(step, scenario.endpoint())
			.stream()
			.map((relation) -> response(relation).get("prefix"))
			.anyMatch((granted) -> granted != null && !granted.equals(requested));
	}

	private static boolean isVersion1(Map<String, String> databag) {
		return "v1".equals(databag.get("version"));
	}

	private static List<Map<String, Object>> relations(Scenario scenario) {
		List<Map<String, Object>> relations = new ArrayList<>();
		scenario.steps()
			.forEach((step) -> scenario.endpoints()
				.forEach((endpoint) -> relations.addAll(EtcdClientScenario.relations(step, endpoint))));
		return relations;
	}

	private static Map<String, String> plainFiles(Scenario scenario, Map<String, Object> step,
			Map<String, Object> relation) {
		Map<String, String> files = new LinkedHashMap<>(
				EtcdClientScenario.ownData(scenario, step, scenario.endpoint()));
		files.putAll(response(relation));
		return files;
	}

	/**
	 * Return the one response of a provider as values by the names of their files.
	 */
	private static Map<String, String> response(Map<String, Object> relation) {
		Map<String, Object> values = new LinkedHashMap<>(EtcdClientScenario.databag(relation));
		if ("v1".equals(values.get("version"))) {
			List<Map<String, Object>> responses = EtcdClientSpool.responses((String) values.get("requests"));
			values = responses.get(0);
			values.put("prefix", values.get("resource"));
		}
		else if (!values.containsKey("prefix")) {
			values.put("prefix", values.get("resource"));
		}
		Map<String, Map<String, String>> secrets = EtcdClientScenario.secrets(relation);
		for (String key : new String[] { "secret-user", "secret-tls" }) {
			Map<String, String> secret = secrets.get(values.get(key));
			if (secret != null) {
				values.putAll(secret);
			}
		}
		Map<String, String> files = new LinkedHashMap<>();
		for (String name : new String[] { "uris", "endpoints", "tls-ca", "username", "prefix", "version" }) {
			if (values.get(name) instanceof String value) {
				files.put(name, value);
			}
		}
		return files;
	}

}
