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

package io.github.etcdrelation.internal.juju;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.internal.tls.PrivateFiles;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Files through which values reach a hook tool, in a directory that nobody else may look
 * into. Closing deletes them.
 */
final class SecretFiles implements Closeable {

	private static final Log logger = LogFactory.getLog(SecretFiles.class);

	private final Path directory;

	private final List<Path> files = new ArrayList<>();

	private final List<String> arguments = new ArrayList<>();

	private SecretFiles(Path directory) {
		this.directory = directory;
	}

	/**
	 * Write one file for each field.
	 * @param content fields and values
	 * @return the files
	 * @throws IOException if they cannot be written; nothing of them is left then
	 */
	static SecretFiles write(Map<String, String> content) throws IOException {
		// Such a directory is readable by its owner only
		SecretFiles files = new SecretFiles(Files.createTempDirectory("etcd-relation-"));
		try {
			for (Map.Entry<String, String> field : content.entrySet()) {
				files.write(field.getKey(), field.getValue());
			}
			return files;
		}
		catch (IOException | RuntimeException ex) {
			files.close();
			throw ex;
		}
	}

	private void write(String field, String value) throws IOException {
		Path file = this.directory.resolve("value-" + this.files.size());
		this.files.add(file);
		PrivateFiles.write(file, value, true);
		this.arguments.add(field + "#file=" + file);
	}

	/**
	 * Return what makes a hook tool read the files.
	 * @return an argument for each field
	 */
	List<String> getArguments() {
		return this.arguments;
	}

	@Override
	public void close() {
		List<Path> paths = new ArrayList<>(this.files);
		paths.add(this.directory);
		IOException failure = null;
		for (Path path : paths) {
			try {
				Files.deleteIfExists(path);
			}
			catch (IOException ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		if (failure != null) {
			logger.warn(LogMessage.format("Files with a secret in %s cannot be deleted: %s", this.directory, failure));
		}
	}

}
