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

package io.github.etcdrelation.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A JVM that appends to a journal. It ends with this JVM at the latest.
 */
final class JournalProcess implements AutoCloseable {

	private final String name;

	private final Process process;

	private final List<Window> stops = new ArrayList<>();

	private JournalProcess(String name, Process process) {
		this.name = name;
		this.process = process;
	}

	/**
	 * Start a process.
	 * @param main its class, whose arguments are the directory of its relation, the file
	 * of the journal, its name and the seconds that leases live
	 */
	static JournalProcess start(Class<?> main, Path relation, Path journal, String name, int seconds)
			throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", withoutDevelopment(classPath), main.getName(),
				relation.toString(), journal.toString(), name, String.valueOf(seconds));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(journal.resolveSibling(name + ".log").toFile());
		return new JournalProcess(name, builder.start());
	}

	/**
	 * Without what would start the application a second time, or containers.
	 */
	private static String withoutDevelopment(String classPath) {
		return Arrays.stream(classPath.split(File.pathSeparator))
			.filter((entry) -> !entry.contains("spring-boot-devtools") && !entry.contains("docker-compose"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * End this JVM when the one that started it has ended.
	 */
	static void endWithParent() {
		Thread thread = new Thread(() -> {
			try {
				while (System.in.read() >= 0) {
					continue;
				}
			}
			catch (IOException ex) {
				// Gone as well
			}
			Runtime.getRuntime().halt(1);
		});
		thread.setDaemon(true);
		thread.start();
	}

	String name() {
		return this.name;
	}

	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	void freeze() {
		this.stops.add(new Window(System.nanoTime(), Long.MAX_VALUE));
		signal("-STOP");
	}

	void thaw() {
		signal("-CONT");
		Window last = this.stops.remove(this.stops.size() - 1);
		this.stops.add(new Window(last.begin(), System.nanoTime()));
	}

	private void signal(String signal) {
		Shell.run("kill", signal, String.valueOf(this.process.pid()));
	}

	/**
	 * Return when it was stopped.
	 */
	List<Window> stops() {
		return List.copyOf(this.stops);
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	/**
	 * A time in which a process was stopped.
	 *
	 * @param begin when it began
	 * @param end when it was over
	 */
	record Window(long begin, long end) {

	}

}
