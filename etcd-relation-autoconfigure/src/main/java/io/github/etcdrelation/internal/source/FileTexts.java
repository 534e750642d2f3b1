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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.PrivateFiles;

/**
 * Reads the files of a directory and remembers them, and which of them have a private key
 * or a password in them.
 */
final class FileTexts implements Function<Path, String> {

	private static final Pattern PASSWORD = Pattern.compile("\"" + RelationSnapshot.PASSWORD + "\"\\s*:");

	private final Map<Path, Boolean> secret = new LinkedHashMap<>();

	@Override
	public String apply(Path file) {
		try {
			String text = DirectoryLimits.read(file);
			this.secret.put(file, isSecret(file, text));
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
	 * Pass on each file that was read, and whether it has a secret in it.
	 */
	void forEach(BiConsumer<Path, Boolean> action) {
		this.secret.forEach(action);
	}

}
