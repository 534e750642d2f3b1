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

package io.github.etcdrelation.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

import io.etcd.jetcd.ByteSequence;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Copies of snapshots in a directory, one file each.
 */
final class ConfigCache {

	private static final int MAX_BYTES = 256 * 1024 * 1024;

	private static final String REVISION = "revision";

	private static final String KEY = "key.";

	private final @Nullable Path directory;

	private final String namespace;

	private final Log logger;

	/**
	 * Create a cache.
	 * @param directory the directory, {@code null} to keep no copies
	 * @param namespace tells locations with the same name apart
	 * @param logger where failures are logged
	 */
	ConfigCache(@Nullable Path directory, String namespace, Log logger) {
		this.directory = directory;
		this.namespace = namespace;
		this.logger = logger;
	}

	void write(EtcdConfigLocation location, ConfigSnapshot snapshot) {
		Path file = file(location);
		if (this.directory == null || file == null) {
			return;
		}
		Properties copy = new Properties();
		copy.setProperty(REVISION, String.valueOf(snapshot.revision()));
		Base64.Encoder base64 = Base64.getEncoder();
		snapshot.entries()
			.forEach((key, entry) -> copy.setProperty(KEY + key,
					entry.revision() + " " + base64.encodeToString(entry.value().getBytes())));
		StringWriter text = new StringWriter();
		try {
			copy.store(text, location.toString());
			PrivateFiles.createDirectories(this.directory, false);
			PrivateFiles.replace(file, text.toString(), true);
		}
		catch (IOException ex) {
			this.logger.warn(LogMessage.format(
					"No copy of configuration '%s' can be kept, check property etcd.config.cache.directory: %s",
					location, ex));
		}
	}

	/**
	 * Read a copy.
	 * @return the copy, {@code null} if there is none or it cannot be trusted
	 */
	@Nullable ConfigSnapshot read(EtcdConfigLocation location) {
		Path file = file(location);
		if (file == null || !Files.isRegularFile(file)) {
			return null;
		}
		try {
			if (!PrivateFiles.isOnlyForOwner(file)) {
				this.logger.warn(LogMessage.format(
						"The copy of configuration '%s' is not used, as others than its owner have access to it: %s",
						location, file));
				return null;
			}
			byte[] content = SmallFiles.read(file, MAX_BYTES);
			return (content != null) ? parse(new String(content, StandardCharsets.UTF_8)) : null;
		}
		catch (IOException | IllegalArgumentException ex) {
			this.logger.warn(LogMessage.format("The copy of configuration '%s' cannot be read: %s", location, file));
			return null;
		}
	}

	private static ConfigSnapshot parse(String text) throws IOException {
		Properties copy = new Properties();
		copy.load(new StringReader(text));
		SortedMap<String, ConfigSnapshot.Entry> entries = new TreeMap<>();
		for (String name : copy.stringPropertyNames()) {
			if (name.startsWith(KEY)) {
				String[] parts = copy.getProperty(name).split(" ", 2);
				entries.put(name.substring(KEY.length()),
						new ConfigSnapshot.Entry(ByteSequence.from(Base64.getDecoder().decode(parts[parts.length - 1])),
								Long.parseLong(parts[0])));
			}
		}
		return new ConfigSnapshot(0, Long.parseLong(copy.getProperty(REVISION, "")), entries);
	}

	private @Nullable Path file(EtcdConfigLocation location) {
		if (this.directory == null) {
			return null;
		}
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256")
				.digest((this.namespace + "\n" + location).getBytes(StandardCharsets.UTF_8));
			return this.directory.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".properties");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JDK has SHA-256", ex);
		}
	}

}
