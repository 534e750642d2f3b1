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
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.juju.HookTools;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.juju.UnitHookTools;

/**
 * Has executables in a directory answer and take what a scenario says.
 */
final class ExecutableScenarioTools extends UnitHookTools {

	private final ScenarioTools scenario;

	private final Path directory;

	private final HookTools process;

	ExecutableScenarioTools(ScenarioTools scenario, Path directory) {
		this.scenario = scenario;
		this.directory = directory;
		this.process = new ProcessHookTools(directory, Duration.ofSeconds(30));
		for (String tool : new String[] { "relation-ids", "relation-list", "relation-get" }) {
			write(tool, "#!/bin/sh\ncat \"$0.answer\"\n");
		}
		write("relation-set", "#!/bin/sh\ncat >\"$0.input\"\n");
	}

	private void write(String name, String content) {
		try {
			Path file = Files.writeString(this.directory.resolve(name), content);
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public List<String> relationIds(String endpoint) {
		write("relation-ids.answer", names(this.scenario.relationIds(endpoint)));
		return this.process.relationIds(endpoint);
	}

	@Override
	public List<String> relationList(String relationId) {
		write("relation-list.answer", names(this.scenario.relationList(relationId)));
		return this.process.relationList(relationId);
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		write("relation-get.answer", DatabagJson.write(this.scenario.relationGet(relationId, unit)));
		return this.process.relationGet(relationId, unit);
	}

	@Override
	public String relationApplication(String relationId) {
		write("relation-list.answer", '"' + this.scenario.relationApplication(relationId) + '"');
		return this.process.relationApplication(relationId);
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		write("relation-get.answer", DatabagJson.write(this.scenario.applicationGet(relationId, application)));
		return this.process.applicationGet(relationId, application);
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		this.process.relationSet(relationId, values);
		try {
			String input = Files.readString(this.directory.resolve("relation-set.input"));
			this.scenario.relationSet(relationId, DatabagJson.readDatabag(input).orElseThrow());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String names(List<String> names) {
		return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]")).replace("[\"\"]", "[]");
	}

}
