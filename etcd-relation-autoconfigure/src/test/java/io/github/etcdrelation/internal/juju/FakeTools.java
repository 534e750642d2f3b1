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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Executables in a directory that take the place of hook tools. They record how they are
 * called and answer only what is expected.
 */
final class FakeTools {

	private static final String SCRIPT = """
			#!/bin/sh
			DIR='%s'
			tool=$(basename "$0")
			call=$DIR/calls/$(printf %%04d $(ls "$DIR/calls" | wc -l))
			mkdir "$call"
			printf '%%s\\n' "$tool" "$@" >"$call/arguments"
			env >"$call/environment"
			key=$tool
			for argument in "$@"; do
				case $argument in
				*'#file='*)
					file=${argument#*#file=}
					field=${argument%%%%#*}
					cp "$file" "$call/value.$field"
					ls -ld "$file" "$(dirname "$file")" >"$call/modes"
					argument=$field#file
					;;
				esac
				key="$key $argument"
			done
			[ "$tool" = relation-set ] && cat >"$call/input"
			key=$(printf %%s "$key" | tr / _)
			answer=$DIR/answers/$key
			if [ -f "$DIR/answers/$tool.fails" ]; then answer=$DIR/answers/$tool; fi
			if [ -f "$answer.fails" ]; then cat "$answer.fails" >&2; touch "$call/failed"; exit 1; fi
			if [ ! -f "$answer" ]; then echo "ERROR unexpected: $key" >&2; touch "$call/failed"; exit 2; fi
			cat "$answer"
			""";

	private final Path directory;

	FakeTools(Path directory) throws IOException {
		this.directory = directory;
		Files.createDirectory(directory.resolve("answers"));
		Files.createDirectory(directory.resolve("calls"));
		for (String tool : new String[] { "relation-ids", "relation-list", "relation-get", "relation-set", "is-leader",
				"secret-get", "secret-add", "secret-set", "secret-grant", "secret-info-get" }) {
			Path file = Files.writeString(directory.resolve(tool), SCRIPT.formatted(directory));
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
		}
	}

	/**
	 * Forget answers and calls.
	 */
	void clear() throws IOException {
		for (String name : new String[] { "answers", "calls" }) {
			Path folder = this.directory.resolve(name);
			try (Stream<Path> paths = Files.walk(folder)) {
				for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
					Files.delete(path);
				}
			}
			Files.createDirectory(folder);
		}
	}

	/**
	 * Have a command, in which files are left out, answer.
	 */
	void answer(String command, String answer) throws IOException {
		write(command, answer);
	}

	/**
	 * Have a tool or a command fail.
	 */
	void fail(String command, String words) throws IOException {
		write(command + ".fails", words + "\n");
	}

	private void write(String command, String content) throws IOException {
		Files.writeString(this.directory.resolve("answers").resolve(command.replace('/', '_')), content);
	}

	List<ToolCall> getCalls() {
		try (Stream<Path> paths = Files.list(this.directory.resolve("calls"))) {
			return paths.sorted().map(ToolCall::new).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
