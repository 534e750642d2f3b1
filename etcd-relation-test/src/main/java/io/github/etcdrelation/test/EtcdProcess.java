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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running etcd that does not outlive the JVM, however the JVM ends.
 */
final class EtcdProcess {

	// Enough for the usage message, which comes after the error about a flag
	private static final int LOG_TAIL_LINES = 40;

	// A session of its own: Ctrl-C in a terminal, or any signal to the JVM's process
	// group, reaches the JVM alone, which may still need etcd for an orderly shutdown.
	// Ignoring the signal would not help, since etcd installs its own handler.
	private static final String OWN_SESSION = """
			if command -v setsid >/dev/null; then
				exec setsid "$@"
			elif command -v perl >/dev/null; then
				exec perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@"
			fi
			exec "$@"
			""";

	// The JVM alone holds the other end of this shell's standard input, which the kernel
	// closes when the JVM ends. The shell then does what the JVM no longer can.
	private static final String SUPERVISOR = """
			root="$1"; log="$2"; shift 2
			exec 3<&0
			"$@" </dev/null 3<&- >>"$log" 2>&1 &
			etcd=$!
			echo "$etcd"
			exec >/dev/null 2>&1
			(
				read -r line <&3
				trap '' TERM
				kill -KILL "$etcd"
				for attempt in 1 2 3 4 5; do
					rm -rf "$root" && break
					sleep 0.2
				done
			) &
			watchdog=$!
			wait "$etcd"
			status=$?
			kill -TERM "$watchdog"
			wait "$watchdog"
			exit "$status"
			""";

	private final Process supervisor;

	private final long pid;

	// Identifies the process by its start time too: a reused id is never signaled
	private final Optional<ProcessHandle> etcd;

	private final Path log;

	private EtcdProcess(Process supervisor, long pid, Path log) {
		this.supervisor = supervisor;
		this.pid = pid;
		this.etcd = ProcessHandle.of(pid);
		this.log = log;
	}

	/**
	 * Start etcd.
	 * @param root the directory to delete when the JVM is gone
	 * @param log the file that etcd's output is appended to
	 * @param command etcd and its arguments
	 * @return the process
	 */
	static EtcdProcess start(Path root, Path log, List<String> command) {
		List<String> supervised = new ArrayList<>(
				List.of("/bin/sh", "-c", OWN_SESSION, "sh", "/bin/sh", "-c", SUPERVISOR, "sh"));
		supervised.add(root.toString());
		supervised.add(log.toString());
		supervised.addAll(command);
		ProcessBuilder builder = new ProcessBuilder(supervised);
		builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
		adaptEnvironment(builder.environment());
		try {
			Process supervisor = builder.start();
			BufferedReader output = new BufferedReader(
					new InputStreamReader(supervisor.getInputStream(), Charset.defaultCharset()));
			String pid = output.readLine();
			if (pid == null) {
				throw new IOException("/bin/sh ended at once, its output: " + tail(log));
			}
			return new EtcdProcess(supervisor, Long.parseLong(pid), log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not start etcd through /bin/sh", ex);
		}
	}

	/**
	 * Adapt an environment so that etcd can be started in it.
	 * @param environment the environment to change
	 */
	static void adaptEnvironment(Map<String, String> environment) {
		// etcd takes any of these as a flag
		environment.keySet().removeIf((name) -> name.startsWith("ETCD_"));
		String arch = goArch();
		if (!arch.equals("amd64")) {
			environment.put("ETCD_UNSUPPORTED_ARCH", arch);
		}
	}

	/**
	 * Return Go's name for the architecture of this machine.
	 * @return the architecture
	 */
	static String goArch() {
		String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
		return switch (arch) {
			case "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			default -> arch;
		};
	}

	long pid() {
		return this.pid;
	}

	boolean isAlive() {
		return this.supervisor.isAlive();
	}

	/**
	 * Send SIGTERM and wait, then SIGKILL if it has not ended after 10 seconds.
	 */
	void terminate() {
		this.etcd.ifPresent(ProcessHandle::destroy);
		// A paused process handles SIGTERM only after this one
		signal("CONT");
		if (!await(10)) {
			kill();
		}
	}

	/**
	 * Send SIGKILL and wait.
	 */
	void kill() {
		this.etcd.ifPresent(ProcessHandle::destroyForcibly);
		if (!await(10)) {
			throw new IllegalStateException("etcd process " + this.pid + " does not end");
		}
	}

	/**
	 * Send SIGSTOP and, where {@code /proc} exists, wait until all threads have stopped:
	 * each runs until it notices.
	 */
	void pause() {
		signal("STOP");
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
		while (isAnyThreadRunning() && System.nanoTime() - deadline < 0) {
			Thread.onSpinWait();
		}
	}

	private boolean isAnyThreadRunning() {
		try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(this.pid), "task"))) {
			return threads.anyMatch(EtcdProcess::isRunning);
		}
		catch (IOException ex) {
			// Not Linux, or the process is gone
			return false;
		}
	}

	private static boolean isRunning(Path thread) {
		try {
			String stat = Files.readString(thread.resolve("stat"));
			// After the name, which may contain blanks and parentheses itself
			char state = stat.charAt(stat.lastIndexOf(')') + 2);
			return state != 'T' && state != 't';
		}
		catch (IOException ex) {
			return false;
		}
	}

	void resume() {
		signal("CONT");
	}

	private void signal(String name) {
		if (!isAlive()) {
			return;
		}
		try {
			Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + this.pid)
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			kill.waitFor(10, TimeUnit.SECONDS);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not signal etcd process " + this.pid, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while signalling etcd", ex);
		}
	}

	private boolean await(long seconds) {
		boolean interrupted = false;
		try {
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
			while (true) {
				try {
					return this.supervisor.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
				}
				catch (InterruptedException ex) {
					// Callers rely on etcd being gone
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Return how etcd ended.
	 * @return the exit status and the end of the output
	 */
	String describe() {
		String state = isAlive() ? "is running" : "ended with status " + this.supervisor.exitValue();
		return "etcd process " + this.pid + " " + state + ", its last output:\n" + tail(this.log);
	}

	private static String tail(Path log) {
		try {
			List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
			return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
		}
		catch (IOException ex) {
			return "(unreadable: " + ex + ")";
		}
	}

}
