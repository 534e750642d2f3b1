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

package io.github.etcdrelation.internal.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A JVM with the class path of the tests that runs a main class.
 */
public final class ChildJvm implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final Process process;

	private final BufferedReader output;

	/**
	 * Start a JVM.
	 * @param umask the umask of the process
	 * @param main the main class
	 * @param arguments its arguments
	 */
	public ChildJvm(String umask, Class<?> main, String... arguments) throws IOException {
		this(umask, List.of(), main, arguments);
	}

	/**
	 * Start a JVM.
	 * @param umask the umask of the process
	 * @param options options of the JVM
	 * @param main the main class
	 * @param arguments its arguments
	 */
	public ChildJvm(String umask, List<String> options, Class<?> main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
		command.addAll(options);
		command.add(main.getName());
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.output = this.process.inputReader(StandardCharsets.UTF_8);
	}

	/**
	 * Return the process.
	 */
	public ProcessHandle toHandle() {
		return this.process.toHandle();
	}

	/**
	 * Give the process its standard input.
	 */
	public void send(String input) throws IOException {
		try (OutputStream stream = this.process.getOutputStream()) {
			stream.write(input.getBytes(StandardCharsets.UTF_8));
		}
	}

	/**
	 * Wait until the process prints a line.
	 * @return the line, {@code null} if the process ended
	 */
	public String awaitLine() throws IOException {
		return this.output.readLine();
	}

	/**
	 * Wait until the process ends by itself.
	 * @return its exit value
	 */
	public int awaitEnd() throws InterruptedException {
		return this.process.waitFor(30, TimeUnit.SECONDS) ? this.process.exitValue() : -1;
	}

	/**
	 * Return what the process has printed and was not read.
	 */
	public String getOutput() {
		return this.output.lines().collect(Collectors.joining("\n"));
	}

	/**
	 * Kill the process at a chosen step of its work: it is stopped again and again until
	 * what it has done by then meets the condition.
	 * @param condition whether to kill it, evaluated while it stands still
	 */
	public void killWhen(Callable<Boolean> condition) throws Exception {
		long end = System.nanoTime() + LIMIT.toNanos();
		do {
			signal("STOP");
			// What it had begun in the kernel may still be finished
			if (condition.call() && stays(condition)) {
				close();
				return;
			}
			signal("CONT");
			Thread.sleep(0, ThreadLocalRandom.current().nextInt(999_999));
		}
		while (System.nanoTime() < end && this.process.isAlive());
		throw new IllegalStateException("The process did not come to the step that was waited for");
	}

	private static boolean stays(Callable<Boolean> condition) throws Exception {
		Thread.sleep(20);
		return condition.call();
	}

	private void signal(String name) throws IOException, InterruptedException {
		new ProcessBuilder("sh", "-c", "kill -" + name + " " + this.process.pid()).start().waitFor();
	}

	/**
	 * Kill the process, which gets no chance to clean up.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
