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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The files of a directory that hold one value each, by the names that are in use for
 * them. The first name that exists wins.
 */
final class KeyFiles {

	private static final String HOST = "host";

	private static final String PORT = "port";

	private static final String CERTIFICATES = "certificates";

	private static final String PRIVATE_KEY = "private-key";

	private static final Map<String, List<String>> NAMES = names();

	private static final char BYTE_ORDER_MARK = '\uFEFF';

	private final Map<String, List<Path>> files = new LinkedHashMap<>();

	/**
	 * Find the files.
	 * @param file returns the file of a name, if it exists
	 */
	KeyFiles(Function<String, Optional<Path>> file) {
		NAMES.forEach((key, names) -> names.stream()
			.flatMap((name) -> file.apply(name).stream())
			.findFirst()
			.ifPresent((found) -> this.files.put(key, List.of(found))));
		addHost(file);
		addCertificates(file);
	}

	private static Map<String, List<String>> names() {
		Map<String, List<String>> names = new LinkedHashMap<>();
		names.put(RelationSnapshot.CONNECTION_STRING,
				List.of(RelationSnapshot.CONNECTION_STRING, "connection-string", "endpoints", "uris", "uri"));
		names.put(RelationSnapshot.VERSION, List.of(RelationSnapshot.VERSION));
		names.put(RelationSnapshot.CLIENT_CERT, List.of(RelationSnapshot.CLIENT_CERT, "client-cert", "tls.crt"));
		names.put(RelationSnapshot.CLIENT_KEY,
				List.of(RelationSnapshot.CLIENT_KEY, "client-key", "tls.key", PRIVATE_KEY));
		names.put(RelationSnapshot.CLIENT_CA, List.of(RelationSnapshot.CLIENT_CA, "client-ca", "tls-ca", "ca.crt"));
		names.put(RelationSnapshot.USERNAME, List.of(RelationSnapshot.USERNAME));
		names.put(RelationSnapshot.PASSWORD, List.of(RelationSnapshot.PASSWORD));
		names.put(RelationSnapshot.PREFIX, List.of(RelationSnapshot.PREFIX));
		return names;
	}

	private void addHost(Function<String, Optional<Path>> file) {
		if (!this.files.containsKey(RelationSnapshot.CONNECTION_STRING)) {
			file.apply(HOST).ifPresent((host) -> {
				List<Path> files = new ArrayList<>(List.of(host));
				file.apply(PORT).ifPresent(files::add);
				this.files.put(RelationSnapshot.CONNECTION_STRING, files);
			});
		}
	}

	/**
	 * The specification of service bindings leaves open whose certificates these are:
	 * with a private key beside them they are the client's, otherwise the authority's.
	 */
	private void addCertificates(Function<String, Optional<Path>> file) {
		String key = file.apply(PRIVATE_KEY).isPresent() ? RelationSnapshot.CLIENT_CERT : RelationSnapshot.CLIENT_CA;
		if (!this.files.containsKey(key)) {
			file.apply(CERTIFICATES).ifPresent((certificates) -> this.files.put(key, List.of(certificates)));
		}
	}

	/**
	 * Return the names under which a connection string is looked for, for a message.
	 */
	static String connectionStringNames() {
		return String.join(", ", NAMES.get(RelationSnapshot.CONNECTION_STRING)) + " or " + HOST;
	}

	boolean isEmpty() {
		return this.files.isEmpty();
	}

	boolean hasConnectionString() {
		return this.files.containsKey(RelationSnapshot.CONNECTION_STRING);
	}

	/**
	 * Return the name of the file with the connection string.
	 * @param databag what was read
	 * @return the name, {@code null} if there is no such file or something in it
	 */
	@Nullable String blankConnectionString(Map<String, String> databag) {
		String value = databag.get(RelationSnapshot.CONNECTION_STRING);
		List<Path> paths = this.files.get(RelationSnapshot.CONNECTION_STRING);
		return (paths != null && value != null && value.isBlank()) ? paths.get(0).getFileName().toString() : null;
	}

	Stream<Path> paths() {
		return this.files.values().stream().flatMap(List::stream);
	}

	/**
	 * Read the files.
	 * @param text reads a file
	 * @return the values by key
	 */
	Map<String, String> read(Function<Path, String> text) {
		Map<String, String> databag = new LinkedHashMap<>();
		this.files.forEach((key, paths) -> {
			List<String> values = paths.stream().map(text).map((value) -> value(key, value)).toList();
			databag.put(key,
					(values.size() > 1) ? HostList.withPort(values.get(0), values.get(1).strip()) : values.get(0));
		});
		return databag;
	}

	private static String value(String key, String text) {
		if (key.equals(RelationSnapshot.CLIENT_CERT) || key.equals(RelationSnapshot.CLIENT_KEY)
				|| key.equals(RelationSnapshot.CLIENT_CA)) {
			return text;
		}
		String value = (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) ? text.substring(1) : text;
		// Editors and echo append a line end that is not part of the value
		return value.replaceFirst("\\R\\z", "");
	}

}
