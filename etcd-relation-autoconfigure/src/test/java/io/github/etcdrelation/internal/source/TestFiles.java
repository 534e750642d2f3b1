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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * File operations of tests.
 */
public final class TestFiles {

	private TestFiles() {
	}

	/**
	 * Write a file in place.
	 */
	public static void write(Path file, String content) {
		try {
			Files.createDirectories(file.getParent());
			Files.writeString(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read a file.
	 */
	public static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Replace a file in one step.
	 */
	public static void replace(Path file, String content) {
		Path temporary = file.resolveSibling("." + file.getFileName());
		write(temporary, content);
		move(temporary, file);
	}

	/**
	 * Let a link lead elsewhere in one step.
	 */
	public static void link(Path link, Path target) {
		Path temporary = link.resolveSibling("." + link.getFileName());
		try {
			Files.createSymbolicLink(temporary, target);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		move(temporary, link);
	}

	public static void move(Path from, Path to) {
		try {
			Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return what is in a directory, nothing if it does not exist.
	 */
	public static List<Path> entries(Path directory) {
		if (!Files.isDirectory(directory)) {
			return List.of();
		}
		try (Stream<Path> entries = Files.list(directory)) {
			return entries.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the files below a directory.
	 */
	public static List<Path> files(Path directory) {
		return entries(directory).stream()
			.flatMap((entry) -> Files.isDirectory(entry) ? files(entry).stream() : Stream.of(entry))
			.toList();
	}

	/**
	 * Delete a file, or a directory with what is in it.
	 */
	public static void delete(Path path) {
		try {
			if (Files.isDirectory(path) && !Files.isSymbolicLink(path)) {
				entries(path).forEach(TestFiles::delete);
			}
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
