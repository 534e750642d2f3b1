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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A directory with the data of a relation, each file replaced by a rename.
 */
final class RelationFiles {

	private final Path directory;

	RelationFiles(Path directory) throws IOException {
		this.directory = Files.createDirectories(directory);
	}

	void write(Access access) throws IOException {
		replace("client_ca", access.ca());
		replace("client_cert", access.certificate());
		replace("client_key", access.key());
		Files.writeString(this.directory.resolve("connection_string"), access.endpoints());
	}

	/**
	 * Exchange certificate and key.
	 * @return when the last file was renamed
	 */
	long rotate(Access access) throws IOException {
		replace("client_cert", access.certificate());
		return replace("client_key", access.key());
	}

	long replace(String name, Path content) throws IOException {
		Path next = Files.copy(content, this.directory.resolve("." + name), StandardCopyOption.REPLACE_EXISTING);
		long now = System.nanoTime();
		Files.move(next, this.directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		return now;
	}

	Path path() {
		return this.directory;
	}

	Path file(String name) {
		return this.directory.resolve(name);
	}

}
