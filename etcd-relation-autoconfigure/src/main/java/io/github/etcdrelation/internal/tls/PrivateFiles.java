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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes files with fixed modes, whatever the umask: 0600 for private files, 0644 for
 * others. Directories get 0755, within the umask unless others are to read them. File
 * systems without modes apply their defaults.
 */
public final class PrivateFiles {

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

	private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

	private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");

	private static final String PRIVATE_KEY = PemLabel.squeeze(PemLabel.PRIVATE_KEY.toString());

	private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	private PrivateFiles() {
	}

	/**
	 * Write a new file and have the disk store it.
	 * @param file the file, which must not exist
	 * @param content the content, written as UTF-8
	 * @param onlyForOwner whether only the owner may read it
	 * @throws IOException if it cannot be written; nothing of it is left then
	 */
	public static void write(Path file, String content, boolean onlyForOwner) throws IOException {
		try (FileChannel channel = create(file, onlyForOwner)) {
			write(file, channel, content);
		}
	}

	/**
	 * Create an empty file.
	 * @param file the file, which must not exist, not even as a link
	 * @param onlyForOwner whether only the owner may read it
	 * @return the channel to write to
	 * @throws IOException if it cannot be created
	 */
	static FileChannel create(Path file, boolean onlyForOwner) throws IOException {
		FileAttribute<?>[] attributes = POSIX
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) } : new FileAttribute<?>[0];
		FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
				attributes);
		try {
			setMode(file, onlyForOwner ? OWNER_ONLY : READABLE);
			return channel;
		}
		catch (IOException ex) {
			channel.close();
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	/**
	 * Write a file that was just created and have the disk store it.
	 * @param file the file
	 * @param channel its channel
	 * @param content the content, written as UTF-8
	 * @throws IOException if it cannot be written; the file is deleted then
	 */
	static void write(Path file, FileChannel channel, String content) throws IOException {
		try {
			ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
			while (bytes.hasRemaining()) {
				channel.write(bytes);
			}
			// Some file systems would store the later move first
			channel.force(true);
		}
		catch (IOException ex) {
			// Part of a key would be left behind
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	/**
	 * Write a file whose place another one may have, which then is there until all of the
	 * new one is stored.
	 * @param file the file, in a directory that exists
	 * @param content the content, written as UTF-8
	 * @param onlyForOwner whether only the owner may read it
	 * @throws IOException if it cannot be written; the other one is left then
	 */
	public static void replace(Path file, String content, boolean onlyForOwner) throws IOException {
		try (FileReplacement replacement = new FileReplacement(file, content, onlyForOwner)) {
			replacement.apply();
		}
	}

	/**
	 * Move a file to its place atomically.
	 * @param temporary the file, deleted if it cannot be moved
	 * @param file its place, where another file may be
	 * @throws IOException if it cannot be moved
	 */
	public static void move(Path temporary, Path file) throws IOException {
		try {
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	/**
	 * Create a directory and those above it that are missing.
	 * @param directory the directory
	 * @param open whether others may read them whatever the umask
	 * @throws IOException if it cannot be created or is no directory
	 */
	public static void createDirectories(Path directory, boolean open) throws IOException {
		List<Path> missing = new ArrayList<>();
		for (Path path = directory; path != null && Files.notExists(path); path = path.getParent()) {
			missing.add(0, path);
		}
		FileAttribute<?>[] attributes = POSIX
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(DIRECTORY) } : new FileAttribute<?>[0];
		for (Path path : missing) {
			Files.createDirectories(path, attributes);
			if (open) {
				openDirectory(path);
			}
		}
		if (!Files.isDirectory(directory)) {
			throw new NoSuchFileException(directory.toString(), null, "not a directory");
		}
	}

	/**
	 * Create a directory that nobody else may look into.
	 * @param directory the directory, which must not exist
	 * @throws IOException if it cannot be created
	 */
	public static void createDirectory(Path directory) throws IOException {
		Files.createDirectory(directory,
				POSIX ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY) }
						: new FileAttribute<?>[0]);
	}

	/**
	 * Make a directory readable for others.
	 * @param directory the directory, no link
	 * @throws IOException if its mode cannot be set
	 */
	public static void openDirectory(Path directory) throws IOException {
		setMode(directory, DIRECTORY);
	}

	/**
	 * Return whether only the owner may read a content, as it has a private key in it.
	 * Whatever may be read as one counts, also without its blanks and line ends.
	 * @param content the content
	 * @return whether that is so
	 */
	public static boolean isPrivate(String content) {
		return PemLabel.squeeze(content).contains(PRIVATE_KEY);
	}

	/**
	 * Return whether nobody but the owner has access to a file.
	 * @param file the file
	 * @return whether that is so, also {@code true} without modes
	 * @throws IOException if its mode cannot be read
	 */
	public static boolean isOnlyForOwner(Path file) throws IOException {
		return !POSIX || OWNER_DIRECTORY.containsAll(Files.getPosixFilePermissions(file));
	}

	private static void setMode(Path path, Set<PosixFilePermission> mode) throws IOException {
		if (POSIX) {
			// A link that was put in its place must not pass it on
			Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
				.setPermissions(mode);
		}
	}

}
