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

package io.github.etcdrelation.internal.juju;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.internal.databag.DatabagJson;
import org.jspecify.annotations.Nullable;

/**
 * Runs the hook tools that Juju has installed. Values of databags pass through standard
 * input and output only.
 */
public final class ProcessHookTools implements HookTools {

	private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

	/**
	 * Far more relations than an endpoint has, and units than a relation has. Each costs
	 * a process.
	 */
	private static final int MAX_NAMES = 10_000;

	private final ToolRunner runner;

	private final SecretTools secretTools;

	/**
	 * Use the tools on the {@code PATH}.
	 */
	public ProcessHookTools() {
		this(null, TIME_LIMIT);
	}

	/**
	 * Use the tools in a directory.
	 * @param directory the directory, {@code null} for those on the {@code PATH}
	 * @param timeLimit how long a tool may run
	 */
	public ProcessHookTools(@Nullable Path directory, Duration timeLimit) {
		this(new ToolRunner(directory, timeLimit, ToolProcess::run));
	}

	ProcessHookTools(ToolRunner.Processes processes) {
		this(new ToolRunner(null, TIME_LIMIT, processes));
	}

	private ProcessHookTools(ToolRunner runner) {
		this.runner = runner;
		this.secretTools = new ProcessSecretTools(this.runner);
	}

	@Override
	public List<String> relationIds(String endpoint) {
		return names("relation-ids", endpoint, "--format=json");
	}

	@Override
	public List<String> relationList(String relationId) {
		return names("relation-list", "--format=json", "-r", relationId);
	}

	private List<String> names(String tool, String... arguments) {
		List<String> names = this.runner.answer(tool, (text) -> DatabagJson.readNames(text, MAX_NAMES + 1),
				Collections.emptyList(), arguments);
		if (names.size() > MAX_NAMES) {
			throw this.runner.failure(tool, "answered with more than %d names".formatted(MAX_NAMES), null);
		}
		return names;
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		return this.runner.answer("relation-get", DatabagJson::readDatabag, Collections.emptyMap(), "--format=json",
				"-r", relationId, "-", unit);
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		this.runner.run("relation-set", DatabagJson.write(values), values.values(), "-r", relationId, "--file", "-");
	}

	@Override
	public String relationApplication(String relationId) {
		return this.runner.answer("relation-list", DatabagJson::readText, "", "--format=json", "--app", "-r",
				relationId);
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		return this.runner.answer("relation-get", DatabagJson::readDatabag, Collections.emptyMap(), "--format=json",
				"-r", relationId, "--app", "-", application);
	}

	@Override
	public void applicationSet(String relationId, Map<String, String> values) {
		this.runner.run("relation-set", DatabagJson.write(values), values.values(), "-r", relationId, "--app", "--file",
				"-");
	}

	@Override
	public boolean isLeader() {
		return this.runner.answer("is-leader", DatabagJson::readBoolean, Boolean.FALSE, "--format=json");
	}

	@Override
	public SecretTools getSecretTools() {
		return this.secretTools;
	}

}
