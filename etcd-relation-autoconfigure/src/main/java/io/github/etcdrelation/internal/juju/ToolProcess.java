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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.etcdrelation.internal.tls.SmallFiles;
import org.jspecify.annotations.Nullable;

/**
 * Runs one process to its end or to its time limit.
 */
final class ToolProcess {

	private static final int MAX_OUTPUT = SmallFiles.MAX_BYTES;

	private static final int MAX_ERRORS = 64 * 1024;

	private final Process process;

	private final Duration timeLimit;

	private final long deadline;

	private ToolProcess(Process process, Duration timeLimit) {
		this.process = process;
		this.timeLimit = timeLimit;
		this.deadline = System.nanoTime() + timeLimit.toNanos();
	}

	/**
	 * Run a process.
	 * @param command the command and its arguments
	 * @param input its standard input
	 * @param timeLimit how long it may run, together with its children
	 * @return its exit code and output
	 * @throws FailedException if it could not be started or did not complete
	 */
	static Result run(List<String> command, String input, Duration timeLimit) throws FailedException {
		Process process;
		try {
			process = new ProcessBuilder(command).start();
		}
		catch (IOException ex) {
			throw new FailedException("cannot be run: " + ex.getMessage(), ex);
		}
		ToolProcess tool = new ToolProcess(process, timeLimit);
		boolean ended = false;
		try {
			Result result = tool.communicate(input);
			ended = true;
			return result;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new FailedException("was interrupted", null);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof FailedException failure) ? failure
					: new FailedException("could not be read", null);
		}
		finally {
			if (!ended) {
				tool.kill();
			}
		}
	}

	private Result communicate(String input) throws InterruptedException, ExecutionException, FailedException {
		// All three concurrently, so that no full pipe can block it
		FutureTask<byte[]> output = start("output", () -> readOutput(this.process.getInputStream()));
		FutureTask<byte[]> errors = start("errors", () -> readErrors(this.process.getErrorStream()));
		start("input", () -> write(this.process.getOutputStream(), input));
		try {
			// First, for what prints without an end does not end by itself
			byte[] printed = output.get(remaining(), TimeUnit.NANOSECONDS);
			if (!this.process.waitFor(remaining(), TimeUnit.NANOSECONDS)) {
				throw new TimeoutException();
			}
			return new Result(this.process.exitValue(), printed, errors.get(remaining(), TimeUnit.NANOSECONDS));
		}
		catch (TimeoutException ex) {
			throw new FailedException("did not end within %d ms".formatted(this.timeLimit.toMillis()), null);
		}
	}

	private long remaining() {
		return Math.max(this.deadline - System.nanoTime(), 0);
	}

	private static FutureTask<byte[]> start(String name, Callable<byte[]> callable) {
		FutureTask<byte[]> task = new FutureTask<>(callable);
		Thread thread = new Thread(task, "etcd-relation-tool-" + name);
		thread.setDaemon(true);
		thread.start();
		return task;
	}

	private static byte[] readOutput(InputStream stream) throws IOException, FailedException {
		byte[] read = stream.readNBytes(MAX_OUTPUT);
		if (stream.read() != -1) {
			throw new FailedException("answered with more than %d bytes".formatted(MAX_OUTPUT), null);
		}
		return read;
	}

	private static byte[] readErrors(InputStream stream) throws IOException {
		byte[] read = stream.readNBytes(MAX_ERRORS);
		stream.transferTo(OutputStream.nullOutputStream());
		return read;
	}

	private static byte[] write(OutputStream stream, String input) throws IOException {
		// A tool that ends without reading all of it reports why by its exit code
		try (stream) {
			stream.write(input.getBytes(StandardCharsets.UTF_8));
		}
		return new byte[0];
	}

	private void kill() {
		List<ProcessHandle> children = this.process.descendants().toList();
		this.process.destroyForcibly();
		children.forEach(ProcessHandle::destroyForcibly);
	}

	/**
	 * Result of a process.
	 *
	 * @param exitCode its exit code
	 * @param output its standard output
	 * @param errors the beginning of its standard error
	 */
	record Result(int exitCode, byte[] output, byte[] errors) {

	}

	/**
	 * Thrown when a process could not be started or did not complete.
	 */
	static final class FailedException extends Exception {

		FailedException(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

}
