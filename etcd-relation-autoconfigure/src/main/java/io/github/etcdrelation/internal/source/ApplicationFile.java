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
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.jspecify.annotations.Nullable;

/**
 * The file of a remote application in a spool: its databag, in which secrets are resolved
 * in place or referred to, and what the own side brings.
 */
final class ApplicationFile {

	private static final String OWN = "own";

	private static final Set<String> OWN_KEYS = Set.of(RelationSnapshot.CLIENT_CERT, RelationSnapshot.CLIENT_KEY,
			RelationSnapshot.PREFIX);

	private static final List<String> SECRETS = List.of(EtcdClientDatabag.SECRET_USER, EtcdClientDatabag.SECRET_TLS);

	// What else the last part might contain is no name of a file
	private static final Pattern URI = Pattern.compile(EtcdClientDatabag.SECRET_SCHEME + "(?:.*/)?([0-9A-Za-z_-]+)");

	private final Path file;

	private final Path secretsDirectory;

	private final Function<Path, String> texts;

	private final Map<String, String> databag = new LinkedHashMap<>();

	private final Map<String, Map<String, String>> secrets = new LinkedHashMap<>();

	private final Map<String, String> own = new LinkedHashMap<>();

	private final Map<Path, String> missingSecrets = new LinkedHashMap<>();

	private boolean referring;

	private ApplicationFile(Path file, Path secretsDirectory, Function<Path, String> texts) {
		this.file = file;
		this.secretsDirectory = secretsDirectory;
		this.texts = texts;
	}

	/**
	 * Read the file and the secrets that it refers to.
	 * @param file the file
	 * @param secretsDirectory the directory of the secrets
	 * @param texts reads a file
	 */
	static ApplicationFile read(Path file, Path secretsDirectory, Function<Path, String> texts) {
		ApplicationFile read = new ApplicationFile(file, secretsDirectory, texts);
		Map<String, Object> content = DatabagJson.readObject(texts.apply(file))
			.orElseThrow(() -> invalid("has a file %s that is not a JSON object".formatted(file),
					"Write the databag of the application there, as relation-get --format=json shows it"));
		content.forEach(read::add);
		String requests = read.databag.getOrDefault(EtcdClientDatabag.REQUESTS, "");
		DatabagJson.readObjects(requests).orElse(Collections.emptyList()).forEach(read::resolve);
		read.resolve(read.databag);
		return read;
	}

	private void add(String key, Object value) {
		if (key.equals(OWN)) {
			Map<String, String> given = strings(value, key,
					"Write client_cert, client_key and prefix there as strings");
			this.own.putAll(given);
			this.own.keySet().retainAll(OWN_KEYS);
			this.own.values().removeIf(String::isBlank);
		}
		else if (SECRETS.contains(key)) {
			this.databag.put(key, secret(key, value, EtcdClientDatabag.SECRET_SCHEME + key));
		}
		else if (isText(value)) {
			this.databag.put(key, value.toString());
		}
		else if (key.equals(EtcdClientDatabag.STATUS)) {
			// Not structured as it should be, it says as little as in a databag
			this.databag.put(key, DatabagJson.writeValue(value));
		}
		else if (key.equals(EtcdClientDatabag.REQUESTS)) {
			this.databag.put(key, list(key, value));
		}
		// No other key has a structure that means anything
	}

	/**
	 * Return the URI of a secret, which is made up if its content stands in its place.
	 */
	private String secret(String key, Object value, String uri) {
		if (value instanceof String text) {
			return text;
		}
		this.secrets.put(uri, strings(value, key,
				"Write the content of the secret there, or its URI and the content to secrets/<id>.json"));
		return uri;
	}

	private String list(String key, Object value) {
		List<Map<String, String>> objects = new ArrayList<>();
		for (Object item : (value instanceof List<?> items) ? items : List.of(value)) {
			if (!(value instanceof List<?>) || !(item instanceof Map<?, ?> object)) {
				throw invalid("has a file %s whose key %s is not a JSON array of objects".formatted(this.file, key),
						"Write it as relation-get --format=json shows it, or as such an array");
			}
			objects.add(object(object, EtcdClientDatabag.SECRET_SCHEME + objects.size() + "-"));
		}
		return DatabagJson.writeValue(objects);
	}

	private Map<String, String> object(Map<?, ?> content, String uriPrefix) {
		Map<String, String> object = new LinkedHashMap<>();
		content.forEach((name, value) -> {
			String key = String.valueOf(name);
			if (SECRETS.contains(key)) {
				object.put(key, secret(key, value, uriPrefix + key));
			}
			else if (isText(value)) {
				object.put(key, value.toString());
			}
		});
		return object;
	}

	private Map<String, String> strings(Object value, String key, String remedy) {
		Map<String, String> strings = new LinkedHashMap<>();
		boolean valid = value instanceof Map<?, ?>;
		if (value instanceof Map<?, ?> object) {
			object.forEach((name, item) -> strings.put(String.valueOf(name), String.valueOf(item)));
			valid = object.values().stream().allMatch(ApplicationFile::isText);
		}
		if (!valid) {
			throw invalid("has a file %s whose key %s is not a JSON object of strings".formatted(this.file, key),
					remedy);
		}
		return strings;
	}

	/**
	 * Return whether a value has no structure. Numbers and booleans are what was meant to
	 * be text.
	 */
	private static boolean isText(Object value) {
		return !(value instanceof Map || value instanceof Collection);
	}

	private void resolve(Map<String, String> values) {
		for (String key : SECRETS) {
			String uri = values.getOrDefault(key, "");
			Matcher matcher = URI.matcher(uri);
			if (!this.secrets.containsKey(uri) && matcher.matches()) {
				this.referring = true;
				Path secret = this.secretsDirectory.resolve(matcher.group(1) + SpoolFiles.JSON);
				if (SmallFiles.isFile(secret)) {
					this.secrets.put(uri, readSecret(secret));
				}
				else {
					this.missingSecrets.put(secret, key);
				}
			}
		}
	}

	private Map<String, String> readSecret(Path secret) {
		Map<String, String> content = new LinkedHashMap<>();
		DatabagJson.readObject(this.texts.apply(secret))
			.filter((tree) -> tree.values().stream().allMatch(ApplicationFile::isText))
			.orElseThrow(() -> invalid("has a file %s that is not a JSON object of strings".formatted(secret),
					"Write the content of the secret there, as secret-get --format=json shows it"))
			.forEach((field, value) -> content.put(field, String.valueOf(value)));
		return content;
	}

	private static InvalidRelationDataException invalid(String reason, String remedy) {
		return new InvalidRelationDataException("directory", reason, remedy);
	}

	/**
	 * Return whether it is the databag of a unit: no application has a connection string,
	 * and no unit an empty databag, for Juju writes its addresses there.
	 * @param silent whether it is one too if nothing marks it as that of an application
	 */
	boolean isUnit(boolean silent) {
		return this.databag.containsKey(RelationSnapshot.CONNECTION_STRING) || (silent && !this.databag.isEmpty()
				&& this.own.isEmpty() && !new EtcdClientDatabag(getApplication()).isRecognized());
	}

	/**
	 * Return how much of an answer to the own side it has, less being more.
	 */
	int getRank() {
		EtcdClientDatabag answer = new EtcdClientDatabag(getApplication());
		if (answer.getResponses(null).stream().anyMatch(EtcdClientDatabag.Response::isComplete)) {
			return 0;
		}
		return answer.isRecognized() ? 1 : 2;
	}

	Path getFile() {
		return this.file;
	}

	Map<String, String> getDatabag() {
		return this.databag;
	}

	RemoteApplication getApplication() {
		return new RemoteApplication(this.databag, this.secrets);
	}

	/**
	 * Return what the own side brings with this file, empty if that is given elsewhere.
	 */
	Map<String, String> getOwnData() {
		return this.own;
	}

	/**
	 * Return whether it refers to other files, which are not exchanged with this one.
	 */
	boolean isReferring() {
		return this.referring;
	}

	/**
	 * Describe what the application has not given yet.
	 * @return the end of a sentence about the relation, {@code null} if nothing is due
	 */
	@Nullable String describeMissing() {
		List<String> parts = ProviderParts.missing(getApplication());
		if (parts == null || parts.isEmpty()) {
			return null;
		}
		if (!this.missingSecrets.isEmpty()) {
			List<String> files = new ArrayList<>();
			this.missingSecrets.forEach(
					(secret, key) -> files.add("file %s does not exist (%s of %s)".formatted(secret, key, this.file)));
			return String.join(", ", files);
		}
		return "file %s%s no %s".formatted(this.file, this.referring ? " and its secrets have" : " has",
				String.join(", no ", parts));
	}

}
