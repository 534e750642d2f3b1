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
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Files that the credentials of a relation are saved to.
 *
 * @param key the file for the private key
 * @param cert the file for the client certificate
 * @param ca the file for the certificate authority
 */
public record CredentialFiles(Path key, Path cert, Path ca) {

	/**
	 * Normalize the paths.
	 * @param key the file for the private key
	 * @param cert the file for the client certificate
	 * @param ca the file for the certificate authority
	 */
	public CredentialFiles {
		key = key.toAbsolutePath().normalize();
		cert = cert.toAbsolutePath().normalize();
		ca = ca.toAbsolutePath().normalize();
	}

	/**
	 * Save credentials: the key, and what has a key in it, with mode 0600, the others
	 * with 0644. Absent parts are not written and existing files are kept. All parts are
	 * written under other names first; then each takes its place atomically, one right
	 * after the other. A link in that place is replaced by the file.
	 * @param credentials the credentials
	 * @throws IllegalArgumentException if two of the paths are the same or one of them
	 * cannot be a file; nothing is written then
	 * @throws UncheckedIOException if a file cannot be written; unless a move failed,
	 * none is changed then
	 */
	public void save(ClientCredentials credentials) {
		check();
		try (Replacements replacements = new Replacements(new LinkedHashMap<>())) {
			prepare(replacements.byFile(), this.cert, credentials.clientCert());
			prepare(replacements.byFile(), this.key, credentials.clientKey());
			prepare(replacements.byFile(), this.ca, credentials.clientCa());
			replacements.byFile().forEach((file, replacement) -> write(file, replacement::apply));
		}
	}

	/**
	 * Read the credentials from the files.
	 * @return the credentials
	 * @throws InvalidRelationDataException if a file cannot be read or is too large
	 */
	public ClientCredentials read() {
		return new ClientCredentials(read("save.cert", this.cert), read("save.key", this.key),
				read("save.ca", this.ca));
	}

	private static String read(String item, Path file) {
		if (SmallFiles.isSpecial(file)) {
			throw new InvalidRelationDataException(item, "names %s, which is not a regular file".formatted(file),
					"Name a file: pipes, devices and sockets are not read");
		}
		try {
			byte[] content = SmallFiles.read(file);
			if (content == null) {
				throw new InvalidRelationDataException(item,
						"names a file %s that is larger than %d bytes".formatted(file, SmallFiles.MAX_BYTES),
						"Name a file that holds nothing but certificates and keys");
			}
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
		}
		catch (IOException ex) {
			throw new InvalidRelationDataException(item, "cannot be read from " + file + ": " + ex, null, ex);
		}
	}

	private void check() {
		Map<String, Path> files = new LinkedHashMap<>();
		files.put("certificate", this.cert);
		files.put("key", this.key);
		files.put("certificate authority", this.ca);
		List<Path> seen = new ArrayList<>();
		files.forEach((part, file) -> {
			if (seen.contains(file)) {
				throw new IllegalArgumentException(
						"Cannot save the %s: another part goes to %s too".formatted(part, file));
			}
			seen.add(file);
			if (Files.isDirectory(file)) {
				throw new IllegalArgumentException("Cannot save the %s: %s is a directory".formatted(part, file));
			}
		});
		files.forEach((part, file) -> {
			for (Path parent = file.getParent(); parent != null; parent = parent.getParent()) {
				if (seen.contains(parent) || (Files.exists(parent) && !Files.isDirectory(parent))) {
					throw new IllegalArgumentException(
							"Cannot save the %s to %s: %s is a file, not a directory".formatted(part, file, parent));
				}
			}
		});
	}

	private void prepare(Map<Path, FileReplacement> replacements, Path file, @Nullable String content) {
		if (content != null) {
			// A certificate may have its key beside it
			boolean onlyForOwner = file.equals(this.key) || PrivateFiles.isPrivate(content);
			write(file, () -> {
				PrivateFiles.createDirectories(Objects.requireNonNull(file.getParent()), false);
				replacements.put(file, new FileReplacement(file, content, onlyForOwner));
			});
		}
	}

	private static void write(Path file, FileOperation operation) {
		try {
			operation.run();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(Printable.of("Cannot write %s: %s".formatted(file, ex)), ex);
		}
	}

	/**
	 * The replacements of one save, all of which are closed whatever becomes of the
	 * first.
	 */
	private record Replacements(Map<Path, FileReplacement> byFile) implements AutoCloseable {

		@Override
		public void close() {
			UncheckedIOException failure = null;
			for (Map.Entry<Path, FileReplacement> entry : this.byFile.entrySet()) {
				try {
					write(entry.getKey(), entry.getValue()::close);
				}
				catch (UncheckedIOException ex) {
					if (failure == null) {
						failure = ex;
					}
					else {
						failure.addSuppressed(ex);
					}
				}
			}
			if (failure != null) {
				throw failure;
			}
		}

	}

	/**
	 * An operation on a file.
	 */
	@FunctionalInterface
	private interface FileOperation {

		void run() throws IOException;

	}

}
