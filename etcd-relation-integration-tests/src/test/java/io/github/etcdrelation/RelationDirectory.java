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

package io.github.etcdrelation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.springframework.util.FileSystemUtils;

/**
 * Writes the files of a relation, each in one step, or all of them as Kubernetes does.
 */
public final class RelationDirectory {

	private final Path directory;

	private int version;

	public RelationDirectory(Path directory) {
		this.directory = directory;
	}

	public Path getPath() {
		return this.directory;
	}

	public void write(String connectionString, ClientCredentials credentials) {
		write("client_cert", credentials.clientCert());
		write("client_key", credentials.clientKey());
		write("client_ca", credentials.clientCa());
		write("connection_string", connectionString);
	}

	public void write(String name, String content) {
		try {
			Files.createDirectories(this.directory);
			Path temporary = Files.writeString(this.directory.resolve("." + name), content);
			Files.move(temporary, this.directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void delete() {
		try {
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Exchange all files at once by a symbolic link, as Kubernetes projects a secret.
	 */
	public void swap(String connectionString, ClientCredentials credentials) {
		try {
			Path next = Files.createDirectories(this.directory.resolve("..v" + ++this.version));
			Files.writeString(next.resolve("tls.crt"), credentials.clientCert());
			Files.writeString(next.resolve("tls.key"), credentials.clientKey());
			Files.writeString(next.resolve("ca.crt"), credentials.clientCa());
			Files.writeString(next.resolve("endpoints"), connectionString);
			Path link = this.directory.resolve("..data_tmp");
			Files.createSymbolicLink(link, next.getFileName());
			Files.move(link, this.directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
			for (String name : new String[] { "tls.crt", "tls.key", "ca.crt", "endpoints" }) {
				Path file = this.directory.resolve(name);
				if (!Files.isSymbolicLink(file)) {
					Files.createSymbolicLink(file, Path.of("..data", name));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
