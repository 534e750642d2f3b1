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

package io.github.etcdrelation.provider;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.state.RelationData;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * Writes the files that a requirer reads from a directory. All of them are exchanged in
 * one step: each name is a link into {@code ..data}, which is a link to the directory
 * with the files, as Kubernetes does it. Where there are no links, each file is replaced
 * in one step.
 *
 * @since 0.1.0
 */
public final class DirectoryProviderTarget implements ProviderTarget {

	private static final List<String> KEYS = List.of(RelationData.CLIENT_CA, RelationData.CLIENT_CERT,
			RelationData.CLIENT_KEY, RelationData.CONNECTION_STRING, RelationData.VERSION);

	private static final String DATA = "..data";

	private static final String SET_PREFIX = "..set-";

	private static final String TEMPORARY_PREFIX = "..tmp-";

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

	private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

	private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	private final Path directory;

	private final boolean links;

	/**
	 * Create a target.
	 * @param directory the directory, which is created when it is not there
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
			createDirectories();
			return Files.isWritable(this.directory);
		}
		catch (IOException ex) {
			throw failure("cannot be created", ex);
		}
	}

	@Override
	public void publish(Map<String, String> values) {
		try {
			createDirectories();
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
		Path key = this.directory.resolve(RelationData.CLIENT_KEY);
		return !POSIX || !Files.exists(key) || Files.getPosixFilePermissions(key).equals(OWNER_ONLY);
	}

	private void exchange(Map<String, String> before, Map<String, String> after) throws IOException {
		if (!this.links || !canLink()) {
			replaceEach(after);
			return;
		}
		if (KEYS.stream().anyMatch((key) -> isFile(this.directory.resolve(key)))) {
			// First the same values behind links, then the others
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
		setPermissions(set, DIRECTORY);
		for (String key : values.keySet()) {
			// Leads nowhere, if it is new, until the set is in its place
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
		move(temporary, name);
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
				move(temporary, file);
			}
		}
		Files.deleteIfExists(this.directory.resolve(DATA));
		clean(null);
	}

	private Path temporary() {
		return this.directory.resolve(TEMPORARY_PREFIX + Long.toHexString(System.nanoTime()));
	}

	private static void move(Path temporary, Path file) throws IOException {
		try {
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private static void write(Path file, String key, String value) throws IOException {
		// Nobody else may open it before it has its final permissions
		FileAttribute<?>[] attributes = POSIX
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) } : new FileAttribute<?>[0];
		try (SeekableByteChannel channel = Files.newByteChannel(file,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
			ByteBuffer content = ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
			while (content.hasRemaining()) {
				channel.write(content);
			}
		}
		setPermissions(file, key.equals(RelationData.CLIENT_KEY) ? OWNER_ONLY : READABLE);
	}

	private static void setPermissions(Path path, Set<PosixFilePermission> permissions) throws IOException {
		if (POSIX) {
			Files.setPosixFilePermissions(path, permissions);
		}
	}

	/**
	 * Delete what earlier exchanges have left, also those that did not come to an end.
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

	private void createDirectories() throws IOException {
		List<Path> missing = new ArrayList<>();
		for (Path path = this.directory; path != null && Files.notExists(path); path = path.getParent()) {
			missing.add(0, path);
		}
		for (Path path : missing) {
			Files.createDirectories(path);
			setPermissions(path, DIRECTORY);
		}
		if (!Files.isDirectory(this.directory)) {
			throw new NoSuchFileException(this.directory.toString(), null, "not a directory");
		}
	}

	private static InvalidRelationDataException failure(String what, IOException ex) {
		return new InvalidRelationDataException("directory", what + ": " + ex,
				"Check that it is a directory and that the application may write to it", ex);
	}

}
