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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has executables in a directory answer what other tools answer, and these take what the
 * executables were really given.
 */
public final class ExecutableTools implements HookTools, SecretTools {

	private final HookTools model;

	private final FakeTools tools;

	private final HookTools process;

	public ExecutableTools(HookTools model, Path directory) {
		this.model = model;
		this.process = new ProcessHookTools(directory, Duration.ofSeconds(30));
		try {
			this.tools = new FakeTools(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	FakeTools getTools() {
		return this.tools;
	}

	/**
	 * Return the calls of executables, in their order.
	 */
	public List<ToolCall> getCalls() {
		return this.tools.getCalls();
	}

	/**
	 * Return the arguments of all calls, one a line.
	 */
	public String getArguments() {
		return getCalls().stream().flatMap((call) -> call.arguments.stream()).collect(Collectors.joining("\n"));
	}

	private void prepare(String tool, Supplier<String> answer) {
		try {
			this.tools.answer(tool, answer.get());
		}
		catch (InvalidRelationDataException ex) {
			this.tools.refuse(tool, "ERROR " + ex.getReason());
		}
	}

	@Override
	public List<String> relationIds(String endpoint) {
		prepare("relation-ids", () -> names(this.model.relationIds(endpoint)));
		return this.process.relationIds(endpoint);
	}

	@Override
	public List<String> relationList(String relationId) {
		prepare("relation-list", () -> names(this.model.relationList(relationId)));
		return this.process.relationList(relationId);
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		prepare("relation-get", () -> DatabagJson.write(this.model.relationGet(relationId, unit)));
		return this.process.relationGet(relationId, unit);
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		prepare("relation-set", () -> "");
		this.process.relationSet(relationId, values);
		this.model.relationSet(relationId, input());
	}

	@Override
	public String relationApplication(String relationId) {
		prepare("relation-list", () -> '"' + this.model.relationApplication(relationId) + '"');
		return this.process.relationApplication(relationId);
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		prepare("relation-get", () -> DatabagJson.write(this.model.applicationGet(relationId, application)));
		return this.process.applicationGet(relationId, application);
	}

	@Override
	public void applicationSet(String relationId, Map<String, String> values) {
		prepare("relation-set", () -> "");
		this.process.applicationSet(relationId, values);
		this.model.applicationSet(relationId, input());
	}

	private Map<String, String> input() {
		return DatabagJson.readDatabag(this.tools.getLastCall().input).orElseThrow();
	}

	@Override
	public boolean isLeader() {
		prepare("is-leader", () -> String.valueOf(this.model.isLeader()));
		return this.process.isLeader();
	}

	@Override
	public SecretTools getSecretTools() {
		return this;
	}

	private SecretTools secrets() {
		return this.model.getSecretTools();
	}

	@Override
	public Map<String, String> get(String uri, String label) {
		prepare("secret-get", () -> DatabagJson.write(secrets().get(uri, label)));
		return this.process.getSecretTools().get(uri, label);
	}

	@Override
	public Map<String, String> getOwn(String uri) {
		prepare("secret-get", () -> DatabagJson.write(secrets().getOwn(uri)));
		return this.process.getSecretTools().getOwn(uri);
	}

	@Override
	public String add(String label, Map<String, String> content) {
		Optional<String> existing = secrets().find(label);
		if (existing.isPresent()) {
			this.tools.refuse("secret-add", "ERROR secret with label \"" + label + "\" already exists");
			prepare("secret-info-get", () -> info(label));
			prepare("secret-set", () -> "");
			String uri = this.process.getSecretTools().add(label, content);
			secrets().set(uri, this.tools.getLastCall().values);
			return uri;
		}
		String[] added = new String[1];
		prepare("secret-add", () -> {
			added[0] = secrets().add(label, content);
			return added[0] + "\n";
		});
		try {
			String uri = this.process.getSecretTools().add(label, content);
			assertThat(this.tools.getLastCall().values).isEqualTo(content);
			return uri;
		}
		catch (InvalidRelationDataException ex) {
			if (added[0] != null) {
				secrets().remove(added[0]);
			}
			throw ex;
		}
	}

	@Override
	public void set(String uri, Map<String, String> content) {
		prepareForOwner("secret-set", uri);
		this.process.getSecretTools().set(uri, content);
		secrets().set(uri, this.tools.getLastCall().values);
	}

	@Override
	public void grant(String uri, String relationId) {
		prepareForOwner("secret-grant", uri);
		this.process.getSecretTools().grant(uri, relationId);
		secrets().grant(uri, relationId);
	}

	@Override
	public Optional<String> find(String label) {
		prepare("secret-info-get", () -> info(label));
		return this.process.getSecretTools().find(label);
	}

	@Override
	public void remove(String uri) {
		prepareForOwner("secret-remove", uri);
		this.process.getSecretTools().remove(uri);
		secrets().remove(uri);
	}

	private void prepareForOwner(String tool, String uri) {
		prepare(tool, () -> {
			secrets().getOwn(uri);
			return "";
		});
	}

	private String info(String label) {
		String uri = secrets().find(label)
			.orElseThrow(() -> new InvalidRelationDataException("", "secret \"%s\" not found".formatted(label), null));
		return "{\"%s\":{\"revision\":1,\"label\":\"%s\",\"access\":[]}}".formatted(uri.replace("secret:", ""), label);
	}

	private static String names(List<String> names) {
		return names.stream().map((name) -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"));
	}

}
