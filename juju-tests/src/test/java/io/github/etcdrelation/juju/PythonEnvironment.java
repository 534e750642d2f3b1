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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.springframework.util.FileSystemUtils;

/**
 * Virtual environment of Python below {@code target}, with the packages that a
 * requirements file pins by their hashes. It is made once and kept until the file
 * changes.
 */
final class PythonEnvironment {

	static final Path MODULE = Path.of("").toAbsolutePath();

	static final Path SOURCES = MODULE.resolve("src/test/python");

	private static final String BINARY = System.getProperty("python.binary", "python3");

	private static final Duration TIME_LIMIT = Duration.ofMinutes(10);

	private static final Map<Path, PythonEnvironment> environments = new ConcurrentHashMap<>();

	private final Path directory;

	private PythonEnvironment(Path requirements) {
		this.directory = MODULE.resolve("target/python/" + requirements.toString().replaceAll("[^A-Za-z0-9]+", "-"));
		install(requirements);
	}

	/**
	 * Return whether there is a Python that is new enough and can make environments.
	 */
	static boolean isAvailable() {
		try {
			return run(List.of(BINARY, "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"),
					Path.of("."), Map.of())
				.status() == 0;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	static PythonEnvironment of(Path requirements) {
		return environments.computeIfAbsent(requirements, PythonEnvironment::new);
	}

	/**
	 * Return the environment of the scripts of this module.
	 */
	static PythonEnvironment ofModule() {
		return of(MODULE.resolve("requirements.txt"));
	}

	Path binary() {
		return this.directory.resolve("bin/python");
	}

	private void install(Path requirements) {
		try {
			Path stamp = this.directory.resolve("requirements.txt");
			if (Files.exists(stamp) && Files.mismatch(stamp, requirements) == -1) {
				return;
			}
			FileSystemUtils.deleteRecursively(this.directory);
			Files.createDirectories(this.directory.getParent());
			succeed(List.of(BINARY, "-m", "venv", this.directory.toString()));
			succeed(List.of(binary().toString(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
					"--require-hashes", "-r", requirements.toString()));
			Files.copy(requirements, stamp);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void succeed(List<String> command) {
		Result result = run(command, MODULE, Map.of());
		if (result.status() != 0) {
			throw new IllegalStateException("%s failed: %s".formatted(String.join(" ", command), result.output()));
		}
	}

	/**
	 * Run a process to its end.
	 * @param command the command and its arguments
	 * @param directory the working directory
	 * @param environment what its environment has besides that of this process
	 * @return exit code and output
	 */
	static Result run(List<String> command, Path directory, Map<String, String> environment) {
		try {
			Path output = Files.createTempFile("python", ".log");
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment().putAll(environment);
			Process process = builder.start();
			try {
				if (!process.waitFor(TIME_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
					throw new IllegalStateException("%s does not end".formatted(command));
				}
				return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
			finally {
				process.destroyForcibly();
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Result of a process.
	 *
	 * @param status its exit code
	 * @param output what it printed
	 */
	record Result(int status, String output) {

	}

}
