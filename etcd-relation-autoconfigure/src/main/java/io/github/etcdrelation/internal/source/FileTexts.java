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
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.PrivateFiles;

/**
 * Reads the files of a directory and remembers which of them have a private key or a
 * password in them.
 */
final class FileTexts implements Function<Path, String> {

	private static final Pattern PASSWORD = Pattern.compile("\"" + RelationSnapshot.PASSWORD + "\"\\s*:");

	private final Set<Path> secretFiles = new LinkedHashSet<>();

	@Override
	public String apply(Path file) {
		try {
			String text = DirectoryLimits.read(file);
			if (isSecret(file, text)) {
				this.secretFiles.add(file);
			}
			return text;
		}
		catch (IOException ex) {
			throw new InvalidRelationDataException("directory",
					"has a file %s that cannot be read (%s)".formatted(file, ex.getClass().getSimpleName()),
					"Check that it is UTF-8 and that the application may read it");
		}
	}

	private static boolean isSecret(Path file, String text) {
		return KeyFiles.isSecret(file.getFileName().toString()) || SpoolFiles.isSecret(file)
				|| PrivateFiles.isPrivate(text) || PASSWORD.matcher(text).find();
	}

	/**
	 * Return the files with secrets among those that were read.
	 */
	List<Path> getSecretFiles() {
		return List.copyOf(this.secretFiles);
	}

}
