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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.internal.juju.ExecutableTools;
import io.github.etcdrelation.internal.juju.HookTools;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.JujuRelationSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays the scenarios of the interface {@code etcd_client} from the hook tools to the
 * events, and to the requests that are written.
 */
class EtcdClientHookToolsReplayTests {

	@TempDir
	private Path executables;

	static List<Scenario> scenarios() {
		return Scenario.loadEtcdClient();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenarios")
	void replay(Scenario scenario) {
		EtcdClientScenarioTools tools = new EtcdClientScenarioTools(scenario);
		replay(scenario, tools, tools);
	}

	static List<Scenario> scenariosForExecutables() {
		List<Scenario> scenarios = scenarios().stream()
			.filter((scenario) -> scenario.name().matches("(c|t|e03|e25|e35|e36|e38|e39|e51|e54|e57|e68|e69|e77).*"))
			.toList();
		assertThat(scenarios).hasSize(24);
		return scenarios;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("scenariosForExecutables")
	void replayWithExecutables(Scenario scenario) {
		EtcdClientScenarioTools tools = new EtcdClientScenarioTools(scenario);
		ExecutableTools executable = new ExecutableTools(tools, this.executables);
		replay(scenario, tools, executable);
		ScenarioSecrets.assertNoneIn(scenario, executable.getArguments());
	}

	@Test
	void secretsOfScenariosAreKnown() {
		Set<String> secrets = scenariosForExecutables().stream()
			.flatMap((scenario) -> ScenarioSecrets.of(scenario).stream())
			.collect(Collectors.toSet());
		assertThat(secrets).contains("-----BEGIN PRIVATE KEY-----", "s3cret").hasSizeGreaterThan(20);
		assertThat(ScenarioSecrets.isIn("--file=/tmp/p", "p")).isTrue();
		assertThat(ScenarioSecrets.isIn("--app", "p")).isFalse();
		assertThat(ScenarioSecrets.isIn("password=s3cret-1", "s3cret")).isTrue();
	}

	private static void replay(Scenario scenario, EtcdClientScenarioTools tools, HookTools hookTools) {
		try (EtcdClientReplay replay = new EtcdClientReplay(scenario,
				(endpoint) -> source(scenario, endpoint, tools, hookTools))) {
			replay.replay(tools::begin, () -> Map.of("local_app_databags", tools.localDatabags()));
		}
	}

	private static RelationSource source(Scenario scenario, String endpoint, EtcdClientScenarioTools tools,
			HookTools hookTools) {
		return new JujuRelationSource(new JujuEndpoint(endpoint, hookTools, tools.environment()),
				EtcdClientScenario.forced(scenario, endpoint), () -> tools.ownData(endpoint));
	}

}
