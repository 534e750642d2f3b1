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
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

/**
 * Reads files that are small unless something is wrong.
 */
public final class SmallFiles {

	/**
	 * The number of bytes of the largest file, far more than credentials or databags
	 * have.
	 */
	public static final int MAX_BYTES = 4 * 1024 * 1024;

	private SmallFiles() {
	}

	/**
	 * Read a file, also one that grows meanwhile.
	 * @param file the file
	 * @return its content, {@code null} if it is larger than {@link #MAX_BYTES}
	 * @throws IOException if it cannot be read or is not a regular file
	 */
	public static byte @Nullable [] read(Path file) throws IOException {
		return read(file, MAX_BYTES);
	}

	/**
	 * Read a file, also one that grows meanwhile.
	 * @param file the file
	 * @param max the number of bytes of the largest
	 * @return its content, {@code null} if it is larger
	 * @throws IOException if it cannot be read or is not a regular file
	 */
	public static byte @Nullable [] read(Path file, int max) throws IOException {
		if (isSpecial(file)) {
			throw new FileSystemException(file.toString(), null, "not a regular file");
		}
		if (Files.size(file) > max) {
			return null;
		}
		try (InputStream stream = Files.newInputStream(file)) {
			byte[] content = stream.readNBytes(max + 1);
			return (content.length <= max) ? content : null;
		}
	}

	/**
	 * Return whether a path leads to a named pipe, a device or a socket, which may have
	 * no end and block whoever opens it.
	 * @param path the path
	 * @return whether it does, as far as that can be found out
	 */
	public static boolean isSpecial(Path path) {
		try {
			return Files.readAttributes(path, BasicFileAttributes.class).isOther();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Return whether a path leads to anything but a directory. To read it may be refused.
	 * @param path the path
	 * @return whether it does
	 */
	public static boolean isFile(Path path) {
		return Files.exists(path) && !Files.isDirectory(path);
	}

}
