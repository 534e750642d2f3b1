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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.SmallFiles;

/**
 * How much a directory may hold, which is far more than any relation has.
 */
final class DirectoryLimits {

	static final int MAX_ENTRIES = 10_000;

	static final int MAX_FILE = SmallFiles.MAX_BYTES;

	static final long MAX_FILES = 64L * 1024 * 1024;

	private static final String ITEM = "directory";

	private static final String REMEDY = "Name a directory that holds nothing but the data of the relation";

	private DirectoryLimits() {
	}

	/**
	 * Check a number of entries.
	 * @param count how many were listed so far
	 */
	static void requireFew(int count) {
		if (count > MAX_ENTRIES) {
			throw new InvalidRelationDataException(ITEM, "has more than %d entries".formatted(MAX_ENTRIES), REMEDY);
		}
	}

	/**
	 * Check the sizes of files before anything is read.
	 * @param files the files, of which some may have gone since they were listed
	 */
	static void requireSmall(List<Path> files) {
		long sum = 0;
		for (Path file : files) {
			long size = size(file);
			if (size > MAX_FILE) {
				throw tooLarge(file);
			}
			sum += size;
		}
		if (sum > MAX_FILES) {
			throw new InvalidRelationDataException(ITEM,
					"has files that together are larger than %d bytes".formatted(MAX_FILES), REMEDY);
		}
	}

	private static long size(Path file) {
		try {
			return Files.size(file);
		}
		catch (IOException ex) {
			return 0;
		}
	}

	/**
	 * Read a file, which may have grown since its size was checked.
	 * @param file the file
	 * @return its content
	 * @throws IOException if it cannot be read or is no text
	 */
	static String read(Path file) throws IOException {
		if (SmallFiles.isSpecial(file)) {
			throw new InvalidRelationDataException(ITEM, "has a file %s that is not a regular file".formatted(file),
					"Replace it by a file or a link to one: pipes, devices and sockets are not read");
		}
		byte[] content = SmallFiles.read(file);
		if (content == null) {
			throw tooLarge(file);
		}
		return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
	}

	private static InvalidRelationDataException tooLarge(Path file) {
		return new InvalidRelationDataException(ITEM,
				"has a file %s that is larger than %d bytes".formatted(file, MAX_FILE), "Check what writes it");
	}

}
