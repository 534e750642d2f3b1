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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A disk of 64 KB in memory; a test that cannot mount one is aborted.
 */
public final class SmallDisk implements AutoCloseable {

	private final Path directory;

	/**
	 * Mount the disk.
	 * @param directory where, created
	 */
	public SmallDisk(Path directory) throws IOException, InterruptedException {
		this.directory = Files.createDirectories(directory);
		String failure = run("mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", directory.toString());
		if (!failure.isEmpty()) {
			abort("No disk can be mounted: " + failure);
		}
	}

	/**
	 * Leave so many bytes free.
	 * @param free the bytes, in whole pages
	 * @return the file that uses the others
	 */
	public Path fill(int free) throws IOException {
		FileStore store = Files.getFileStore(this.directory);
		return Files.write(this.directory.resolve("filling"), new byte[(int) store.getUsableSpace() - free]);
	}

	/**
	 * Allow or forbid writing.
	 * @param writable whether it may be written to
	 */
	public void setWritable(boolean writable) throws IOException, InterruptedException {
		assertThat(run("mount", "-o", "remount," + (writable ? "rw" : "ro"), this.directory.toString())).isEmpty();
	}

	@Override
	public void close() throws IOException, InterruptedException {
		run("umount", "-l", this.directory.toString());
	}

	private static String run(String... command) throws IOException, InterruptedException {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return (process.waitFor() != 0) ? "failed: " + output : "";
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
