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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command to its end.
 */
final class Command {

	private Command() {
	}

	/**
	 * Run a command.
	 * @param limit the time limit
	 * @param command the executable and its arguments
	 * @return its output, standard error included
	 * @throws IOException if it cannot be started, fails or takes too long
	 */
	static String run(Duration limit, String... command) throws IOException {
		return run(limit, Path.of("").toAbsolutePath(), Arrays.asList(command));
	}

	/**
	 * Run a command.
	 * @param limit the time limit
	 * @param directory the working directory
	 * @param command the executable and its arguments
	 * @return its output, standard error included
	 * @throws IOException if it cannot be started, fails or takes too long
	 */
	static String run(Duration limit, Path directory, List<String> command) throws IOException {
		String name = command.get(0);
		Path output = Files.createTempFile("etcd-relation", ".out");
		try {
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.redirectErrorStream(true)
				.redirectOutput(output.toFile());
			EtcdProcess.adaptEnvironment(builder.environment());
			builder.environment().put("LC_ALL", "C");
			Process process = builder.start();
			try {
				if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
					throw new IOException(name + " did not end within " + limit.toSeconds() + " s: " + read(output));
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("Interrupted while waiting for " + name);
			}
			finally {
				process.descendants().forEach(ProcessHandle::destroyForcibly);
				process.destroyForcibly();
			}
			if (process.exitValue() != 0) {
				throw new IOException(name + " ended with status " + process.exitValue() + ": " + read(output));
			}
			return read(output);
		}
		finally {
			Files.deleteIfExists(output);
		}
	}

	private static String read(Path output) throws IOException {
		return new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
	}

}
