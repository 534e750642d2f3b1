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
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import io.github.etcdrelation.internal.tls.SmallFiles;
import io.github.etcdrelation.internal.tls.TemporaryFile;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.FileSystemUtils;

/**
 * Files of a directory that are replaced all at once: each name is a symbolic link into
 * {@code ..data}, itself a link to the directory with the current set of files. While a
 * set is written, a locked file {@code ..tmp-<id>} protects whatever has the same id from
 * other processes; after a crash any of them deletes it.
 */
final class ExchangedFiles {

	private static final List<String> KEYS = List.of(RelationSnapshot.CLIENT_CA, RelationSnapshot.CLIENT_CERT,
			RelationSnapshot.CLIENT_KEY, RelationSnapshot.CONNECTION_STRING, RelationSnapshot.VERSION);

	private static final String DATA = "..data";

	private static final String SET_PREFIX = "..set-";

	private static final String TEMPORARY_PREFIX = "..tmp-";

	private static final int ID_LENGTH = 36;

	private static final int ATTEMPTS = 10;

	private static final Log logger = LogFactory.getLog(ExchangedFiles.class);

	private final Path directory;

	private final boolean links;

	ExchangedFiles(Path directory, boolean links) {
		this.directory = directory;
		this.links = links;
	}

	/**
	 * Read the current values. Links out of the directory count as absent: others may
	 * have put them there, and what is read is published.
	 * @throws InvalidRelationDataException if a file is too large
	 */
	Map<String, String> read() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				Map<String, String> values = new TreeMap<>();
				for (Map.Entry<String, Path> entry : files().entrySet()) {
					values.put(entry.getKey(), read(entry.getValue()));
				}
				return values;
			}
			catch (NoSuchFileException ex) {
				// Exchanged meanwhile
				if (attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private static String read(Path file) throws IOException {
		byte[] content = SmallFiles.read(file);
		if (content == null) {
			throw new InvalidRelationDataException("directory",
					"has a file %s that is larger than %d bytes".formatted(file, SmallFiles.MAX_BYTES),
					"Check what writes it");
		}
		return new String(content, StandardCharsets.UTF_8);
	}

	/**
	 * Return whether nobody but the owner has access to the files that have a key in
	 * them.
	 * @param values the current values
	 */
	boolean isProtected(Map<String, String> values) throws IOException {
		for (Map.Entry<String, Path> entry : files().entrySet()) {
			String value = values.getOrDefault(entry.getKey(), "");
			if (isPrivate(entry.getKey(), value) && !isOnlyForOwner(entry.getValue())) {
				return false;
			}
		}
		return true;
	}

	private static boolean isOnlyForOwner(Path file) throws IOException {
		try {
			return PrivateFiles.isOnlyForOwner(file);
		}
		catch (NoSuchFileException ex) {
			// Exchanged meanwhile
			return true;
		}
	}

	private static boolean isPrivate(String key, String value) {
		return key.equals(RelationSnapshot.CLIENT_KEY) || PrivateFiles.isPrivate(value);
	}

	private Map<String, Path> files() throws IOException {
		Map<String, Path> files = new TreeMap<>();
		Path set = currentSet();
		for (String key : KEYS) {
			Path name = this.directory.resolve(key);
			if (isFile(name)) {
				files.put(key, name);
			}
			else if (set != null && Path.of(DATA, key).equals(destination(name)) && isFile(set.resolve(key))) {
				files.put(key, set.resolve(key));
			}
		}
		return files;
	}

	private @Nullable Path currentSet() throws IOException {
		Path name = destination(this.directory.resolve(DATA));
		Path set = (name != null && name.getNameCount() == 1) ? this.directory.resolve(name) : null;
		return (set != null && Files.isDirectory(set, LinkOption.NOFOLLOW_LINKS)) ? set : null;
	}

	private static @Nullable Path destination(Path link) throws IOException {
		try {
			return Files.readSymbolicLink(link);
		}
		catch (NoSuchFileException | NotLinkException | UnsupportedOperationException ex) {
			return null;
		}
	}

	/**
	 * Write all files, and delete those of keys that have no value.
	 * @param before the current values
	 * @param after the new values
	 */
	void exchange(Map<String, String> before, Map<String, String> after) throws IOException {
		try (TemporaryFile protection = protect()) {
			String id = id(protection.getPath());
			if (!this.links || !canLink(id)) {
				replaceEach(id, after);
			}
			else {
				if (KEYS.stream().anyMatch((key) -> isFile(this.directory.resolve(key)))) {
					// First the current values behind links, then the new ones
					exchangeAll(id + "-0", before);
				}
				exchangeAll(id, after);
			}
		}
		deleteLeftovers();
	}

	private TemporaryFile protect() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				TemporaryFile protection = TemporaryFile
					.create(this.directory.resolve(TEMPORARY_PREFIX + UUID.randomUUID()));
				if (protection.isProtected() || attempt == ATTEMPTS) {
					return protection;
				}
				protection.close();
			}
			catch (NoSuchFileException ex) {
				// Another process deleted it before it was locked
				if (attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private boolean canLink(String id) throws IOException {
		if (isLink(this.directory.resolve(DATA))) {
			// A full disk would look as if links were not supported
			return true;
		}
		Path link = temporary(id);
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

	private void exchangeAll(String id, Map<String, String> values) throws IOException {
		Path set = this.directory.resolve(SET_PREFIX + id);
		PrivateFiles.createDirectory(set);
		try {
			for (Map.Entry<String, String> entry : values.entrySet()) {
				write(set.resolve(entry.getKey()), entry.getKey(), entry.getValue());
			}
			PrivateFiles.openDirectory(set);
			for (String key : values.keySet()) {
				// Dangling, if it is new, until the set is in its place
				Path name = this.directory.resolve(key);
				if (!isFile(name)) {
					link(id, name, Path.of(DATA, key));
				}
			}
			link(id, this.directory.resolve(DATA), set.getFileName());
		}
		catch (IOException ex) {
			FileSystemUtils.deleteRecursively(set);
			throw ex;
		}
		for (String key : KEYS) {
			Path name = this.directory.resolve(key);
			if (!values.containsKey(key)) {
				Files.deleteIfExists(name);
			}
			else if (isFile(name)) {
				link(id, name, Path.of(DATA, key));
			}
		}
	}

	private void link(String id, Path name, Path destination) throws IOException {
		if (destination.equals(destination(name))) {
			return;
		}
		Path temporary = temporary(id);
		Files.createSymbolicLink(temporary, destination);
		PrivateFiles.move(temporary, name);
	}

	private void replaceEach(String id, Map<String, String> values) throws IOException {
		Map<String, Path> temporaries = new TreeMap<>();
		try {
			for (Map.Entry<String, String> entry : values.entrySet()) {
				Path temporary = temporary(id);
				temporaries.put(entry.getKey(), temporary);
				write(temporary, entry.getKey(), entry.getValue());
			}
			for (String key : KEYS) {
				Path temporary = temporaries.get(key);
				if (temporary != null) {
					PrivateFiles.move(temporary, this.directory.resolve(key));
				}
				else {
					Files.deleteIfExists(this.directory.resolve(key));
				}
			}
			Files.deleteIfExists(this.directory.resolve(DATA));
		}
		finally {
			for (Path temporary : temporaries.values()) {
				Files.deleteIfExists(temporary);
			}
		}
	}

	private Path temporary(String id) {
		return this.directory.resolve(TEMPORARY_PREFIX + id + "." + UUID.randomUUID());
	}

	private static void write(Path file, String key, String value) throws IOException {
		PrivateFiles.write(file, value, isPrivate(key, value));
	}

	/**
	 * Delete the files of earlier exchanges, also of those that a crash cut short.
	 */
	void deleteLeftovers() throws IOException {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(this.directory, "..*")) {
			for (Path entry : entries) {
				String name = entry.getFileName().toString();
				if (name.startsWith(SET_PREFIX) || name.startsWith(TEMPORARY_PREFIX)) {
					deleteLeftover(entry);
				}
			}
		}
	}

	private void deleteLeftover(Path entry) {
		Path protection = this.directory.resolve(TEMPORARY_PREFIX + id(entry));
		try {
			// In this order: once nothing protects it, no link to it is made anymore
			if (!isLink(protection) && !TemporaryFile.deleteAbandoned(protection, null)) {
				return;
			}
			if (entry.getFileName().equals(destination(this.directory.resolve(DATA)))) {
				return;
			}
			if (isLink(entry)) {
				Files.deleteIfExists(entry);
			}
			else {
				FileSystemUtils.deleteRecursively(entry);
			}
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("Cannot delete %s, which an earlier exchange left", Printable.of(entry)),
					ex);
		}
	}

	private static String id(Path path) {
		String name = String.valueOf(path.getFileName());
		return name.substring(SET_PREFIX.length(), Math.min(name.length(), SET_PREFIX.length() + ID_LENGTH));
	}

	private static boolean isFile(Path path) {
		return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static boolean isLink(Path path) {
		return Files.isSymbolicLink(path);
	}

}
