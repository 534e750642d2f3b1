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

package io.github.etcdrelation.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.github.etcdrelation.ClientCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Saves client credentials to files, each of them in one step.
 *
 * @since 0.1.0
 */
public final class CredentialFiles {

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

	private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

	private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	private CredentialFiles() {
	}

	/**
	 * Save credentials: the key with the mode 0600, the others with 0644. Parts that are
	 * absent are not written and leave an existing file as it is.
	 * @param credentials the credentials
	 * @param key the file for the private key
	 * @param cert the file for the client certificate
	 * @param ca the file for the certificate authority
	 * @throws IllegalArgumentException if two of the paths are the same or one of them
	 * cannot be a file; nothing has been written then
	 * @throws UncheckedIOException if a file cannot be written
	 */
	public static void save(ClientCredentials credentials, Path key, Path cert, Path ca) {
		Map<String, Path> files = new LinkedHashMap<>();
		files.put("certificate", cert.toAbsolutePath().normalize());
		files.put("key", key.toAbsolutePath().normalize());
		files.put("certificate authority", ca.toAbsolutePath().normalize());
		check(files);
		write(files.get("certificate"), credentials.clientCert(), READABLE);
		write(files.get("key"), credentials.clientKey(), OWNER_ONLY);
		write(files.get("certificate authority"), credentials.clientCa(), READABLE);
	}

	private static void check(Map<String, Path> files) {
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

	private static void write(@Nullable Path file, @Nullable String content, Set<PosixFilePermission> permissions) {
		if (file == null || content == null) {
			return;
		}
		try {
			Path directory = Objects.requireNonNull(file.getParent());
			createDirectories(directory);
			// A temporary file is readable by its owner only until it is complete
			Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".tmp");
			try {
				Files.writeString(temporary, content);
				if (POSIX) {
					Files.setPosixFilePermissions(temporary, permissions);
				}
				Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
			}
			finally {
				Files.deleteIfExists(temporary);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot write %s: %s".formatted(file, ex), ex);
		}
	}

	private static void createDirectories(Path directory) throws IOException {
		List<Path> missing = new ArrayList<>();
		for (Path path = directory; path != null && Files.notExists(path); path = path.getParent()) {
			missing.add(0, path);
		}
		FileAttribute<?>[] attributes = POSIX
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(DIRECTORY) } : new FileAttribute<?>[0];
		for (Path path : missing) {
			Files.createDirectories(path, attributes);
		}
	}

}
