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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the operating system shows of a process and its descendants: command lines,
 * environments, and the files in its directory for temporary files. Each executable of
 * {@link FakeTools} waits until it was seen.
 */
final class ProcessTrace {

	private final ProcessHandle process;

	private final Path temporary;

	private final List<Path> tools;

	private final Set<String> commandLines = new HashSet<>();

	private final Set<String> environments = new HashSet<>();

	private final Map<Path, String> files = new TreeMap<>();

	private final Map<Path, String> directories = new TreeMap<>();

	ProcessTrace(ProcessHandle process, Path temporary, List<Path> tools) {
		this.process = process;
		this.temporary = temporary;
		this.tools = tools;
	}

	/**
	 * Look until the process ends.
	 */
	void run() throws IOException, InterruptedException {
		while (this.process.isAlive()) {
			List<Path> waiting = waiting();
			Stream.concat(Stream.of(this.process), this.process.descendants()).forEach((candidate) -> {
				Path directory = Path.of("/proc", String.valueOf(candidate.pid()));
				this.commandLines.add(read(directory.resolve("cmdline")));
				this.environments.add(read(directory.resolve("environ")));
			});
			look(this.temporary);
			for (Path call : waiting) {
				Files.createFile(call.resolve(FakeTools.SEEN));
			}
			if (waiting.isEmpty()) {
				Thread.sleep(2);
			}
		}
	}

	private List<Path> waiting() throws IOException {
		List<Path> waiting = new ArrayList<>();
		for (Path directory : this.tools) {
			Path calls = directory.resolve("calls");
			if (Files.exists(calls)) {
				try (Stream<Path> paths = Files.list(calls)) {
					paths
						.filter((call) -> Files.exists(call.resolve(FakeTools.READY))
								&& Files.notExists(call.resolve(FakeTools.SEEN)))
						.forEach(waiting::add);
				}
			}
		}
		return waiting;
	}

	private static String read(Path file) {
		try {
			return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			// It has ended meanwhile
			return "";
		}
	}

	private void look(Path directory) {
		try (Stream<Path> paths = Files.list(directory)) {
			paths.forEach((path) -> {
				String mode = mode(path);
				if (Files.isDirectory(path)) {
					this.directories.put(path, mode);
					look(path);
				}
				else if (!mode.isEmpty()) {
					this.files.put(path, mode);
				}
			});
		}
		catch (NoSuchFileException ex) {
			// Deleted meanwhile
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String mode(Path path) {
		try {
			return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Return the command lines, of which each argument ends with a NUL.
	 */
	Set<String> getCommandLines() {
		return this.commandLines;
	}

	Set<String> getEnvironments() {
		return this.environments;
	}

	/**
	 * Return temporary files that have existed, with their modes.
	 */
	Map<Path, String> getFiles() {
		return this.files;
	}

	/**
	 * Return temporary directories that have existed, with their modes.
	 */
	Map<Path, String> getDirectories() {
		return this.directories;
	}

}
