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

package io.github.etcdrelation.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Writes files as an input describes them: each a line with its path, perhaps with an
 * arrow and the target of a link, then its content.
 */
public final class HostileDirectory {

	private static final String ARROW = " -> ";

	private static final int MAX_FILES = 20;

	private HostileDirectory() {
	}

	/**
	 * Write files, none of them outside of a directory.
	 * @param directory the directory
	 * @param parts what describes the files
	 * @return their contents
	 */
	public static List<String> write(Path directory, List<String> parts) throws IOException {
		List<String> contents = new ArrayList<>();
		for (String part : parts.subList(0, Math.min(parts.size(), MAX_FILES))) {
			int end = part.indexOf('\n');
			String name = (end >= 0) ? part.substring(0, end) : part;
			String content = (end >= 0) ? part.substring(end + 1) : "";
			int arrow = name.indexOf(ARROW);
			try {
				Path file = within(directory, (arrow >= 0) ? name.substring(0, arrow) : name);
				if (file == null) {
					continue;
				}
				Files.createDirectories(file.getParent());
				if (arrow < 0) {
					Files.write(file, content.getBytes(StandardCharsets.UTF_8));
					contents.add(content);
				}
				else if (within(directory, name.substring(arrow + ARROW.length())) != null) {
					Files.createSymbolicLink(file, Path.of(name.substring(arrow + ARROW.length())));
				}
			}
			catch (InvalidPathException | FileSystemException ex) {
				// No such file can exist
			}
		}
		return contents;
	}

	private static @Nullable Path within(Path directory, String name) {
		Path path = Path.of(name);
		boolean plain = !path.isAbsolute() && path.getNameCount() <= 3;
		for (Path element : path) {
			plain &= !element.toString().isEmpty() && !element.toString().equals("..");
		}
		Path file = directory.resolve(path).normalize();
		return (plain && !file.equals(directory)) ? file : null;
	}

}
