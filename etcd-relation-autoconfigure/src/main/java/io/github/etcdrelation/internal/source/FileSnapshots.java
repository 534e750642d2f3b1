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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Detects whether files may have changed without reading them.
 *
 * @param files files, and directories of which matters what comes and goes in them
 * @param directories directories of which only matters that they are the same
 * @param stamps what the file system says of each
 */
record FileSnapshots(List<Path> files, List<Path> directories, List<Stamp> stamps) {

	static FileSnapshots of(List<Path> files, List<Path> directories) {
		List<Stamp> stamps = new ArrayList<>(files.size() + directories.size());
		files.forEach((file) -> stamps.add(stamp(file)));
		directories.forEach((directory) -> stamps.add(stamp(directory).identity()));
		return new FileSnapshots(files, directories, stamps);
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

	/**
	 * Return whether the file system says the same now.
	 */
	boolean isCurrent() {
		int i = 0;
		for (Path file : this.files) {
			if (!stamp(file).equals(this.stamps.get(i++))) {
				return false;
			}
		}
		for (Path directory : this.directories) {
			if (!stamp(directory).identity().equals(this.stamps.get(i++))) {
				return false;
			}
		}
		return true;
	}

	record Stamp(long size, FileTime lastModified, @Nullable Object fileKey) {

		private static final FileTime NEVER = FileTime.fromMillis(0);

		static final Stamp GONE = new Stamp(-1, NEVER, null);

		Stamp identity() {
			return equals(GONE) ? this : new Stamp(0, NEVER, this.fileKey);
		}

	}

}
