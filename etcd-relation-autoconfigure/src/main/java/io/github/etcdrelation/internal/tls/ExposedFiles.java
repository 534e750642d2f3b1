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

package io.github.etcdrelation.internal.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Warns of files with a private key or a password that every user of the machine can
 * read, each once for each mode. Secrets that a container is given have such a mode by
 * default, and nobody else is there: they do not count.
 */
public final class ExposedFiles {

	private static final Log logger = LogFactory.getLog(ExposedFiles.class);

	private static final Path CONTAINER_SECRETS = Path.of("/run/secrets");

	private static final Path KUBERNETES_DATA = Path.of("..data");

	private final Map<Path, String> reported = new ConcurrentHashMap<>();

	/**
	 * Look at all files with secrets that are in use. Those of former calls that are not
	 * among them are forgotten.
	 * @param files the files
	 */
	public void reportAll(List<Path> files) {
		this.reported.keySet().retainAll(files);
		files.forEach(this::report);
	}

	/**
	 * Look at a file with secrets that is in use.
	 * @param file the file, which may be a link
	 */
	public void report(Path file) {
		String mode = findMode(file);
		String former = (mode != null) ? this.reported.put(file, mode) : this.reported.remove(file);
		if (mode != null && !mode.equals(former)) {
			logger
				.warn(LogMessage.format("File %s holds a private key or a password and has the mode %s, so that every "
						+ "user of this machine can read it. It is used all the same; let only the user of the application "
						+ "read it", file, mode));
		}
	}

	/**
	 * Return the mode of a file, {@code null} if it cannot be read by everyone.
	 */
	private static @Nullable String findMode(Path file) {
		try {
			Path real = file.toRealPath();
			Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
			boolean exposed = permissions.contains(PosixFilePermission.OTHERS_READ) && isReachable(real)
					&& !isGivenToContainer(real);
			return exposed ? octal(permissions) : null;
		}
		catch (IOException | UnsupportedOperationException ex) {
			// Gone since it was read, or there are no modes
			return null;
		}
	}

	private static boolean isReachable(Path real) throws IOException {
		for (Path path = real.getParent(); path != null; path = path.getParent()) {
			if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isGivenToContainer(Path real) throws IOException {
		return real.startsWith(CONTAINER_SECRETS) || isOfKubernetesVolume(real) || isMounted(real);
	}

	private static boolean isOfKubernetesVolume(Path real) throws IOException {
		for (Path path = real.getParent(); path != null; path = path.getParent()) {
			Path data = path.resolve(KUBERNETES_DATA);
			if (Files.isSymbolicLink(data) && real.startsWith(data.toRealPath())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether a file is mounted on its own, as those with {@code subPath} and the
	 * secrets of container engines are.
	 */
	private static boolean isMounted(Path real) {
		try {
			return !Files.getFileStore(real).equals(Files.getFileStore(real.getParent()));
		}
		catch (IOException ex) {
			// There are containers that do not know their mounts
			return false;
		}
	}

	private static String octal(Set<PosixFilePermission> permissions) {
		int mode = permissions.stream().mapToInt((permission) -> 0400 >> permission.ordinal()).sum();
		return "%04o".formatted(mode);
	}

}
