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
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A new file that is locked until it is closed, so that others can see whether a process
 * still needs it or has crashed.
 */
public final class TemporaryFile implements Closeable {

	private static final Duration LONGEST_USE = Duration.ofMinutes(1);

	private final Path path;

	private final FileChannel channel;

	private final boolean locked;

	private TemporaryFile(Path path, FileChannel channel) {
		this.path = path;
		this.channel = channel;
		this.locked = lock(channel);
	}

	/**
	 * Create an empty file that only the owner may read.
	 * @param path the file, which must not exist
	 * @return the file
	 * @throws IOException if it cannot be created
	 */
	public static TemporaryFile create(Path path) throws IOException {
		return create(path, true);
	}

	static TemporaryFile create(Path path, boolean onlyForOwner) throws IOException {
		return new TemporaryFile(path, PrivateFiles.create(path, onlyForOwner));
	}

	private static boolean lock(FileChannel channel) {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
		catch (IOException ex) {
			// No locks here: its age protects it
			return true;
		}
	}

	/**
	 * Return whether no other process deletes the file, which one may have done before it
	 * was locked.
	 * @return whether that is so
	 */
	public boolean isProtected() {
		return this.locked && Files.exists(this.path, LinkOption.NOFOLLOW_LINKS);
	}

	// To open the file another time, or to set its mode, would release the lock
	void write(String content) throws IOException {
		PrivateFiles.write(this.path, this.channel, content);
	}

	/**
	 * Return the path of the file.
	 * @return the path
	 */
	public Path getPath() {
		return this.path;
	}

	/**
	 * Delete the file, unless it was moved, and release the lock.
	 */
	@Override
	public void close() throws IOException {
		try {
			Files.deleteIfExists(this.path);
		}
		finally {
			this.channel.close();
		}
	}

	/**
	 * Delete the file of a process that has crashed. Only a regular file of the given
	 * owner is touched.
	 * @param path the file
	 * @param owner a file of the user who may have created it or {@code null} for any
	 * @return whether it is gone, {@code false} if a process still needs it
	 * @throws IOException if it cannot be deleted
	 */
	public static boolean deleteAbandoned(Path path, @Nullable Path owner) throws IOException {
		BasicFileAttributes attributes;
		try {
			attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
			if (!attributes.isRegularFile() || (owner != null && !isSameOwner(path, owner))) {
				return false;
			}
		}
		catch (NoSuchFileException ex) {
			return true;
		}
		// With READ, a pipe that was put in its place does not block
		try (FileChannel channel = FileChannel.open(path,
				Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
				FileLock lock = channel.tryLock()) {
			if (lock == null) {
				return false;
			}
			Files.deleteIfExists(path);
			return true;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
		catch (NoSuchFileException ex) {
			return true;
		}
		catch (IOException ex) {
			// No locks here
			if (attributes.lastModifiedTime().toInstant().isAfter(Instant.now().minus(LONGEST_USE))) {
				return false;
			}
			Files.deleteIfExists(path);
			return true;
		}
	}

	private static boolean isSameOwner(Path path, Path other) throws IOException {
		return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(other, LinkOption.NOFOLLOW_LINKS));
	}

}
