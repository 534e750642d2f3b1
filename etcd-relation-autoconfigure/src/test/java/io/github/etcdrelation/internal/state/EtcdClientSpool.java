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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.internal.source.TestFiles;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a scenario of the interface {@code etcd_client} holds for a hook to a
 * spool, as a charm would.
 */
public final class EtcdClientSpool {

	private static final List<String> SECRET_KEYS = List.of("secret-user", "secret-tls");

	private final Path directory;

	private final Form form;

	public EtcdClientSpool(Path directory, Form form) {
		this.directory = directory;
		this.form = form;
	}

	/**
	 * Write what an endpoint has, and remove what it no longer has.
	 */
	public void write(Scenario scenario, Map<String, Object> step, String endpoint) {
		Map<Path, String> files = new LinkedHashMap<>();
		Map<String, String> own = EtcdClientScenario.ownData(scenario, step, endpoint);
		Set<Path> relations = new HashSet<>();
		for (Map<String, Object> relation : EtcdClientScenario.relations(step, endpoint)) {
			Path directory = this.directory.resolve((String) relation.get("id"));
			relations.add(directory);
			Map<String, Map<String, String>> units = new LinkedHashMap<>(
					ScenarioView.of(step, endpoint).getRelations().get(relation.get("id")));
			units.forEach(
					(unit, databag) -> files.put(directory.resolve(unit + ".json"), JSONObject.toJSONString(databag)));
			files.put(directory.resolve(relation.get("app") + ".json"), application(relation, own));
			if (this.form == Form.REFERRED) {
				EtcdClientScenario.secrets(relation)
					.forEach((uri, content) -> files.put(directory.resolve("secrets")
						.resolve(uri.substring(uri.lastIndexOf('/') + 1).replaceFirst("^secret:", "") + ".json"),
							JSONObject.toJSONString(content)));
			}
		}
		if (this.form == Form.REFERRED) {
			own.forEach((key, value) -> files.put(this.directory.resolve(key), value));
		}
		// So that it is known as a spool while there is no relation
		this.directory.resolve("spool").toFile().mkdirs();
		files.forEach(EtcdClientSpool::put);
		TestFiles.files(this.directory).stream().filter((file) -> !files.containsKey(file)).forEach(TestFiles::delete);
		TestFiles.entries(this.directory)
			.stream()
			.filter((entry) -> entry.getFileName().toString().contains(":") && !relations.contains(entry))
			.forEach(TestFiles::delete);
	}

	private static void put(Path file, String content) {
		if (!Files.isRegularFile(file) || !TestFiles.read(file).equals(content)) {
			TestFiles.replace(file, content);
		}
	}

	private String application(Map<String, Object> relation, Map<String, String> own) {
		Map<String, Map<String, String>> secrets = EtcdClientScenario.secrets(relation);
		Map<String, Object> content = new LinkedHashMap<>(EtcdClientScenario.databag(relation));
		if (this.form != Form.REFERRED) {
			resolve(content, secrets);
			content.computeIfPresent("requests", (key, text) -> resolve(text, secrets));
			if (!own.isEmpty()) {
				content.put("own", own);
			}
		}
		return JSONObject.toJSONString(content);
	}

	private void resolve(Map<String, Object> content, Map<String, Map<String, String>> secrets) {
		for (String key : SECRET_KEYS) {
			Map<String, String> secret = secrets.get(content.get(key));
			if (secret != null && this.form == Form.FLAT) {
				content.remove(key);
				content.putAll(secret);
			}
			else if (secret != null) {
				content.put(key, secret);
			}
		}
	}

	/**
	 * Resolve responses in place, as far as they can be read.
	 */
	private Object resolve(Object text, Map<String, Map<String, String>> secrets) {
		List<Map<String, Object>> responses = responses((String) text);
		if (responses == null) {
			return text;
		}
		responses.forEach((response) -> resolve(response, secrets));
		return responses;
	}

	/**
	 * Return the responses that a text contains, {@code null} if it is no list of them.
	 */
	static @Nullable List<Map<String, Object>> responses(String text) {
		if (!(JSONValue.parse(text) instanceof List<?> items)) {
			return null;
		}
		List<Map<String, Object>> responses = new ArrayList<>();
		for (Object item : items) {
			if (!(item instanceof Map<?, ?>)) {
				return null;
			}
			responses.add(new LinkedHashMap<>(Scenario.map(item)));
		}
		return responses;
	}

	/**
	 * How secrets are written.
	 */
	public enum Form {

		/**
		 * Their contents stand in place of their URIs, and the own side's data beside
		 * them.
		 */
		RESOLVED,

		/**
		 * Their fields stand beside the other keys, which has no room for responses.
		 */
		FLAT,

		/**
		 * Each is a file of its own, and so is what the own side brings.
		 */
		REFERRED

	}

}
