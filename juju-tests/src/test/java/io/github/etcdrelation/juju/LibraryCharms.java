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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;

/**
 * Runs hooks of charms that use Canonical's library, in one process of Python, see
 * {@code library.py}.
 */
final class LibraryCharms implements AutoCloseable {

	private final JujuModel model;

	private final PythonProcess process = new PythonProcess(PythonEnvironment.ofModule(),
			PythonEnvironment.SOURCES.resolve("library.py"));

	LibraryCharms(JujuModel model) {
		this.model = model;
	}

	/**
	 * Return the provider's charm on a unit.
	 */
	Charm provider(String unit, int relation) {
		return new Charm("provider", unit, relation);
	}

	/**
	 * Return the requirer's charm on a unit.
	 */
	Charm requirer(String unit, int relation) {
		return new Charm("requirer", unit, relation);
	}

	/**
	 * Return the provider's charm with version 0 of the library.
	 */
	Charm providerV0(String unit, int relation) {
		return new Charm("provider-v0", unit, relation);
	}

	/**
	 * Return the requirer's charm with version 0 of the library.
	 */
	Charm requirerV0(String unit, int relation) {
		return new Charm("requirer-v0", unit, relation);
	}

	private List<Map<String, Object>> run(Map<String, Object> command) {
		DocumentContext answer = JsonPath.parse(this.process.ask(JsonPath.parse(command).jsonString()));
		String error = answer.read("$.error");
		if (error != null) {
			throw new IllegalStateException(error);
		}
		return answer.read("$.events");
	}

	@Override
	public void close() {
		this.process.close();
	}

	/**
	 * A charm on a unit, with options that are kept from hook to hook.
	 */
	final class Charm {

		private final String role;

		private final String unit;

		private final int relation;

		private final Map<String, Object> options = new LinkedHashMap<>();

		private Charm(String role, String unit, int relation) {
			this.role = role;
			this.unit = unit;
			this.relation = relation;
		}

		Charm with(String option, Object value) {
			this.options.put(option, value);
			return this;
		}

		Charm without(String option) {
			this.options.remove(option);
			return this;
		}

		/**
		 * Run a hook.
		 * @return the custom events that the charm saw, with their names and values
		 */
		List<Map<String, Object>> hook(String hook) {
			return hook(hook, "");
		}

		/**
		 * Run the hook for a secret that has changed.
		 */
		List<Map<String, Object>> secretChanged(String uri) {
			return hook("secret-changed", uri);
		}

		private List<Map<String, Object>> hook(String hook, String secret) {
			return run(Map.of("model", LibraryCharms.this.model.directory().toString(), "unit", this.unit, "role",
					this.role, "hook", hook, "relation", this.relation, "secret", secret, "options", this.options));
		}

	}

}
