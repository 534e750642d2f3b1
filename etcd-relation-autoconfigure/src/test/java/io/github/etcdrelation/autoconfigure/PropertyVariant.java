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

package io.github.etcdrelation.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One way to give properties, and what comes of it.
 */
final class PropertyVariant {

	private final String name;

	final Map<String, String> variables = new LinkedHashMap<>();

	final Map<String, String> connectionStrings = new LinkedHashMap<>();

	final List<String> texts = new ArrayList<>();

	private String below = "";

	String yaml = "";

	PropertyVariant(String name) {
		this.name = name;
	}

	PropertyVariant below(String below) {
		this.below = below;
		return this;
	}

	PropertyVariant of(String yaml) {
		// What is given begins in line 3 for the default relation, in line 2 for others
		String prefix = this.below.equals("relation") ? "etcd:\n  relation:\n" : "etcd.relations:\n";
		this.yaml = prefix + yaml.indent(4);
		return this;
	}

	PropertyVariant variable(String name, String value) {
		this.variables.put(name, value);
		return this;
	}

	PropertyVariant service(String name) {
		variable(name + "_SERVICE_HOST", "10.96.0.1");
		variable(name + "_SERVICE_PORT", "2379");
		variable(name + "_SERVICE_PORT_CLIENT", "2379");
		variable(name + "_PORT", "tcp://10.96.0.1:2379");
		variable(name + "_PORT_2379_TCP", "tcp://10.96.0.1:2379");
		variable(name + "_PORT_2379_TCP_PROTO", "tcp");
		variable(name + "_PORT_2379_TCP_PORT", "2379");
		return variable(name + "_PORT_2379_TCP_ADDR", "10.96.0.1");
	}

	PropertyVariant gives(String relation, String connectionString) {
		this.connectionStrings.put(relation, connectionString);
		return this;
	}

	PropertyVariant fails(String... texts) {
		this.texts.addAll(List.of(texts));
		return this;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
