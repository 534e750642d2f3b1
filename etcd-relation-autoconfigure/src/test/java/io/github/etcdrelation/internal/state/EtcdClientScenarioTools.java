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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.github.etcdrelation.internal.juju.SecretTools;
import io.github.etcdrelation.internal.juju.SecretUnavailableException;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hook tools that answer what a scenario of the interface {@code etcd_client} says, and
 * keep the databags and secrets of the own application.
 */
final class EtcdClientScenarioTools extends StepTools implements SecretTools {

	private final Scenario scenario;

	private final Map<String, Map<String, String>> databags = new TreeMap<>();

	private final Map<String, OwnSecret> secrets = new LinkedHashMap<>();

	private int added;

	EtcdClientScenarioTools(Scenario scenario) {
		this.scenario = scenario;
	}

	@Override
	@Nullable String variable(String name) {
		return name.equals("JUJU_UNIT_NAME") ? (String) this.scenario.content().get("local_unit")
				: super.variable(name);
	}

	Map<String, String> ownData(String endpoint) {
		return EtcdClientScenario.ownData(this.scenario, step(), endpoint);
	}

	@Override
	void begin(Map<String, Object> step) {
		super.begin(step);
		List<String> ids = new ArrayList<>();
		for (Map<String, Object> relation : relations()) {
			ids.add((String) relation.get("id"));
			this.databags.computeIfAbsent((String) relation.get("id"),
					(id) -> Scenario.stringMap(relation.get("local_app_data")));
		}
		this.databags.keySet().retainAll(ids);
	}

	/**
	 * Return the databags of the own application that are not empty, with its secrets in
	 * place of their URIs. That of a relation goes with its hook for the end.
	 */
	Map<String, Object> localDatabags() {
		Map<String, Object> described = new TreeMap<>();
		this.databags.forEach((id, databag) -> {
			if (!databag.isEmpty() && !isEnding(id)) {
				Map<String, Object> values = new TreeMap<>(databag);
				values.computeIfPresent("secret-mtls", (key, uri) -> this.secrets.get(uri).describe());
				described.put(id, values);
			}
		});
		return described;
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		throw new AssertionError("The requiring side has nothing to say in the databag of its unit");
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		Map<String, Object> relation = relation(relationId);
		if (application.equals(relation.get("app"))) {
			return EtcdClientScenario.databag(relation);
		}
		assertThat(variable("JUJU_UNIT_NAME")).startsWith(application + "/");
		requireLeader();
		return Map.copyOf(this.databags.get(relationId));
	}

	@Override
	public void applicationSet(String relationId, Map<String, String> values) {
		requireLeader();
		Map<String, String> databag = this.databags.get(relationId);
		databag.putAll(values);
		databag.values().removeIf(String::isEmpty);
	}

	@Override
	public boolean isLeader() {
		return Boolean.TRUE.equals(step().get("leader"));
	}

	@Override
	public SecretTools getSecretTools() {
		return this;
	}

	@Override
	public Map<String, String> get(String uri, String label) {
		for (Map<String, Object> relation : relations()) {
			Map<String, Object> secret = Scenario.map(Scenario.map(relation.get("secrets")).get(uri));
			if (Boolean.TRUE.equals(secret.get("granted"))) {
				assertThat(label).as("label of %s", uri).isEqualTo(secret.get("label"));
				return Scenario.stringMap(secret.get("content"));
			}
		}
		throw new SecretUnavailableException(failure("permission denied"));
	}

	@Override
	public Map<String, String> getOwn(String uri) {
		requireLeader();
		return this.secrets.get(uri).content;
	}

	@Override
	public String add(String label, Map<String, String> content) {
		requireLeader();
		assertThat(this.secrets.values()).extracting((secret) -> secret.label).doesNotContain(label);
		String uri = "secret:own" + this.added++;
		this.secrets.put(uri, new OwnSecret(label, content));
		return uri;
	}

	@Override
	public void set(String uri, Map<String, String> content) {
		requireLeader();
		OwnSecret secret = this.secrets.get(uri);
		secret.content = Map.copyOf(content);
		secret.revision++;
	}

	@Override
	public void grant(String uri, String relationId) {
		requireLeader();
		this.secrets.get(uri).granted.add(relationId);
	}

	@Override
	public Optional<String> find(String label) {
		return this.secrets.entrySet()
			.stream()
			.filter((secret) -> secret.getValue().label.equals(label))
			.map(Map.Entry::getKey)
			.findFirst();
	}

	@Override
	public void remove(String uri) {
		requireLeader();
		assertThat(this.secrets.remove(uri)).as(uri).isNotNull();
	}

	private void requireLeader() {
		assertThat(isLeader()).as("only a leader may do that").isTrue();
	}

	private static final class OwnSecret {

		private final String label;

		private final List<String> granted = new ArrayList<>();

		private Map<String, String> content;

		private int revision = 1;

		private OwnSecret(String label, Map<String, String> content) {
			this.label = label;
			this.content = Map.copyOf(content);
		}

		private Map<String, Object> describe() {
			return Map.of("label", this.label, "owner", "application", "granted", List.copyOf(this.granted), "revision",
					this.revision, "content", this.content);
		}

	}

}
