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

package io.github.etcdrelation.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;
import org.springframework.util.StringUtils;

/**
 * Finds the directory of a service binding to etcd, as the Service Binding specification
 * for Kubernetes projects it.
 */
final class ServiceBindings {

	private static final int MAX_TYPE = 1024;

	private static final Log logger = LogFactory.getLog(ServiceBindings.class);

	private static final String ROOT = "SERVICE_BINDING_ROOT";

	private static final String TYPE = "etcd";

	private ServiceBindings() {
	}

	/**
	 * Return the directory of the binding.
	 * @return the directory, {@code null} if there is no binding to etcd
	 * @throws InvalidRelationDataException if there are several
	 */
	static @Nullable Path find(Environment environment) {
		String root = environment.getProperty(ROOT);
		if (!StringUtils.hasText(root) || !Files.isDirectory(path(root))) {
			return null;
		}
		List<Path> bindings = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(root), "[!.]*")) {
			for (Path entry : entries) {
				if (isEtcd(entry.resolve("type"))) {
					bindings.add(entry);
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			Throwable cause = (ex instanceof DirectoryIteratorException) ? ex.getCause() : ex;
			throw new InvalidRelationDataException("directory",
					"cannot be found: %s (%s) is not readable: %s".formatted(root, ROOT, cause),
					"Set it to the directory of the service binding");
		}
		if (bindings.size() > 1) {
			throw new InvalidRelationDataException("directory",
					"is not set and there are several service bindings of type etcd: " + bindings,
					"Set it to the directory of one of them, and those of further relations below etcd.relations");
		}
		return bindings.isEmpty() ? null : bindings.get(0);
	}

	private static Path path(String root) {
		try {
			return Path.of(root);
		}
		catch (InvalidPathException ex) {
			throw new InvalidRelationDataException("directory",
					"cannot be found: the value of %s is not a path".formatted(ROOT),
					"Correct it, or set it to the directory of the service binding");
		}
	}

	private static boolean isEtcd(Path type) {
		try {
			byte[] content = Files.isRegularFile(type) ? SmallFiles.read(type, MAX_TYPE) : null;
			return content != null && TYPE.equalsIgnoreCase(new String(content, StandardCharsets.UTF_8).strip());
		}
		catch (IOException ex) {
			// Most likely another binding's matter
			logger.debug(LogMessage.format("The service binding of %s is ignored, as this file cannot be read",
					Printable.of(type)), ex);
			return false;
		}
	}

}
