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

package io.github.etcdrelation.internal.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * Writes the files that a requirer reads from a directory. All of them are replaced
 * atomically: each name is a symbolic link into {@code ..data}, itself a link to the
 * directory with the files, as in Kubernetes. Without symbolic links, each file is
 * replaced atomically.
 */
public final class DirectoryProviderTarget implements ProviderTarget {

	private static final List<String> KEYS = List.of(RelationSnapshot.CLIENT_CA, RelationSnapshot.CLIENT_CERT,
			RelationSnapshot.CLIENT_KEY, RelationSnapshot.CONNECTION_STRING, RelationSnapshot.VERSION);

	private static final String DATA = "..data";

	private static final String SET_PREFIX = "..set-";

	private static final String TEMPORARY_PREFIX = "..tmp-";

	private final Path directory;

	private final boolean links;

	/**
	 * Create a target.
	 * @param directory the directory, created if it does not exist
	 */
	public DirectoryProviderTarget(Path directory) {
		this(directory, true);
	}

	DirectoryProviderTarget(Path directory, boolean links) {
		this.directory = directory.toAbsolutePath();
		this.links = links;
	}

	@Override
	public boolean isConnected() {
		try {
			PrivateFiles.createDirectories(this.directory, true);
			return Files.isWritable(this.directory);
		}
		catch (IOException ex) {
			throw failure("cannot be created", ex);
		}
	}

	@Override
	public void publish(Map<String, String> values) {
		try {
			PrivateFiles.createDirectories(this.directory, true);
			Map<String, String> before = read();
			Map<String, String> after = new TreeMap<>(before);
			after.putAll(values);
			after.values().removeIf(String::isEmpty);
			if (after.equals(before) && isKeyProtected()) {
				return;
			}
			exchange(before, after);
		}
		catch (IOException ex) {
			throw failure("cannot be written to", ex);
		}
	}

	private Map<String, String> read() throws IOException {
		Map<String, String> values = new TreeMap<>();
		for (String key : KEYS) {
			Path file = this.directory.resolve(key);
			if (Files.isRegularFile(file)) {
				values.put(key, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
			}
		}
		return values;
	}

	private boolean isKeyProtected() throws IOException {
		Path key = this.directory.resolve(RelationSnapshot.CLIENT_KEY);
		return !Files.exists(key) || PrivateFiles.isOnlyForOwner(key);
	}

	private void exchange(Map<String, String> before, Map<String, String> after) throws IOException {
		if (!this.links || !canLink()) {
			replaceEach(after);
			return;
		}
		if (KEYS.stream().anyMatch((key) -> isFile(this.directory.resolve(key)))) {
			// First the current values behind links, then the new ones
			exchangeAll(before);
		}
		exchangeAll(after);
	}

	private boolean canLink() throws IOException {
		Path link = temporary();
		try {
			Files.createSymbolicLink(link, Path.of(DATA));
			return true;
		}
		catch (UnsupportedOperationException | IOException ex) {
			return false;
		}
		finally {
			Files.deleteIfExists(link);
		}
	}

	private void exchangeAll(Map<String, String> values) throws IOException {
		Path set = Files.createTempDirectory(this.directory, SET_PREFIX);
		for (Map.Entry<String, String> entry : values.entrySet()) {
			write(set.resolve(entry.getKey()), entry.getKey(), entry.getValue());
		}
		PrivateFiles.openDirectory(set);
		for (String key : values.keySet()) {
			// Dangling, if it is new, until the set is in its place
			Path name = this.directory.resolve(key);
			if (!isFile(name)) {
				link(name, Path.of(DATA, key));
			}
		}
		link(this.directory.resolve(DATA), set.getFileName());
		for (String key : KEYS) {
			Path name = this.directory.resolve(key);
			if (!values.containsKey(key)) {
				Files.deleteIfExists(name);
			}
			else if (isFile(name)) {
				link(name, Path.of(DATA, key));
			}
		}
		clean(set);
	}

	private void link(Path name, Path destination) throws IOException {
		if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(destination)) {
			return;
		}
		Path temporary = temporary();
		Files.createSymbolicLink(temporary, destination);
		PrivateFiles.move(temporary, name);
	}

	private void replaceEach(Map<String, String> values) throws IOException {
		for (String key : KEYS) {
			Path file = this.directory.resolve(key);
			String value = values.get(key);
			if (value == null) {
				Files.deleteIfExists(file);
			}
			else {
				Path temporary = temporary();
				write(temporary, key, value);
				PrivateFiles.move(temporary, file);
			}
		}
		Files.deleteIfExists(this.directory.resolve(DATA));
		clean(null);
	}

	private Path temporary() {
		return this.directory.resolve(TEMPORARY_PREFIX + Long.toHexString(System.nanoTime()));
	}

	private static void write(Path file, String key, String value) throws IOException {
		PrivateFiles.write(file, value, key.equals(RelationSnapshot.CLIENT_KEY));
	}

	/**
	 * Delete the files of earlier exchanges, also of those that did not complete.
	 */
	private void clean(@Nullable Path current) throws IOException {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(this.directory, "..*")) {
			for (Path entry : entries) {
				String name = entry.getFileName().toString();
				if ((name.startsWith(SET_PREFIX) && !entry.equals(current)) || name.startsWith(TEMPORARY_PREFIX)) {
					FileSystemUtils.deleteRecursively(entry);
				}
			}
		}
	}

	private static boolean isFile(Path path) {
		return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static InvalidRelationDataException failure(String what, IOException ex) {
		return new InvalidRelationDataException("directory", what + ": " + ex,
				"Check that it is a directory and that the application may write to it", ex);
	}

}
