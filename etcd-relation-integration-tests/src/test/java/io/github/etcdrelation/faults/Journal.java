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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that processes append to, in the order in which the system carries that out.
 * Times are those of the monotonic clock, which processes of one machine share.
 */
final class Journal implements AutoCloseable {

	private final FileChannel channel;

	Journal(Path file) throws IOException {
		this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

	/**
	 * Append an entry in one write.
	 */
	void append(Kind kind, long number, String process, long time) {
		String line = "%s %d %s %d%n".formatted(kind, number, process, time);
		try {
			this.channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Entry parse(String line) {
		String[] parts = line.split(" ");
		return new Entry(Kind.valueOf(parts[0]), Long.parseLong(parts[1]), parts[2], Long.parseLong(parts[3]));
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	/**
	 * What a process did.
	 */
	enum Kind {

		/** Began to hold. */
		BEGIN,

		/** Did something as the holder. */
		WORK,

		/** Was about to end holding. */
		END,

		/** Found that it lost what it held, or was told of it at the wrong time. */
		LOST

	}

	/**
	 * One line.
	 *
	 * @param kind what the process did
	 * @param number the fencing token, or the number of the term in the process
	 * @param process the name of the process
	 * @param time when, before the line was written, in nanoseconds
	 */
	record Entry(Kind kind, long number, String process, long time) {

	}

}
