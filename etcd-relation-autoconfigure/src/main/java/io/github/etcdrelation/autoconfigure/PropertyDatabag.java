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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.CredentialFormat;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/**
 * Creates the databag of a unit from properties, PEM locations replaced by their content.
 */
final class PropertyDatabag {

	private static final int MAX_BYTES = SmallFiles.MAX_BYTES;

	private static final String REMEDY = "Give PEM text, or a location that begins with file:, classpath: or base64:";

	private static final Pattern LOCATION = Pattern.compile("(file|classpath|https?):[^\\r\\n]*");

	private final ResourceLoader resourceLoader = ApplicationResourceLoader.get();

	private final ExposedFiles exposedFiles;

	PropertyDatabag(ExposedFiles exposedFiles) {
		this.exposedFiles = exposedFiles;
	}

	/**
	 * Create a databag.
	 * @throws InvalidRelationDataException if there are credentials without a connection
	 * string, which could never be used, or a location that cannot be read
	 */
	Map<String, String> create(EtcdRelationProperties properties) {
		checkConnectionString(properties);
		Map<String, String> databag = new LinkedHashMap<>();
		put(databag, RelationSnapshot.CONNECTION_STRING, properties.getConnectionString());
		put(databag, RelationSnapshot.VERSION, properties.getVersion());
		put(databag, RelationSnapshot.CLIENT_CERT, pem("client-cert", properties.getClientCert()));
		put(databag, RelationSnapshot.CLIENT_KEY, pem("client-key", properties.getClientKey()));
		put(databag, RelationSnapshot.CLIENT_CA, pem("client-ca", properties.getClientCa()));
		if (properties.getInterface() == RelationInterface.ETCD_CLIENT) {
			put(databag, RelationSnapshot.PREFIX, properties.getPrefix());
		}
		return databag;
	}

	private static void checkConnectionString(EtcdRelationProperties properties) {
		properties.credentials().forEach((item, value) -> {
			if (StringUtils.hasText(value) && !StringUtils.hasText(properties.getConnectionString())) {
				throw new InvalidRelationDataException(RelationDefinition.CONNECTION_STRING,
						"is missing, but %s is given".formatted(item),
						"Give the URLs of the members, for example https://10.0.0.1:2379");
			}
		});
	}

	private static void put(Map<String, String> databag, String key, @Nullable String value) {
		if (value != null && StringUtils.hasText(value)) {
			databag.put(key, value);
		}
	}

	/**
	 * Return the PEM text that a property gives, or the content of the location.
	 * @throws InvalidRelationDataException if it is neither, or the location cannot be
	 * read
	 */
	@Nullable String pem(String item, @Nullable String value) {
		if (value == null || !StringUtils.hasText(value)) {
			return value;
		}
		CredentialFormat format = CredentialFormat.of(value);
		if (format == CredentialFormat.PEM) {
			return value;
		}
		String location = value.strip();
		if (!location.matches("(?s)[a-z][a-z0-9]+:.*")) {
			// Not quoted: it may be a key that lost its first line
			throw refused(item, "is neither PEM text nor a location", format);
		}
		// What only looks like a location may be a key behind a word and a colon
		boolean showable = LOCATION.matcher(location).matches();
		String shown = showable ? " '" + location + "'" : "";
		String content;
		try {
			Resource resource = this.resourceLoader.getResource(location);
			if (resource.isFile() && resource.getFile().isDirectory()) {
				// Its content would be the names of its files
				throw new InvalidRelationDataException(item, "names a location%s that is a directory".formatted(shown),
						"Name the file in it");
			}
			if (resource.isFile() && SmallFiles.isSpecial(resource.getFile().toPath())) {
				throw new InvalidRelationDataException(item,
						"names a location%s that is not a regular file".formatted(shown),
						"Name a file: pipes, process substitution, devices and sockets are not read");
			}
			content = read(item, shown, resource);
			if (location.startsWith("file:") && resource.isFile()) {
				this.exposedFiles.report(resource.getFile().toPath(), PrivateFiles.isPrivate(content));
			}
		}
		catch (IOException | UncheckedIOException | IllegalArgumentException ex) {
			throw new InvalidRelationDataException(item,
					"names a location%s that cannot be read%s".formatted(shown,
							showable ? " (" + ex.getClass().getSimpleName() + ")" : ""),
					"Check that it exists and that the application may read it");
		}
		CredentialFormat contentFormat = CredentialFormat.of(content);
		if (contentFormat != CredentialFormat.PEM) {
			throw refused(item, "names a location%s that holds no PEM".formatted(shown), contentFormat);
		}
		return content;
	}

	private static String read(String item, String shown, Resource resource) throws IOException {
		try (InputStream stream = resource.getInputStream()) {
			byte[] content = stream.readNBytes(MAX_BYTES + 1);
			if (content.length > MAX_BYTES) {
				throw new InvalidRelationDataException(item,
						"names a location%s that is larger than %d bytes".formatted(shown, MAX_BYTES),
						"Name a file that holds nothing but certificates and keys");
			}
			return new String(content, StandardCharsets.UTF_8);
		}
	}

	private static InvalidRelationDataException refused(String item, String reason, CredentialFormat format) {
		String description = format.getDescription();
		return (description != null)
				? new InvalidRelationDataException(item, reason + ", but " + description, format.getRemedy())
				: new InvalidRelationDataException(item, reason, REMEDY);
	}

}
