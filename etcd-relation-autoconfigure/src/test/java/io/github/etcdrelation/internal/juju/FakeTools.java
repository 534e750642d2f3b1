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
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * Executables in a directory that take the place of hook tools. They record how they are
 * called and answer what they are to. If there is a file {@value #TRACED}, each waits
 * until it was looked at: it creates the file {@value #READY} in its record and waits for
 * {@value #SEEN}.
 */
final class FakeTools {

	static final String TRACED = "traced";

	static final String READY = "ready";

	static final String SEEN = "seen";

	static final List<String> NAMES = List.of("relation-ids", "relation-list", "relation-get", "relation-set",
			"is-leader", "secret-get", "secret-add", "secret-set", "secret-grant", "secret-info-get", "secret-remove");

	private static final String SCRIPT = """
			#!/bin/sh
			DIR='%s'
			tool=${0##*/}
			read number <"$DIR/number"
			echo $((number + 1)) >"$DIR/number"
			call=$DIR/calls/$number
			mkdir "$call"
			printf '%%s\n' "$tool" "$@" >"$call/arguments"
			cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >"$call/environment" 2>"$call/errors" \\
				|| env >"$call/environment"
			key=$tool
			for argument in "$@"; do
				case $argument in
				*'#file='*)
					file=${argument#*#file=}
					field=${argument%%%%#*}
					cp "$file" "$call/value.$field"
					ls -ld "$file" "${file%%/*}" >>"$call/modes"
					argument=$field#file
					;;
				esac
				key="$key $argument"
			done
			[ "$tool" = relation-set ] && cat >"$call/input"
			if [ -f "$DIR/traced" ]; then
				touch "$call/ready"
				while [ ! -f "$call/seen" ]; do sleep 0.02; done
			fi
			if [ -d "$DIR/failures" ]; then
				key=$(printf %%s "$key" | tr / _)
				for failure in "$DIR/failures/$tool" "$DIR/failures/$key"; do
					if [ -f "$failure" ]; then cat "$failure" >&2; touch "$call/failed"; exit 1; fi
				done
			fi
			if [ -f "$DIR/answers/$tool.refused" ]; then
				cat "$DIR/answers/$tool.refused" >&2
				touch "$call/failed"
				exit 1
			fi
			cat "$DIR/answers/$tool"
			""";

	private final Path directory;

	FakeTools(Path directory) throws IOException {
		this.directory = directory;
		Files.createDirectories(directory.resolve("answers"));
		clear();
		for (String tool : NAMES) {
			Path file = Files.writeString(directory.resolve(tool), SCRIPT.formatted(directory));
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
		}
	}

	/**
	 * Forget the calls.
	 */
	void clear() throws IOException {
		FileSystemUtils.deleteRecursively(this.directory.resolve("calls"));
		Files.createDirectory(this.directory.resolve("calls"));
		Files.writeString(this.directory.resolve("number"), "1000\n");
	}

	/**
	 * Have a tool answer.
	 */
	void answer(String tool, String answer) {
		write("answers/" + tool, answer);
		write("answers/" + tool + ".refused", null);
	}

	/**
	 * Have a tool refuse what it is asked until it is to answer.
	 */
	void refuse(String tool, String words) {
		write("answers/" + tool + ".refused", words + "\n");
	}

	/**
	 * Have a tool, or one command with all its arguments but without names of files, fail
	 * whatever it is to answer; {@code null} makes it work again.
	 */
	void fail(String command, @Nullable String words) {
		write("failures/" + command.replace('/', '_'), (words != null) ? words + "\n" : null);
	}

	private void write(String name, @Nullable String content) {
		try {
			Path file = this.directory.resolve(name);
			if (content != null) {
				Files.createDirectories(file.getParent());
				Files.writeString(file, content);
			}
			else {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<ToolCall> getCalls() {
		return getCalls(this.directory);
	}

	static List<ToolCall> getCalls(Path directory) {
		try (Stream<Path> paths = Files.list(directory.resolve("calls"))) {
			return paths.sorted().map(ToolCall::new).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	ToolCall getLastCall() {
		try {
			int next = Integer.parseInt(Files.readString(this.directory.resolve("number")).strip());
			return new ToolCall(this.directory.resolve("calls").resolve(String.valueOf(next - 1)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
