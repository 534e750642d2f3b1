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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A measured process, as the one that started it sees it.
 */
final class Fork implements AutoCloseable {

	private final Process process;

	private final BufferedReader answers;

	private final Writer questions;

	private Fork(Process process) {
		this.process = process;
		this.answers = process.inputReader(StandardCharsets.UTF_8);
		this.questions = process.outputWriter(StandardCharsets.UTF_8);
	}

	/**
	 * Start a process.
	 * @param classPath its class path
	 * @param jvmArguments arguments of the JVM
	 * @param main the class to run
	 * @param arguments arguments of the class
	 */
	static Fork start(String classPath, List<String> jvmArguments, Class<?> main, List<String> arguments)
			throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", classPath, main.getName()));
		command.addAll(arguments);
		return new Fork(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
	}

	/**
	 * Ask something and wait for the answer.
	 */
	Figures ask(Object... words) throws IOException {
		this.questions.write(String.join(" ", Arrays.stream(words).map(String::valueOf).toList()) + "\n");
		this.questions.flush();
		return answer();
	}

	/**
	 * Wait for what the process reports next.
	 */
	Figures answer() throws IOException {
		String line;
		while ((line = this.answers.readLine()) != null) {
			if (line.startsWith(Conversation.ANSWER)) {
				return Figures.parse(line.substring(Conversation.ANSWER.length()));
			}
			System.err.println(line);
		}
		throw new IllegalStateException("A measured process ended without an answer");
	}

	@Override
	public void close() throws IOException {
		try {
			this.questions.close();
			if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("A measured process did not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.process.destroyForcibly();
		}
	}

}
