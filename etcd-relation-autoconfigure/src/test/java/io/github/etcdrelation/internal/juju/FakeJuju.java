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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.internal.databag.DatabagJson;
import org.jspecify.annotations.Nullable;

/**
 * A Juju with the relations of one endpoint, seen from the unit {@code app/0}. Its hook
 * tools are executables that answer only what they are really asked for, and what they
 * are given takes effect as in Juju.
 */
final class FakeJuju {

	static final String APPLICATION = "app";

	private final Map<String, Relation> relations = new TreeMap<>();

	private final Map<String, Secret> secrets = new TreeMap<>();

	private final Map<String, String> variables = new HashMap<>(Map.of("JUJU_UNIT_NAME", APPLICATION + "/0"));

	private final Map<String, String> failures = new HashMap<>();

	private final Path directory;

	private final FakeTools tools;

	private final String endpoint;

	private boolean leader = true;

	private int runs;

	FakeJuju(Path directory, String endpoint) throws IOException {
		this.directory = directory;
		this.tools = new FakeTools(directory);
		this.endpoint = endpoint;
	}

	JujuEndpoint getEndpoint() {
		return new JujuEndpoint(this.endpoint, new ProcessHookTools(this.directory, Duration.ofSeconds(30)),
				new HookEnvironment(this.variables::get));
	}

	/**
	 * Add a relation to an application that has published nothing yet.
	 */
	Relation relate(String id, String application, String... units) {
		Relation relation = new Relation(application);
		Stream.of(units).forEach((unit) -> relation.units.put(unit, new TreeMap<>()));
		this.relations.put(id, relation);
		return relation;
	}

	void remove(String id) {
		this.relations.remove(id);
	}

	/**
	 * Set the content of a secret of the other side, which is granted.
	 */
	void setSecret(String uri, Map<String, String> content) {
		Secret secret = new Secret(null);
		secret.content = content;
		this.secrets.put(uri, secret);
	}

	/**
	 * Have Juju refuse a secret.
	 */
	void revoke(String uri) {
		this.secrets.put(uri, new Secret(null));
	}

	/**
	 * Let the own application have a secret that no databag refers to.
	 */
	void addOwnSecret(String uri, String label, Map<String, String> content) {
		Secret secret = new Secret(label);
		secret.content = content;
		this.secrets.put(uri, secret);
	}

	Secret getSecret(String uri) {
		return this.secrets.get(uri);
	}

	void setLeader(boolean leader) {
		this.leader = leader;
	}

	void setVariable(String name, String value) {
		this.variables.put(name, value);
	}

	/**
	 * Let a tool, or one command with all its arguments, fail with the given words;
	 * {@code null} makes it work again.
	 */
	void fail(String command, @Nullable String words) {
		if (words != null) {
			this.failures.put(command, words);
		}
		else {
			this.failures.remove(command);
		}
	}

	/**
	 * Do something with the tools, and have take effect what they were given.
	 */
	<T> T run(Supplier<T> action) {
		try {
			this.tools.clear();
			this.runs++;
			writeAnswers();
			T result = action.get();
			for (ToolCall call : getCalls()) {
				apply(call);
			}
			return result;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void writeAnswers() throws IOException {
		this.tools.answer("relation-ids " + this.endpoint + " --format=json", names(this.relations.keySet()));
		this.tools.answer("is-leader --format=json", String.valueOf(this.leader));
		for (Map.Entry<String, Relation> entry : this.relations.entrySet()) {
			String id = entry.getKey();
			Relation relation = entry.getValue();
			this.tools.answer("relation-list --format=json -r " + id, names(relation.units.keySet()));
			this.tools.answer("relation-list --format=json --app -r " + id, '"' + relation.application + '"');
			String get = "relation-get --format=json -r " + id;
			this.tools.answer(get + " --app - " + relation.application, DatabagJson.write(relation.remote));
			if (this.leader) {
				this.tools.answer(get + " --app - " + APPLICATION, DatabagJson.write(relation.own));
				this.tools.answer("relation-set -r " + id + " --app --file -", "");
				this.tools.answer("secret-add --label " + label(id) + " --owner application mtls-cert#file",
						newUri(id) + "\n");
			}
			for (Map.Entry<String, Map<String, String>> unit : relation.units.entrySet()) {
				this.tools.answer(get + " - " + unit.getKey(), DatabagJson.write(unit.getValue()));
			}
		}
		for (Map.Entry<String, Secret> entry : this.secrets.entrySet()) {
			writeAnswers(entry.getKey(), entry.getValue());
		}
		if (this.leader) {
			for (String id : this.relations.keySet()) {
				this.tools.answer("secret-grant --relation " + id + " " + newUri(id), "");
			}
		}
		for (Map.Entry<String, String> failure : this.failures.entrySet()) {
			this.tools.fail(failure.getKey(), failure.getValue());
		}
	}

	private void writeAnswers(String uri, Secret secret) throws IOException {
		String get = "secret-get --format=json " + uri;
		String label = secret.label;
		if (secret.content.isEmpty()) {
			for (String other : this.relations.keySet()) {
				for (String group : new String[] { "user", "tls" }) {
					this.tools.fail(get + " --label " + other.replace(':', '.') + "." + group + ".secret --refresh",
							"ERROR permission denied");
				}
			}
		}
		else if (label == null) {
			for (String known : getLabels(uri)) {
				this.tools.answer(get + " --label " + known + " --refresh", DatabagJson.write(secret.content));
			}
		}
		else if (this.leader) {
			this.tools.answer(get + " --peek", DatabagJson.write(secret.content));
			this.tools.answer("secret-set " + uri + " mtls-cert#file", "");
			this.tools.answer("secret-info-get --format=json --label " + label, "{\"" + uri.replace("secret:", "")
					+ "\":{\"revision\":1,\"label\":\"" + label + "\",\"access\":[]}}");
			for (String id : this.relations.keySet()) {
				this.tools.answer("secret-grant --relation " + id + " " + uri, "");
				if (label.equals(label(id))) {
					this.tools.fail("secret-add --label " + label + " --owner application mtls-cert#file",
							"ERROR secret with label \"" + label + "\" already exists");
				}
			}
		}
	}

	/**
	 * The labels that Canonical's library sets, by which it recognizes the secret.
	 */
	private List<String> getLabels(String uri) {
		List<String> labels = new ArrayList<>();
		this.relations.forEach((id, relation) -> {
			for (String group : new String[] { "user", "tls" }) {
				boolean version1 = "v1".equals(relation.remote.get("version"));
				if (version1 || uri.equals(relation.remote.get("secret-" + group))) {
					String request = version1 ? ".388a6e97e53625e6" : "";
					labels.add(id.replace(':', '.') + request + "." + group + ".secret");
				}
			}
		});
		return labels;
	}

	private static String label(String id) {
		return id.replace(':', '.') + ".mtls.secret";
	}

	/**
	 * Return the URI that the next own secret of a relation gets.
	 */
	String newUri(String id) {
		return "secret:new" + id.replaceAll("\\D", "") + "x" + this.runs;
	}

	private static String names(Set<String> names) {
		return names.stream().map((name) -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"));
	}

	private void apply(ToolCall call) {
		if (call.failed) {
			return;
		}
		switch (call.arguments.get(0)) {
			case "relation-set" -> {
				Map<String, String> own = this.relations.get(call.after("-r")).own;
				DatabagJson.readDatabag(call.input).orElseThrow().forEach((key, value) -> {
					own.put(key, value);
					own.values().removeIf(String::isEmpty);
				});
			}
			case "secret-add" -> {
				String label = call.after("--label");
				String id = label.replaceFirst("\\.mtls\\.secret$", "").replace('.', ':');
				addOwnSecret(newUri(id), label, call.values);
			}
			case "secret-set" -> {
				Secret secret = this.secrets.get(call.arguments.get(1));
				secret.content = call.values;
				secret.revisions++;
			}
			case "secret-grant" -> this.secrets.get(call.arguments.get(3)).granted.add(call.after("--relation"));
			default -> {
			}
		}
	}

	/**
	 * Return the calls of the last run, in their order.
	 */
	List<ToolCall> getCalls() {
		return this.tools.getCalls();
	}

	/**
	 * Return how often each tool was run.
	 */
	Map<String, Long> countCalls() {
		return getCalls().stream()
			.collect(Collectors.groupingBy((call) -> call.arguments.get(0), TreeMap::new, Collectors.counting()));
	}

	/**
	 * Return the tools that change something, in the order of their calls.
	 */
	List<String> getWrites() {
		return getCalls().stream()
			.map((call) -> call.arguments.get(0))
			.filter((tool) -> tool.matches(".*-(set|add|grant)"))
			.toList();
	}

	/**
	 * A relation.
	 */
	static final class Relation {

		final String application;

		final Map<String, Map<String, String>> units = new TreeMap<>();

		final Map<String, String> remote = new TreeMap<>();

		final Map<String, String> own = new TreeMap<>();

		private Relation(String application) {
			this.application = application;
		}

	}

	/**
	 * A secret, without content if it is not granted.
	 */
	static final class Secret {

		final @Nullable String label;

		final Set<String> granted = new HashSet<>();

		Map<String, String> content = Map.of();

		int revisions = 1;

		private Secret(@Nullable String label) {
			this.label = label;
		}

	}

}
