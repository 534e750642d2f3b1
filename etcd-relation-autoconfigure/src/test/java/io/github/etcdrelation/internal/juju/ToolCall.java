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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A call of a hook tool, as it was recorded.
 */
public final class ToolCall {

	private static final String VALUE = "value.";

	public final List<String> arguments;

	final String environment;

	final String input;

	final String modes;

	final Map<String, String> values = new TreeMap<>();

	final boolean failed;

	ToolCall(Path directory) {
		this.arguments = read(directory, "arguments").lines().toList();
		this.environment = read(directory, "environment");
		this.input = read(directory, "input");
		this.modes = read(directory, "modes");
		this.failed = Files.exists(directory.resolve("failed"));
		try (Stream<Path> files = Files.list(directory)) {
			files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith(VALUE))
				.forEach((name) -> this.values.put(name.substring(VALUE.length()), read(directory, name)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path directory, String name) {
		try {
			Path file = directory.resolve(name);
			return Files.exists(file) ? Files.readString(file) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String after(String option) {
		return this.arguments.get(this.arguments.indexOf(option) + 1);
	}

}
