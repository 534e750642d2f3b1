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

package io.github.etcdrelation.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether files may have changed without reading them.
 *
 * @param stamps what the file system says of each file and directory
 */
record FileStamps(Map<Path, Stamp> stamps) {

	/**
	 * Return the stamps of files, and of directories, of which only matters that they are
	 * the same: other files that come and go in them do not count.
	 */
	static FileStamps of(Collection<Path> files, Collection<Path> directories) {
		Map<Path, Stamp> stamps = new TreeMap<>();
		directories.forEach((directory) -> stamps.put(directory, stamp(directory).identity()));
		files.forEach((file) -> stamps.put(file, stamp(file)));
		return new FileStamps(stamps);
	}

	private static Stamp stamp(Path file) {
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
			return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
		}
		catch (IOException ex) {
			return Stamp.GONE;
		}
	}

	record Stamp(long size, FileTime lastModified, @Nullable Object fileKey) {

		private static final FileTime NEVER = FileTime.fromMillis(0);

		static final Stamp GONE = new Stamp(-1, NEVER, null);

		Stamp identity() {
			return equals(GONE) ? this : new Stamp(0, NEVER, this.fileKey);
		}

	}

}
