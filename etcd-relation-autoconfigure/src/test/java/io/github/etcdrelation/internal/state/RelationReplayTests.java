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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.event.EtcdProviderDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.internal.juju.ExecutableTools;
import io.github.etcdrelation.internal.juju.HookTools;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import io.github.etcdrelation.internal.provider.JujuProviderTarget;
import io.github.etcdrelation.internal.provider.ManagedProvider;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ApplicationEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Replays scenarios of both sides, hook by hook, from the hook tools to the events. The
 * system property {@code relation.scenarios} names another directory with
 * {@code scenarios} and {@code expected} to replay.
 */
class RelationReplayTests {

	@TempDir
	private Path files;

	private final List<String> events = new ArrayList<>();

	private final ReplayedRelations relations = new ReplayedRelations();

	private final Map<String, ManagedProvider> providers = new TreeMap<>();

	@TempDir
	private Path executables;

	private final ScenarioTools tools = new ScenarioTools();

	private HookTools hookTools = this.tools;

	private final RefreshExecutor refreshExecutor = new RefreshExecutor();

	static List<Scenario> scenarios() {
		Path directory = Path.of(System.getProperty(Scenario.LOCATION_PROPERTY, Scenario.DEFAULT_LOCATION));
		return scenarios(directory.toAbsolutePath());
	}

	private static List<Scenario> scenarios(Path directory) {
		List<Scenario> scenarios = Stream.of("requires", "provides")
			.flatMap((role) -> Scenario.load(directory, role).stream())
			.toList();
		assertThat(scenarios).as("scenarios in %s", directory).isNotEmpty();
		return scenarios;
	}

	@AfterEach
	void close() {
		this.providers.values().forEach(ManagedProvider::close);
		this.refreshExecutor.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replay(Scenario scenario) throws IOException {
		assertThat(scenario.expected()).as("expected outcomes").hasSameSizeAs(scenario.steps()).isNotEmpty();
		Files.setPosixFilePermissions(this.files, PosixFilePermissions.fromString("rwxr-xr-x"));
		for (Map<String, Object> file : scenario.files()) {
			createFile(file);
		}
		scenario.endpoints().forEach((endpoint) -> create(scenario, endpoint));
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

	static List<Scenario> scenariosForExecutables() {
		return scenarios(Path.of(Scenario.DEFAULT_LOCATION).toAbsolutePath()).stream()
			.filter((scenario) -> scenario.name().matches("(r09|r11|r13|r22|v01|v02|p01|p02|p04|p10|p11|v10)-.*"))
			.toList();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenariosForExecutables")
	void replayWithExecutables(Scenario scenario) throws IOException {
		ExecutableTools executable = new ExecutableTools(this.tools, this.executables);
		this.hookTools = executable;
		replay(scenario);
		ScenarioSecrets.assertNoneIn(scenario, executable.getArguments());
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
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> scenarios(this.files))
			.withMessageContaining(this.files.toString());
	}

	@Test
	void whenDirectoryDoesNotExistFails() {
		Path missing = this.files.resolve("missing");
		assertThatIllegalStateException().isThrownBy(() -> scenarios(missing))
			.withMessageContaining(missing.toString());
	}

	private static boolean isProvides(Scenario scenario) {
		return "provides".equals(scenario.content().get("role"));
	}

	private void create(Scenario scenario, String endpointName) {
		JujuEndpoint endpoint = new JujuEndpoint(endpointName, this.hookTools, this.tools.environment());
		ApplicationEventPublisher publisher = (event) -> this.events.add(describe(event));
		if (isProvides(scenario)) {
			this.providers.put(endpointName, new ManagedProvider(endpointName, new JujuProviderTarget(endpoint),
					publisher, new RefreshExecutor(), Duration.ofDays(1)));
		}
		else {
			this.relations.add(endpointName,
					new RelationReconciler(new JujuRelationSource(endpoint, null, Map::of), null,
							(data) -> CompletableFuture.completedFuture(null), publisher, this.refreshExecutor,
							Duration.ofDays(1)));
		}
	}

	private Map<String, Object> replay(Scenario scenario, int index) throws IOException {
		Map<String, Object> step = scenario.steps().get(index);
		boolean failing = Boolean.TRUE.equals(step.get("fail"));
		this.events.clear();
		this.tools.begin(step);
		this.relations.refresh(index);
		this.providers.values().forEach(ManagedProvider::start);
		Set<String> states = states();
		Map<String, Object> outcome = new TreeMap<>();
		outcome.put("scenario", scenario.name());
		outcome.put("step", index);
		outcome.put("hook", step.get("hook"));
		outcome.put("ok", !failing);
		outcome.put("states", List.copyOf(states));
		outcome.put("events", List.copyOf(this.events));
		if (!isProvides(scenario)) {
			outcome.put("read",
					ScenarioOutcome.read(relation((String) step.getOrDefault("endpoint", scenario.endpoint()))));
		}
		List<Object> calls = new ArrayList<>();
		for (Map<String, Object> call : Scenario.maps(step.get("calls"))) {
			calls.add(call(call, states));
		}
		outcome.put("calls", calls);
		this.providers.values().forEach(ManagedProvider::stop);
		this.tools.end(!failing);
		if (isProvides(scenario)) {
			outcome.put("local_databags", localDatabags());
		}
		outcome.put("files", readFiles());
		return outcome;
	}

	private Set<String> states() {
		Set<String> states = this.relations.getStates();
		this.providers.forEach((endpoint, provider) -> {
			if (provider.isConnected()) {
				states.add(RelationState.CONNECTED.flag(endpoint));
			}
		});
		return states;
	}

	private Map<String, Object> localDatabags() {
		Map<String, Object> databags = new TreeMap<>();
		this.tools.localDatabags().forEach((relationId, databag) -> {
			Map<String, Object> shortened = new TreeMap<>();
			databag.forEach((key, value) -> shortened.put(key, ScenarioOutcome.shorten(value)));
			databags.put(relationId, shortened);
		});
		return databags;
	}

	private EtcdRelation relation(String endpoint) {
		return this.relations.get(endpoint);
	}

	private static String describe(Object event) {
		if (event instanceof EtcdProviderConnectedEvent connected) {
			return "+" + RelationState.CONNECTED.flag(connected.getProviderName());
		}
		if (event instanceof EtcdProviderDisconnectedEvent disconnected) {
			return "-" + RelationState.CONNECTED.flag(disconnected.getProviderName());
		}
		return ScenarioOutcome.describe((EtcdRelationEvent) event);
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
			outcome.put("result", result(call, method));
		}
		return outcome;
	}

	private @Nullable Object result(Map<String, Object> call, String method) {
		String endpoint = endpoint(call);
		ManagedProvider provider = this.providers.get(endpoint);
		return (provider != null) ? set(provider, method, call)
				: result(relation(endpoint), method, arguments(call, "key", "cert", "ca"));
	}

	private String endpoint(Map<String, Object> call) {
		String flag = (String) call.get("flag");
		if (flag == null) {
			return (String) call.get("name");
		}
		return Stream.concat(this.relations.getEndpoints().stream(), this.providers.keySet().stream())
			.filter((endpoint) -> Stream.of(RelationState.values())
				.anyMatch((state) -> state.flag(endpoint).equals(flag)))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Positional and named arguments in the order of their names, as many as are given.
	 */
	private static List<@Nullable String> arguments(Map<String, Object> call, String... names) {
		List<@Nullable String> arguments = new ArrayList<>(Scenario.strings(call.get("args")));
		Map<String, Object> named = Scenario.map(call.get("kwargs"));
		for (int i = arguments.size(); i < names.length && named.containsKey(names[i]); i++) {
			arguments.add((String) named.get(names[i]));
		}
		return arguments;
	}

	private static @Nullable String set(EtcdRelationProvider provider, String method, Map<String, Object> call) {
		try {
			if (method.equals("set_client_credentials")) {
				List<@Nullable String> arguments = arguments(call, "key", "cert", "ca");
				provider.setClientCredentials(arguments.get(0), arguments.get(1), arguments.get(2));
			}
			else if (method.equals("set_connection_string")) {
				List<@Nullable String> arguments = arguments(call, "connection_string", "version");
				if (arguments.size() == 1) {
					provider.setConnectionString(arguments.get(0));
				}
				else {
					provider.setConnectionString(arguments.get(0), arguments.get(1));
				}
			}
			else {
				throw new IllegalArgumentException(method);
			}
			return null;
		}
		catch (InvalidRelationDataException ex) {
			return "error";
		}
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
			bare.forEach(RelationReplayTests::delete);
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
