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

package io.github.etcdrelation.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Replays the scenarios of the requires side: view, derivation, transition, getters and
 * saved files, hook by hook. The system property {@code relation.scenarios} names another
 * directory with {@code scenarios} and {@code expected} to replay.
 */
class RelationScenarioTests {

	@TempDir
	private Path files;

	private final Map<String, LiveRelation> relations = new TreeMap<>();

	private final Map<String, RelationData> before = new LinkedHashMap<>();

	static List<Scenario> requires() {
		return Scenario.load("requires");
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("requires")
	void replay(Scenario scenario) throws IOException {
		assertThat(scenario.expected()).as("expected outcomes").hasSameSizeAs(scenario.steps()).isNotEmpty();
		Files.setPosixFilePermissions(this.files, PosixFilePermissions.fromString("rwxr-xr-x"));
		for (Map<String, Object> file : scenario.files()) {
			createFile(file);
		}
		scenario.endpoints().forEach((endpoint) -> this.relations.put(endpoint, new LiveRelation(endpoint)));
		SoftAssertions softly = new SoftAssertions();
		for (int i = 0; i < scenario.steps().size(); i++) {
			String step = "%s, step %s (%s)".formatted(scenario.name(), i, scenario.steps().get(i).get("hook"));
			Map<String, Object> expected = flatten(scenario.expected().get(i));
			Map<String, Object> actual = flatten(replay(scenario, i));
			expected.forEach((field, value) -> softly.assertThat(actual.getOrDefault(field, "(missing)"))
				.as("%s, %s", step, field)
				.isEqualTo(value));
			actual.keySet().removeAll(expected.keySet());
			softly.assertThat(actual).as("%s, more than expected", step).isEmpty();
		}
		softly.assertAll();
	}

	/**
	 * Nested maps as one, so that a difference shows where it is.
	 */
	private static Map<String, Object> flatten(Map<String, Object> map) {
		Map<String, Object> flat = new TreeMap<>();
		map.forEach((key, value) -> {
			if (value instanceof Map) {
				flatten(Scenario.map(value)).forEach((nested, leaf) -> flat.put(key + " > " + nested, leaf));
			}
			else {
				flat.put(key, value);
			}
		});
		return flat;
	}

	@Test
	void whenDirectoryHoldsNoScenarioFails() throws IOException {
		Files.createDirectory(this.files.resolve("scenarios"));
		assertThat(Scenario.load(this.files, "requires")).isEmpty();
		String location = System.getProperty(Scenario.LOCATION_PROPERTY);
		System.setProperty(Scenario.LOCATION_PROPERTY, this.files.toString());
		try {
			assertThatIllegalStateException().isThrownBy(RelationScenarioTests::requires)
				.withMessage("No scenario of role 'requires' in " + this.files);
		}
		finally {
			if (location != null) {
				System.setProperty(Scenario.LOCATION_PROPERTY, location);
			}
			else {
				System.clearProperty(Scenario.LOCATION_PROPERTY);
			}
		}
	}

	@Test
	void whenDirectoryDoesNotExistFails() {
		Path missing = this.files.resolve("missing");
		assertThatIllegalStateException().isThrownBy(() -> Scenario.load(missing, "requires"))
			.withMessageContaining(missing.toString());
	}

	private Map<String, Object> replay(Scenario scenario, int index) throws IOException {
		Map<String, Object> step = scenario.steps().get(index);
		List<String> events = new ArrayList<>();
		Set<String> states = new TreeSet<>();
		this.relations.forEach((endpoint, relation) -> {
			RelationData data = RelationData.derive(ScenarioView.of(step, endpoint));
			relation.update(data);
			RelationData previous = this.before.getOrDefault(endpoint, RelationData.NONE);
			new RelationTransition(previous, data).events(relation)
				.forEach((event) -> events.add(ScenarioOutcome.describe(event)));
			this.before.put(endpoint, data);
			data.states().forEach((state) -> states.add(state.flag(endpoint)));
		});
		String endpoint = (String) step.getOrDefault("endpoint", scenario.endpoint());
		Map<String, Object> outcome = new TreeMap<>();
		outcome.put("scenario", scenario.name());
		outcome.put("step", index);
		outcome.put("hook", step.get("hook"));
		outcome.put("ok", !Boolean.TRUE.equals(step.get("fail")));
		outcome.put("states", List.copyOf(states));
		outcome.put("events", events);
		outcome.put("read", ScenarioOutcome.read(this.relations.get(endpoint)));
		List<Object> calls = new ArrayList<>();
		for (Map<String, Object> call : Scenario.maps(step.get("calls"))) {
			calls.add(call(call, states));
		}
		outcome.put("calls", calls);
		outcome.put("files", readFiles());
		return outcome;
	}

	private Map<String, Object> call(Map<String, Object> call, Set<String> states) {
		Map<String, Object> outcome = new TreeMap<>();
		String method = (String) call.get("method");
		outcome.put("method", method);
		String flag = (String) call.get("flag");
		if (flag != null && !states.contains(flag)) {
			outcome.put("skipped", true);
		}
		else {
			outcome.put("result", result(relation(call), method, Scenario.strings(call.get("args"))));
		}
		return outcome;
	}

	private EtcdRelation relation(Map<String, Object> call) {
		String flag = (String) call.get("flag");
		if (flag == null) {
			return this.relations.get((String) call.get("name"));
		}
		return this.relations.values()
			.stream()
			.filter((relation) -> Stream.of(RelationState.values())
				.anyMatch((state) -> state.flag(relation.getName()).equals(flag)))
			.findFirst()
			.orElseThrow();
	}

	@SuppressWarnings("deprecation")
	private @Nullable Object result(EtcdRelation relation, String method, List<String> args) {
		return switch (method) {
			case "connection_string" -> ScenarioOutcome.shorten(relation.connectionString());
			case "get_connection_string" -> ScenarioOutcome.shorten(relation.getConnectionString());
			case "get_version" -> ScenarioOutcome.shorten(relation.getVersion());
			case "get_client_credentials" -> ScenarioOutcome.read(relation.getClientCredentials());
			case "save_client_credentials" -> save(relation, args);
			default -> throw new IllegalArgumentException(method);
		};
	}

	private @Nullable String save(EtcdRelation relation, List<String> args) {
		List<Path> paths = args.stream().map((arg) -> Path.of(arg.replace("$FILES", this.files.toString()))).toList();
		// Files without directory go to the current one, which is left as it was
		List<Path> bare = paths.stream().filter((path) -> path.getParent() == null).toList();
		assertThat(bare).allMatch(Files::notExists);
		try {
			relation.saveClientCredentials(paths.get(0), paths.get(1), paths.get(2));
			assertThat(bare).allMatch(Files::exists);
			return null;
		}
		catch (IllegalArgumentException | UncheckedIOException ex) {
			return "error";
		}
		finally {
			bare.forEach(RelationScenarioTests::delete);
		}
	}

	private static void delete(Path path) {
		try {
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void createFile(Map<String, Object> file) throws IOException {
		Path path = this.files.resolve((String) file.get("path"));
		List<Path> missing = new ArrayList<>();
		for (Path parent = path.getParent(); Files.notExists(parent); parent = parent.getParent()) {
			missing.add(0, parent);
		}
		for (Path parent : missing) {
			Files.createDirectory(parent);
			setMode(parent, "0755");
		}
		Files.writeString(path, (String) file.get("content"));
		setMode(path, (String) file.get("mode"));
	}

	private static void setMode(Path path, String mode) throws IOException {
		Files.setAttribute(path, "unix:mode",
				((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & ~07777)
						| Integer.parseInt(mode, 8));
	}

	private Map<String, Object> readFiles() throws IOException {
		Map<String, Object> found = new TreeMap<>();
		try (Stream<Path> paths = Files.walk(this.files)) {
			for (Path path : paths.filter((candidate) -> !candidate.equals(this.files)).toList()) {
				String name = this.files.relativize(path).toString();
				Map<String, Object> description = new TreeMap<>();
				description.put("mode", mode(path));
				if (Files.isDirectory(path)) {
					found.put(name + "/", description);
				}
				else {
					description.put("content", ScenarioOutcome.shorten(Files.readString(path)));
					found.put(name, description);
				}
			}
		}
		return found;
	}

	private static String mode(Path path) throws IOException {
		int mode = 0;
		for (PosixFilePermission permission : Files.getPosixFilePermissions(path)) {
			mode |= 0400 >> permission.ordinal();
		}
		return "%04o".formatted(mode);
	}

}
