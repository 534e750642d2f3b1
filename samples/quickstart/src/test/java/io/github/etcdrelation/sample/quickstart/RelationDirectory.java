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

package io.github.etcdrelation.sample.quickstart;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.github.etcdrelation.ClientCredentials;

import org.springframework.util.FileSystemUtils;

/**
 * A directory that relates the application to etcd: a file for each value, replaced in
 * one step and readable by its owner only.
 */
final class RelationDirectory implements AutoCloseable {

	private final Path path;

	RelationDirectory() throws IOException {
		this.path = Files.createTempDirectory("quickstart");
	}

	Path getPath() {
		return this.path;
	}

	void write(ClientCredentials credentials) throws IOException {
		write("client_cert", credentials.clientCert());
		write("client_key", credentials.clientKey());
		write("client_ca", credentials.clientCa());
	}

	void write(String name, String value) throws IOException {
		// Has the mode 0600
		Path temporary = Files.createTempFile(this.path, ".", null);
		Files.writeString(temporary, value);
		Files.move(temporary, this.path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
	}

	void clear() throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path)) {
			for (Path file : files) {
				Files.delete(file);
			}
		}
	}

	@Override
	public void close() throws IOException {
		FileSystemUtils.deleteRecursively(this.path);
	}

}
