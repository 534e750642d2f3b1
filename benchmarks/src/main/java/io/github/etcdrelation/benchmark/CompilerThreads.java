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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The threads of the JIT compilers, which Java's own management hides. Their number has
 * to be constant ({@code -XX:-UseDynamicNumberOfCompilerThreads}), or their time goes
 * with them.
 */
final class CompilerThreads {

	private static final Path TASKS = Path.of("/proc/self/task");

	private CompilerThreads() {
	}

	/**
	 * Return the CPU time that they have used; 0 where there is no {@code /proc}.
	 */
	static long cpuNanos() {
		if (!Files.isDirectory(TASKS)) {
			return 0;
		}
		long nanos = 0;
		try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
			for (Path task : tasks) {
				nanos += cpuNanos(task);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not read the times of threads", ex);
		}
		return nanos;
	}

	private static long cpuNanos(Path task) throws IOException {
		try {
			if (Files.readString(task.resolve("comm")).matches("C[12] Compiler.*\\n?")) {
				return Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
			}
		}
		catch (NoSuchFileException ex) {
			// A thread that has ended is no compiler
		}
		return 0;
	}

}
