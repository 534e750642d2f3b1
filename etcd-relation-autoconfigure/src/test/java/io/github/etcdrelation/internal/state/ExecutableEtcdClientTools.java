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
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.juju.HookTools;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.juju.SecretTools;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has executables in a directory answer and take what a scenario of the interface
 * {@code etcd_client} says.
 */
final class ExecutableEtcdClientTools implements HookTools, SecretTools {

	private static final String SCRIPT = """
			#!/bin/sh
			printf '%s\\n' "$@" >>"$0.arguments"
			if [ -f "$0.fails" ]; then cat "$0.fails" >&2; exit 1; fi
			for argument in "$@"; do
				case $argument in
				*'#file='*) cp "${argument#*#file=}" "$0.input" ;;
				--file) cat >"$0.input" ;;
				esac
			done
			cat "$0.answer"
			""";

	private final EtcdClientScenarioTools scenario;

	private final Path directory;

	private final HookTools process;

	ExecutableEtcdClientTools(EtcdClientScenarioTools scenario, Path directory) {
		this.scenario = scenario;
		this.directory = directory;
		this.process = new ProcessHookTools(directory, Duration.ofSeconds(30));
		for (String tool : new String[] { "relation-ids", "relation-list", "relation-get", "relation-set", "is-leader",
				"secret-get", "secret-add", "secret-set", "secret-grant" }) {
			write(tool, SCRIPT);
		}
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

	private String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void answer(String tool, Supplier<String> answer) {
		try {
			Files.deleteIfExists(this.directory.resolve(tool + ".fails"));
			write(tool + ".answer", answer.get());
		}
		catch (InvalidRelationDataException ex) {
			write(tool + ".fails", "ERROR " + ex.getReason());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return all arguments that executables were given.
	 */
	String arguments() {
		try (var files = Files.list(this.directory)) {
			return files.filter((file) -> file.toString().endsWith(".arguments"))
				.map(this::read)
				.collect(Collectors.joining());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public List<String> relationIds(String endpoint) {
		answer("relation-ids", () -> names(this.scenario.relationIds(endpoint)));
		return this.process.relationIds(endpoint);
	}

	@Override
	public List<String> relationList(String relationId) {
		answer("relation-list", () -> names(this.scenario.relationList(relationId)));
		return this.process.relationList(relationId);
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		answer("relation-get", () -> DatabagJson.write(this.scenario.relationGet(relationId, unit)));
		return this.process.relationGet(relationId, unit);
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		this.scenario.relationSet(relationId, values);
	}

	@Override
	public String relationApplication(String relationId) {
		answer("relation-list", () -> '"' + this.scenario.relationApplication(relationId) + '"');
		return this.process.relationApplication(relationId);
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		answer("relation-get", () -> DatabagJson.write(this.scenario.applicationGet(relationId, application)));
		return this.process.applicationGet(relationId, application);
	}

	@Override
	public void applicationSet(String relationId, Map<String, String> values) {
		answer("relation-set", () -> "");
		this.process.applicationSet(relationId, values);
		this.scenario.applicationSet(relationId,
				DatabagJson.readDatabag(read(this.directory.resolve("relation-set.input"))).orElseThrow());
	}

	@Override
	public boolean isLeader() {
		answer("is-leader", () -> String.valueOf(this.scenario.isLeader()));
		return this.process.isLeader();
	}

	@Override
	public SecretTools getSecretTools() {
		return this;
	}

	@Override
	public Map<String, String> get(String uri, String label) {
		answer("secret-get", () -> DatabagJson.write(this.scenario.get(uri, label)));
		return this.process.getSecretTools().get(uri, label);
	}

	@Override
	public Map<String, String> getOwn(String uri) {
		answer("secret-get", () -> DatabagJson.write(this.scenario.getOwn(uri)));
		return this.process.getSecretTools().getOwn(uri);
	}

	@Override
	public String add(String label, Map<String, String> content) {
		answer("secret-add", () -> this.scenario.add(label, content));
		String uri = this.process.getSecretTools().add(label, content);
		assertThat(content).containsOnlyKeys("mtls-cert")
			.containsValue(read(this.directory.resolve("secret-add.input")));
		return uri;
	}

	@Override
	public void set(String uri, Map<String, String> content) {
		answer("secret-set", () -> "");
		this.process.getSecretTools().set(uri, content);
		assertThat(content).containsOnlyKeys("mtls-cert")
			.containsValue(read(this.directory.resolve("secret-set.input")));
		this.scenario.set(uri, content);
	}

	@Override
	public void grant(String uri, String relationId) {
		answer("secret-grant", () -> "");
		this.process.getSecretTools().grant(uri, relationId);
		this.scenario.grant(uri, relationId);
	}

	private static String names(List<String> names) {
		return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]")).replace("[\"\"]", "[]");
	}

}
