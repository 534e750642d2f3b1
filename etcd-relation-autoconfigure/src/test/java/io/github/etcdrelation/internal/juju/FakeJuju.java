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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.juju.MemoryJuju.Relation;
import io.github.etcdrelation.internal.juju.MemorySecrets.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A Juju with the relations of one endpoint, seen from the unit {@code app/0} through
 * hook tools that are executables.
 */
final class FakeJuju {

	private final MemoryJuju memory;

	private final ExecutableTools tools;

	FakeJuju(Path directory, String endpoint) {
		this.memory = new MemoryJuju("app", endpoint);
		this.tools = new ExecutableTools(this.memory, directory);
	}

	JujuEndpoint getEndpoint() {
		return this.memory.endpoint(this.tools);
	}

	/**
	 * Add a relation to an application that has published nothing yet.
	 */
	Relation relate(String id, String application, String... units) {
		return this.memory.relate(id, application, units);
	}

	void remove(String id) {
		this.memory.end(id);
	}

	/**
	 * Leave a relation that ends out of the list, while its databags can be read.
	 */
	void unlist(String id) {
		this.memory.unlist(id);
	}

	/**
	 * Run the hook for the end of a relation.
	 */
	void breakUp(String id) {
		this.memory.breakUp(id);
	}

	/**
	 * Set the content of a secret of the other side, which is granted.
	 */
	void setSecret(String uri, Map<String, String> content) {
		this.memory.setSecret(uri, content);
	}

	/**
	 * Have Juju refuse a secret.
	 */
	void revoke(String uri) {
		this.memory.secrets.get(uri).granted.clear();
	}

	/**
	 * Let the own application have a secret that no databag refers to.
	 */
	void addOwnSecret(String uri, String label, Map<String, String> content) {
		this.memory.secrets.put(uri, new Secret(label, content));
	}

	Secret getSecret(String uri) {
		return this.memory.secrets.get(uri);
	}

	void setLeader(boolean leader) {
		this.memory.leader = leader;
	}

	void setVariable(String name, String value) {
		this.memory.environment.put(name, value);
	}

	/**
	 * Let a tool, or one command with all its arguments, fail with the given words;
	 * {@code null} makes it work again.
	 */
	void fail(String command, @Nullable String words) {
		this.tools.getTools().fail(command, words);
	}

	/**
	 * Do something with the tools.
	 */
	<T> T run(Supplier<T> action) {
		try {
			this.tools.getTools().clear();
			return action.get();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
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
			.filter((tool) -> tool.matches(".*-(set|add|grant|remove)"))
			.toList();
	}

}
