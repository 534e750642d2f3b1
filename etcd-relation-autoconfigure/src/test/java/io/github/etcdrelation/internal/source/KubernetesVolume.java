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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Exchanges the files of a directory as Kubernetes does for a secret.
 */
public final class KubernetesVolume {

	private final Path directory;

	private int version;

	public KubernetesVolume(Path directory) {
		this.directory = directory;
	}

	/**
	 * Exchange all files in one step and remove those that were there before.
	 */
	public void swap(Map<String, String> files) {
		exchange(files);
		files.keySet().forEach((name) -> {
			Path link = this.directory.resolve(name);
			if (!Files.isSymbolicLink(link)) {
				TestFiles.link(link, Path.of("..data", name));
			}
		});
	}

	/**
	 * Do the first part of a swap: the files are there, links to new ones are not.
	 */
	public void exchange(Map<String, String> files) {
		try {
			Path data = this.directory.resolve("..data");
			Path before = Files.exists(data) ? data.toRealPath() : null;
			Path next = this.directory.resolve("..version_" + ++this.version);
			Files.createDirectories(next);
			files.forEach((name, content) -> TestFiles.write(next.resolve(name), content));
			TestFiles.link(data, next.getFileName());
			if (before != null) {
				TestFiles.delete(before);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
