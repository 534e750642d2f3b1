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

package io.github.etcdrelation.internal.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.jspecify.annotations.Nullable;

/**
 * The files of a relation directory and what they say. Understood are {@link KeyFiles}
 * or, if none of these is the other side's, {@link SpoolFiles}. Whatever else is there
 * decides nothing.
 */
final class DirectoryContent {

	private final Path directory;

	private final Interpretation interpretation;

	private KeyFiles keyFiles;

	private final SpoolFiles spool = new SpoolFiles();

	private final FileTexts texts = new FileTexts();

	private final boolean present;

	private final boolean replaced;

	private @Nullable Path data;

	private boolean unresolved;

	private boolean swapped;

	private DirectoryContent(Path directory, Interpretation interpretation) throws IOException {
		this.directory = directory;
		this.interpretation = interpretation;
		this.keyFiles = new KeyFiles((name) -> Optional.empty(), interpretation);
		BasicFileAttributes attributes = attributes(directory);
		this.present = attributes != null && attributes.isDirectory();
		this.replaced = attributes != null && !this.present;
		if (this.present) {
			list();
		}
	}

	static DirectoryContent of(Path directory, Interpretation interpretation) {
		try {
			return new DirectoryContent(directory, interpretation);
		}
		catch (IOException ex) {
			throw new InvalidRelationDataException("directory",
					"%s cannot be read (%s)".formatted(directory.toAbsolutePath(), ex.getClass().getSimpleName()),
					"Check that the application may read it", ex);
		}
	}

	/**
	 * Return the attributes of a directory, which may well exist if that is denied.
	 */
	private static @Nullable BasicFileAttributes attributes(Path directory) throws IOException {
		try {
			return Files.readAttributes(directory, BasicFileAttributes.class);
		}
		catch (AccessDeniedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private void list() throws IOException {
		Path data = data();
		this.data = data;
		List<Path> entries = entries(this.directory);
		Set<String> listed = entries.stream()
			.map((entry) -> entry.getFileName().toString())
			.collect(Collectors.toSet());
		this.keyFiles = new KeyFiles((name) -> Optional.of(name)
			.filter((candidate) -> data != null || listed.contains(candidate))
			.map((candidate) -> file(candidate, data))
			.filter(SmallFiles::isFile), this.interpretation);
		this.swapped = data != null && this.keyFiles.paths().allMatch((file) -> file.startsWith(data));
		for (Path entry : entries) {
			// Beside values of the other side, or by any other name, it is something else
			if (this.keyFiles.isOwn() && SpoolFiles.isRelation(entry)) {
				this.spool.add(entry);
			}
			else {
				this.unresolved |= !Files.exists(entry);
			}
		}
	}

	/**
	 * Return the directory that the files of a Kubernetes volume are in. What is read
	 * from there is of one version, while the links to it come and go one by one.
	 */
	private @Nullable Path data() throws IOException {
		Path data = this.directory.resolve("..data");
		try {
			return Files.isDirectory(data) ? data.toRealPath() : null;
		}
		catch (NoSuchFileException ex) {
			// Exchanged since it was looked at
			return null;
		}
	}

	private Path file(String name, @Nullable Path data) {
		Path swapped = (data != null) ? data.resolve(name) : null;
		return (swapped != null && SmallFiles.isFile(swapped)) ? swapped : this.directory.resolve(name);
	}

	static List<Path> entries(Path directory) throws IOException {
		List<Path> entries = new ArrayList<>();
		try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "[!.]*")) {
			for (Path entry : stream) {
				entries.add(entry);
				DirectoryLimits.requireFew(entries.size());
			}
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			// Gone since it was listed
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		entries.sort(null);
		return entries;
	}

	boolean isPresent() {
		return this.present;
	}

	/**
	 * Describe what is missing for the relation to be available, by what was read.
	 * @return the end of a sentence about the relation, {@code null} if there may be one
	 */
	@Nullable String describeMissing() {
		Path path = this.directory.toAbsolutePath();
		if (this.replaced) {
			return "directory " + path + " is not a directory, but a file";
		}
		if (!this.present) {
			return "directory " + path + " does not exist";
		}
		return isSpool() ? this.spool.describeMissing(path, this.interpretation) : this.keyFiles.describeMissing(path);
	}

	/**
	 * Return whether the directory is there and holds nothing of the other side.
	 */
	boolean isEmpty() {
		return this.present && this.keyFiles.isOwn() && !isSpool();
	}

	/**
	 * Return whether units are or were kept here, so that an empty directory means that
	 * there is none.
	 */
	boolean isSpool() {
		return !this.spool.isEmpty();
	}

	/**
	 * Return whether, by what was read, all files are exchanged in one step, so that what
	 * is there belongs together.
	 */
	boolean isAtomic() {
		return isSpool() ? this.spool.isAtomic() && (this.swapped || this.keyFiles.isEmpty()) : this.swapped;
	}

	/**
	 * Return whether the files may be about to become those of another interface.
	 */
	boolean isAmbiguous() {
		return !isSpool() && this.keyFiles.isAmbiguous();
	}

	/**
	 * Return whether there is a link to nothing, which may become a file or a directory
	 * without a change here.
	 */
	boolean hasUnresolved() {
		return this.unresolved || this.spool.hasUnresolved();
	}

	/**
	 * Return stamps that differ when there is something to read again. Other files that
	 * come and go do not count.
	 */
	FileSnapshots stamps() {
		List<Path> directories = new ArrayList<>(this.spool.directories());
		if (this.present) {
			directories.add(this.directory);
		}
		return FileSnapshots.of(files(), directories);
	}

	/**
	 * Return stamps that differ when there is something to list or to read again.
	 */
	FileSnapshots listingStamps() {
		List<Path> files = files();
		files.add(this.directory);
		files.addAll(this.spool.directories());
		if (this.data != null) {
			files.add(this.data);
		}
		return FileSnapshots.of(files, parent(this.directory));
	}

	private List<Path> files() {
		List<Path> files = new ArrayList<>(this.keyFiles.paths().toList());
		this.spool.files().forEach(files::add);
		return files;
	}

	private static List<Path> parent(Path directory) {
		Path parent = directory.toAbsolutePath().getParent();
		return (parent != null) ? List.of(parent) : List.of();
	}

	/**
	 * Return the directories in which a change is noticed.
	 */
	List<Path> directories() {
		List<Path> directories = new ArrayList<>();
		directories.add(this.directory);
		Stream.concat(this.keyFiles.paths(), this.spool.files().filter(Files::isSymbolicLink)).forEach((file) -> {
			try {
				directories.add(file.toRealPath().getParent());
			}
			catch (IOException ex) {
				// Gone since it was listed
			}
		});
		// Also those without units, which may be about to get one
		directories.addAll(this.spool.directories());
		return directories.stream().distinct().toList();
	}

	/**
	 * Pass on each file that was read, and whether it has a private key or a password in
	 * it.
	 */
	void forEachRead(BiConsumer<Path, Boolean> action) {
		this.texts.forEach(action);
	}

	/**
	 * Read the files.
	 * @param empty whether the directory, if it is empty, stands for a unit that shows
	 * nothing
	 */
	RelationView read(boolean empty) {
		DirectoryLimits.requireSmall(files());
		if (isSpool() || (!empty && this.keyFiles.isOwn())) {
			return this.spool.read(this.keyFiles.readOwnData(this.texts), this.interpretation, this.texts);
		}
		return this.present ? this.keyFiles.read(this.texts) : RelationView.empty();
	}

}
