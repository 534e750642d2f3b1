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

package io.github.etcdrelation.internal.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Writes the files that a requirer reads from a directory. All of them are replaced
 * atomically: each name is a symbolic link into {@code ..data}, itself a link to the
 * directory with the files, as in Kubernetes. Without symbolic links, each file is
 * replaced atomically.
 */
public final class DirectoryProviderTarget implements ProviderTarget {

	private static final Log logger = LogFactory.getLog(DirectoryProviderTarget.class);

	private final Path directory;

	private final ExchangedFiles files;

	private @Nullable Map<String, String> written;

	private boolean protectable = true;

	private boolean warned;

	/**
	 * Create a target.
	 * @param directory the directory, created if it does not exist
	 */
	public DirectoryProviderTarget(Path directory) {
		this(directory, true);
	}

	DirectoryProviderTarget(Path directory, boolean links) {
		this.directory = directory.toAbsolutePath();
		this.files = new ExchangedFiles(this.directory, links);
	}

	@Override
	public boolean isConnected() {
		try {
			PrivateFiles.createDirectories(this.directory, true);
			return Files.isWritable(this.directory);
		}
		catch (IOException ex) {
			throw failure("cannot be created", ex);
		}
	}

	@Override
	public void publish(Map<String, String> values) {
		try {
			PrivateFiles.createDirectories(this.directory, true);
			this.files.deleteLeftovers();
			Map<String, String> before = this.files.read();
			Map<String, String> after = new TreeMap<>(before);
			after.putAll(values);
			after.values().removeIf(String::isEmpty);
			warnOfSecondProvider(before, values.keySet());
			if (!after.equals(before) || (this.protectable && !this.files.isProtected(before))) {
				this.files.exchange(before, after);
				checkProtection(after);
			}
			this.written = after;
		}
		catch (IOException ex) {
			throw failure("cannot be written to", ex);
		}
	}

	/**
	 * Find out whether modes have an effect, for otherwise files would be exchanged for
	 * ever to set them.
	 */
	private void checkProtection(Map<String, String> values) throws IOException {
		boolean former = this.protectable;
		this.protectable = this.files.isProtected(values);
		if (former && !this.protectable) {
			logger.warn(LogMessage.format("Directory %s: others may have access to the private key, as its file system "
					+ "does not keep the mode 0600. Mount it so that only the owner and the requirers have access",
					Printable.of(this.directory)));
		}
	}

	/**
	 * Warn once if what this provider has written was changed by someone else, for each
	 * of two providers would undo what the other one writes.
	 */
	private void warnOfSecondProvider(Map<String, String> current, Set<String> keys) {
		Map<String, String> own = this.written;
		if (own == null || this.warned) {
			return;
		}
		List<String> changed = keys.stream()
			.filter((key) -> !Objects.equals(own.get(key), current.get(key)))
			.sorted()
			.toList();
		if (!changed.isEmpty()) {
			this.warned = true;
			logger.warn(LogMessage.format(
					"Directory %s: %s changed since this provider wrote it and is written again. "
							+ "Have only one provider write to a directory",
					Printable.of(this.directory), String.join(", ", changed)));
		}
	}

	private InvalidRelationDataException failure(String what, IOException ex) {
		return new InvalidRelationDataException("directory", "'%s' %s: %s".formatted(this.directory, what, ex),
				"Check that it is a directory and that the application may write to it", ex);
	}

}
