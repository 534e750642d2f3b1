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

package io.github.etcdrelation.sample.coordination;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The resource that all instances write to, here a file of lines with token, invoice and
 * writer. It checks the fencing token in the same step as it writes: an instance that was
 * stopped while it held the lock does not notice that others have held it since, but its
 * token is smaller than theirs. In a database that is
 * {@code UPDATE ledger SET token = :token, ... WHERE token <= :token}.
 */
@Component
class Ledger {

	private final Path file;

	Ledger(@Value("${coordination.ledger}") Path file) {
		this.file = file;
	}

	/**
	 * Write an invoice.
	 * @param token the fencing token of the lock with which it is written
	 * @throws IllegalStateException if there was a greater token before
	 */
	void write(long token, String invoice, String writer) throws IOException {
		// The lock of the file is for processes, not for threads of one
		synchronized (Ledger.class) {
			try (FileChannel channel = FileChannel.open(this.file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
					StandardOpenOption.APPEND)) {
				// Until it is closed
				channel.lock();
				long greatest = greatestToken();
				if (token < greatest) {
					throw new IllegalStateException("Token %d is refused, as %d was here".formatted(token, greatest));
				}
				channel.write(StandardCharsets.UTF_8.encode("%d %s %s%n".formatted(token, invoice, writer)));
			}
		}
	}

	private long greatestToken() throws IOException {
		List<String> lines = Files.readAllLines(this.file);
		return lines.isEmpty() ? 0 : Long.parseLong(lines.get(lines.size() - 1).split(" ")[0]);
	}

}
