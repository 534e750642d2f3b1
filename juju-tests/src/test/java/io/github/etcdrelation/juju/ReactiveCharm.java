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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs hooks of a charm that is written with charms.reactive.
 */
final class ReactiveCharm {

	private final JujuModel model;

	private final String role;

	private final String unit;

	private final String endpoint;

	ReactiveCharm(JujuModel model, String role, String unit, String endpoint) {
		this.model = model;
		this.role = role;
		this.unit = unit;
		this.endpoint = endpoint;
	}

	/**
	 * Set what the provider publishes.
	 */
	void offer(Map<String, String> offer) throws IOException {
		Files.writeString(file("offer.json"), JsonPath.parse(offer).jsonString());
	}

	/**
	 * Return the flags and the offer that the requirer saw in its last hook.
	 */
	DocumentContext seen() throws IOException {
		return JsonPath.parse(Files.readString(file("seen.json")));
	}

	void hook(String kind, int relation, String remoteUnit) {
		Map<String, String> environment = new LinkedHashMap<>();
		environment.put("JUJU_CHARM_DIR", PythonEnvironment.SOURCES.resolve("reactive/" + this.role).toString());
		environment.put("JUJU_MODEL", this.model.directory().toString());
		environment.put("JUJU_UNIT_NAME", this.unit);
		environment.put("JUJU_HOOK_NAME", this.endpoint + "-relation-" + kind);
		environment.put("JUJU_RELATION", this.endpoint);
		environment.put("JUJU_RELATION_ID", this.endpoint + ":" + relation);
		environment.put("JUJU_REMOTE_UNIT", remoteUnit);
		environment.put("OFFER", file("offer.json").toString());
		environment.put("SEEN", file("seen.json").toString());
		environment.put("UNIT_STATE_DB", file("unit-state.db").toString());
		environment.put("PATH", this.model.tools(this.unit) + ":" + System.getenv("PATH"));
		PythonEnvironment.Result result = PythonEnvironment.run(
				List.of(PythonEnvironment.ofModule().binary().toString(),
						PythonEnvironment.SOURCES.resolve("reactive_hook.py").toString()),
				this.model.directory(), environment);
		assertThat(result.status()).as(result.output()).isZero();
	}

	private Path file(String name) {
		return this.model.directory().resolve(this.role + "-" + name);
	}

}
