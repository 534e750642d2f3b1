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
 * @param stamps what the file system says of each file that is there
 */
record FileStamps(Map<Path, Stamp> stamps) {

	static FileStamps of(Collection<Path> files) {
		Map<Path, Stamp> stamps = new TreeMap<>();
		for (Path file : files) {
			try {
				BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
				stamps.put(file, new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey()));
			}
			catch (IOException ex) {
				// It is not there, or no longer: the stamps differ then
			}
		}
		return new FileStamps(stamps);
	}

	record Stamp(long size, FileTime lastModified, @Nullable Object fileKey) {

	}

}
