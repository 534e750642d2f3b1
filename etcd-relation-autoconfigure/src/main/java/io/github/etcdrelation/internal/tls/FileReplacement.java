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

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * New content of a file, complete under another name in the same directory until it takes
 * the file's place. A link in that place is replaced, what it refers to is not touched.
 */
final class FileReplacement implements Closeable {

	private static final Log logger = LogFactory.getLog(FileReplacement.class);

	private static final int ATTEMPTS = 10;

	private static final String UUID_PATTERN = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";

	private final Path file;

	private final Path directory;

	private final String content;

	private final boolean onlyForOwner;

	private TemporaryFile temporary;

	/**
	 * Write the new content, and delete what earlier replacements of the file left when
	 * their process crashed.
	 * @param file the file, in a directory that exists
	 * @param content the new content
	 * @param onlyForOwner whether only the owner may read it
	 * @throws IOException if it cannot be written; nothing is left then
	 */
	FileReplacement(Path file, String content, boolean onlyForOwner) throws IOException {
		this.file = file;
		this.directory = Objects.requireNonNull(file.getParent());
		this.content = content;
		this.onlyForOwner = onlyForOwner;
		this.temporary = write();
	}

	private TemporaryFile write() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				return writeOnce();
			}
			catch (NoSuchFileException ex) {
				// Another process may have deleted it before it was locked
				if (attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private TemporaryFile writeOnce() throws IOException {
		TemporaryFile next = create();
		try {
			deleteLeftovers(next.getPath());
			next.write(this.content);
			return next;
		}
		catch (IOException ex) {
			next.close();
			throw ex;
		}
	}

	private TemporaryFile create() throws IOException {
		String name = "." + this.file.getFileName() + "." + UUID.randomUUID() + ".tmp";
		return TemporaryFile.create(this.directory.resolve(name), this.onlyForOwner);
	}

	private void deleteLeftovers(Path own) {
		Pattern name = Pattern
			.compile("\\." + Pattern.quote(String.valueOf(this.file.getFileName())) + "\\." + UUID_PATTERN + "\\.tmp");
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(this.directory,
				(entry) -> !entry.equals(own) && name.matcher(String.valueOf(entry.getFileName())).matches())) {
			for (Path entry : entries) {
				TemporaryFile.deleteAbandoned(entry, own);
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			logger.debug(LogMessage.format("Cannot delete what earlier writes of %s left", Printable.of(this.file)),
					ex);
		}
	}

	/**
	 * Put the new content in the file's place atomically.
	 * @throws IOException if that is not possible
	 */
	void apply() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				Files.move(this.temporary.getPath(), this.file, StandardCopyOption.ATOMIC_MOVE,
						StandardCopyOption.REPLACE_EXISTING);
				return;
			}
			catch (NoSuchFileException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
				this.temporary.close();
				this.temporary = write();
			}
		}
	}

	/**
	 * Delete the new content unless it was applied.
	 */
	@Override
	public void close() throws IOException {
		this.temporary.close();
	}

}
