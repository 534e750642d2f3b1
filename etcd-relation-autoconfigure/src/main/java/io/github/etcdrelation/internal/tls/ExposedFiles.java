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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns of files with a private key or a password that every user of the machine can
 * read, and of any that every user can change, each once for each mode, whoever reads it.
 * Files that a container is given have such a mode by default, and nobody else is there:
 * they do not count. It is thread-safe.
 */
public final class ExposedFiles {

	private static final Log logger = LogFactory.getLog(ExposedFiles.class);

	private static final Path CONTAINER_SECRETS = Path.of("/run/secrets");

	private static final Path KUBERNETES_DATA = Path.of("..data");

	/**
	 * How many paths are remembered. Where links lead to new files each time, the oldest
	 * are forgotten.
	 */
	private static final int MAX_PATHS = 20_000;

	private final Map<Path, String> reported = new LinkedHashMap<>(16, 0.75F, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Path, String> eldest) {
			return size() > MAX_PATHS;
		}

	};

	/**
	 * Look at a file that is in use.
	 * @param file the file, which may be a link
	 * @param secret whether there is a private key or a password in it
	 */
	public synchronized void report(Path file, boolean secret) {
		Path path = file.toAbsolutePath().normalize();
		try {
			Path real = path.toRealPath();
			Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
			boolean writable = permissions.contains(PosixFilePermission.OTHERS_WRITE);
			boolean readable = secret && permissions.contains(PosixFilePermission.OTHERS_READ);
			if (!(readable || writable) || !isReachable(real) || isGivenToContainer(real)) {
				this.reported.remove(path);
				this.reported.remove(real);
				return;
			}
			String mode = octal(permissions);
			// Another reader may know it by another name, and a link may have a new
			// target
			String danger = readable ? mode + " with a secret" : mode;
			boolean known = danger.equals(this.reported.get(path)) || danger.equals(this.reported.get(real));
			this.reported.put(path, danger);
			this.reported.put(real, danger);
			if (!known) {
				logger.warn(readable ? describeReadable(path, mode, writable) : describeWritable(path, mode));
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			// Gone since it was read, or there are no modes
		}
	}

	private static String describeReadable(Path file, String mode, boolean writable) {
		return ("File %s holds a private key or a password and has the mode %s, so that every user of this machine can %s "
				+ "it. It is used all the same; let only the user of the application read it")
			.formatted(Printable.of(file), mode, writable ? "read and change" : "read");
	}

	private static String describeWritable(Path file, String mode) {
		return ("File %s has the mode %s, so that every user of this machine can change it. It is used all the same; let "
				+ "only the user who provides it write it")
			.formatted(Printable.of(file), mode);
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
