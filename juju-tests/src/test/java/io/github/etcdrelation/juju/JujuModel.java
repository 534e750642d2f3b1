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

package io.github.etcdrelation.juju;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.ProcessHookTools;

/**
 * A Juju model in a directory, see {@code juju_model.py}: the hook tools of each unit
 * work on it, and the charms under ops-scenario.
 */
final class JujuModel {

	private static final List<String> TOOLS = List.of("relation-ids", "relation-list", "relation-get", "relation-set",
			"is-leader", "secret-add", "secret-get", "secret-set", "secret-grant", "secret-info-get", "secret-ids",
			"secret-remove", "status-set", "juju-log", "config-get");

	private final Path directory;

	JujuModel(Path directory) {
		this.directory = directory;
		write("{\"leaders\":{},\"relations\":{},\"secrets\":{}}");
	}

	Path directory() {
		return this.directory;
	}

	/**
	 * Relate two applications with one unit each, which leads its application.
	 */
	void relate(int number, String interfaceName, String requirer, String requirerEndpoint, String provider,
			String providerEndpoint) {
		Map<String, Object> databags = new LinkedHashMap<>();
		for (String application : List.of(requirer, provider)) {
			databags.put(application, Map.of());
			databags.put(application + "/0", Map.of());
			lead(application, application + "/0");
		}
		put("$.relations", String.valueOf(number), Map.of("interface", interfaceName, "endpoints",
				Map.of(requirer, requirerEndpoint, provider, providerEndpoint), "databags", databags));
	}

	void addUnit(int relation, String unit) {
		put("$.relations['%d'].databags".formatted(relation), unit, Map.of());
	}

	void remove(int relation) {
		DocumentContext content = content();
		write(content.delete("$.relations['%d']".formatted(relation)).jsonString());
	}

	void lead(String application, String unit) {
		put("$.leaders", application, unit);
	}

	Map<String, String> databag(int relation, String who) {
		return content().read("$.relations['%d'].databags['%s']".formatted(relation, who));
	}

	/**
	 * Return the revisions of a secret, the latest comes last.
	 */
	List<Map<String, String>> revisions(String uri) {
		return secret(uri, "revisions");
	}

	<T> T secret(String uri, String key) {
		return content().read("$.secrets['%s'].%s".formatted(uri.replace("secret:", ""), key));
	}

	/**
	 * Return the URIs of the secrets that an application owns.
	 */
	List<String> secrets(String owner) {
		Map<String, Map<String, Object>> secrets = content().read("$.secrets");
		return secrets.entrySet()
			.stream()
			.filter((entry) -> owner.equals(entry.getValue().get("owner")))
			.map((entry) -> "secret:" + entry.getKey())
			.toList();
	}

	void revoke(String uri) {
		put("$.secrets['%s']".formatted(uri.replace("secret:", "")), "grants", Map.of());
	}

	/**
	 * Return what the hook tools recorded: arguments, modes of files, suspicious
	 * variables.
	 */
	List<Map<String, Object>> calls() {
		Path calls = this.directory.resolve("calls");
		try {
			return Files.exists(calls) ? Files.readAllLines(calls)
				.stream()
				.map((line) -> JsonPath.parse(line).<Map<String, Object>>read("$"))
				.toList() : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<Map<String, Object>> calls(String tool) {
		return calls().stream().filter((call) -> tool.equals(call.get("tool"))).toList();
	}

	JujuEndpoint endpoint(String unit, String name) {
		return new JujuEndpoint(name, new ProcessHookTools(tools(unit), Duration.ofSeconds(60)),
				new HookEnvironment(Map.of("JUJU_UNIT_NAME", unit)::get));
	}

	/**
	 * Return a directory with the hook tools of a unit.
	 */
	Path tools(String unit) {
		Path tools = this.directory.resolve("tools-" + unit.replace('/', '-'));
		try {
			if (!Files.exists(tools)) {
				Files.createDirectories(tools);
				for (String tool : TOOLS) {
					Path file = Files.writeString(tools.resolve(tool), """
							#!/bin/sh
							export JUJU_MODEL='%s' JUJU_UNIT_NAME='%s' PYTHONDONTWRITEBYTECODE=1
							exec '%s' '%s' %s "$@"
							""".formatted(this.directory, unit, PythonEnvironment.ofModule().binary(),
							PythonEnvironment.SOURCES.resolve("hook_tool.py"), tool));
					Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
				}
			}
			return tools;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private DocumentContext content() {
		try {
			return JsonPath.parse(Files.readString(this.directory.resolve("model.json")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void put(String path, String key, Object value) {
		write(content().put(path, key, value).jsonString());
	}

	private void write(String content) {
		try {
			Files.writeString(this.directory.resolve("model.json"), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
