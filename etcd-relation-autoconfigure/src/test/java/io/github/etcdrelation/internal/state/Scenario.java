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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import net.minidev.json.parser.JSONParser;
import net.minidev.json.parser.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * One scenario of the acceptance data: the life of a unit, hook by hook, and what is
 * expected of it.
 */
public record Scenario(String name, Map<String, Object> content, List<Map<String, Object>> expected) {

	static final String LOCATION_PROPERTY = "relation.scenarios";

	static final String DEFAULT_LOCATION = "src/test/resources/relation-scenarios";

	/**
	 * Load the scenarios of one role from the directory that the system property names.
	 */
	public static List<Scenario> load(String role) {
		Path directory = Path.of(System.getProperty(LOCATION_PROPERTY, DEFAULT_LOCATION)).toAbsolutePath();
		List<Scenario> scenarios = load(directory, role);
		if (scenarios.isEmpty()) {
			throw new IllegalStateException("No scenario of role '" + role + "' in " + directory);
		}
		return scenarios;
	}

	/**
	 * Load the scenarios of relations of the interface {@code etcd_client}.
	 */
	public static List<Scenario> loadEtcdClient() {
		return load(Path.of(DEFAULT_LOCATION, "etcd-client").toAbsolutePath(), "requires");
	}

	static List<Scenario> load(Path directory, String role) {
		try (Stream<Path> files = Files.list(directory.resolve("scenarios"))) {
			return files.filter((file) -> file.toString().endsWith(".json"))
				.sorted()
				.map(Scenario::read)
				.filter((scenario) -> role.equals(scenario.content().get("role")))
				.toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No scenarios in " + directory + ": " + ex, ex);
		}
	}

	private static Scenario read(Path file) {
		String name = file.getFileName().toString().replaceFirst("\\.json$", "");
		Path outcome = file.resolveSibling(Path.of("..", "expected", name + ".jsonl")).normalize();
		try {
			List<Map<String, Object>> expected = new ArrayList<>();
			for (String line : Files.readAllLines(outcome)) {
				if (!line.isBlank()) {
					expected.add(parse(line));
				}
			}
			return new Scenario(name, parse(Files.readString(file)), expected);
		}
		catch (IOException | ParseException ex) {
			throw new IllegalStateException("Scenario " + file + " cannot be read: " + ex, ex);
		}
	}

	private static Map<String, Object> parse(String json) throws ParseException {
		Object value = new JSONParser(JSONParser.MODE_RFC4627)
			.parse(ScenarioCertificates.resolve(json).getBytes(StandardCharsets.UTF_8));
		return map(value);
	}

	public String endpoint() {
		return (String) this.content.get("endpoint");
	}

	/**
	 * The endpoints of the scenario's role with the interface {@code etcd} or
	 * {@code etcd_client}, in string order.
	 */
	public List<String> endpoints() {
		Map<String, Object> section = map(map(this.content.get("metadata")).get(this.content.get("role")));
		TreeSet<String> endpoints = new TreeSet<>();
		section.keySet().forEach((endpoint) -> {
			if (isEtcdClient(endpoint) || "etcd".equals(interfaceOf(endpoint))) {
				endpoints.add(endpoint);
			}
		});
		return List.copyOf(endpoints);
	}

	/**
	 * Whether an endpoint is described as one of the interface {@code etcd_client}.
	 */
	boolean isEtcdClient(String endpoint) {
		return "etcd_client".equals(interfaceOf(endpoint));
	}

	private @Nullable Object interfaceOf(String endpoint) {
		Map<String, Object> section = map(map(this.content.get("metadata")).get(this.content.get("role")));
		return map(section.get(endpoint)).get("interface");
	}

	public List<Map<String, Object>> steps() {
		return maps(this.content.get("steps"));
	}

	List<Map<String, Object>> files() {
		return maps(this.content.get("files"));
	}

	@SuppressWarnings("unchecked")
	public static Map<String, Object> map(@Nullable Object value) {
		return (value != null) ? (Map<String, Object>) value : Map.of();
	}

	@SuppressWarnings("unchecked")
	static List<Map<String, Object>> maps(@Nullable Object value) {
		return (value != null) ? (List<Map<String, Object>>) value : List.of();
	}

	@SuppressWarnings("unchecked")
	public static List<String> strings(@Nullable Object value) {
		return (value != null) ? (List<String>) value : List.of();
	}

	static Map<String, String> stringMap(@Nullable Object value) {
		Map<String, String> strings = new TreeMap<>();
		map(value).forEach((key, entry) -> strings.put(key, (String) entry));
		return strings;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
