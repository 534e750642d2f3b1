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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
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

	private static final String RELATION_ID = "directory:0";

	private static final String UNIT = "directory/0";

	// Which of the files that only the other side gives have names of etcd_client
	private static final Map<String, Set<String>> ETCD_CLIENT_NAMES = Map.of(RelationSnapshot.CONNECTION_STRING,
			Set.of(EtcdClientDatabag.URIS, EtcdClientDatabag.ENDPOINTS), RelationSnapshot.CLIENT_CA,
			Set.of(EtcdClientDatabag.TLS_CA));

	private static final List<String> CLASSIC_NAMES = List.of(RelationSnapshot.CONNECTION_STRING, "connection-string",
			RelationSnapshot.CLIENT_CA, "client-ca");

	private static final Set<String> REMOTE = Set.of(RelationSnapshot.CONNECTION_STRING, RelationSnapshot.VERSION,
			RelationSnapshot.CLIENT_CA, RelationSnapshot.USERNAME, RelationSnapshot.PASSWORD);

	// Beside a certificate this may be the authority that issued it
	private static final String CA_OF_PAIR = "ca.crt";

	private final Map<String, List<Path>> files = new LinkedHashMap<>();

	private final Interpretation interpretation;

	private final boolean etcdClient;

	private final boolean foreign;

	private final boolean ambiguous;

	private Map<String, String> values = new LinkedHashMap<>();

	/**
	 * Find the files.
	 * @param file returns the file of a name, if it exists
	 * @param interpretation what is known of them besides
	 */
	KeyFiles(Function<String, Optional<Path>> file, Interpretation interpretation) {
		this.interpretation = interpretation;
		NAMES.forEach((key, names) -> names.stream()
			.flatMap((name) -> file.apply(name).stream())
			.findFirst()
			.ifPresent((found) -> this.files.put(key, List.of(found))));
		addHost(file);
		addCertificates(file);
		this.etcdClient = interpretation.relationInterface() == RelationInterface.ETCD_CLIENT
				|| (interpretation.mayBe(RelationInterface.ETCD_CLIENT) && isEtcdClient());
		if (this.etcdClient) {
			// As in a databag, where they are the more precise ones
			file.apply(EtcdClientDatabag.URIS)
				.ifPresent((uris) -> this.files.put(RelationSnapshot.CONNECTION_STRING, List.of(uris)));
		}
		boolean classicNames = CLASSIC_NAMES.stream().anyMatch((name) -> file.apply(name).isPresent());
		this.foreign = classicNames && this.etcdClient && !this.files.containsKey(RelationSnapshot.USERNAME);
		this.ambiguous = classicNames && interpretation.relationInterface() == null
				&& (isUserWithoutPassword() || ETCD_CLIENT_NAMES.values()
					.stream()
					.flatMap(Set::stream)
					.anyMatch((name) -> file.apply(name).isPresent()));
	}

	/**
	 * Return whether the files are those of a relation of the interface
	 * {@code etcd_client}: a user who has a certificate in place of a password, and no
	 * names of the other interface. A certificate that is given elsewhere may be for
	 * either, and does not decide without the authority of the provider.
	 */
	private boolean isEtcdClient() {
		boolean certificate = this.files.containsKey(RelationSnapshot.CLIENT_CERT)
				|| this.files.containsKey(RelationSnapshot.CLIENT_KEY)
				|| this.interpretation.ownData() == OwnDataKind.CERTIFICATE
				|| (this.interpretation.ownData() == OwnDataKind.UNDECIDED
						&& this.files.containsKey(RelationSnapshot.CLIENT_CA));
		return certificate && isUserWithoutPassword()
				&& ETCD_CLIENT_NAMES.keySet().stream().anyMatch(this.files::containsKey)
				&& ETCD_CLIENT_NAMES.entrySet().stream().allMatch((names) -> isNamed(names.getKey(), names.getValue()));
	}

	private boolean isNamed(String key, Set<String> names) {
		List<Path> paths = this.files.get(key);
		return paths == null || names.contains(name(paths));
	}

	private boolean isUserWithoutPassword() {
		return this.files.containsKey(RelationSnapshot.USERNAME) && !this.files.containsKey(RelationSnapshot.PASSWORD);
	}

	private static String name(List<Path> paths) {
		return paths.get(0).getFileName().toString();
	}

	private static Map<String, List<String>> names() {
		Map<String, List<String>> names = new LinkedHashMap<>();
		names.put(RelationSnapshot.CONNECTION_STRING,
				List.of(RelationSnapshot.CONNECTION_STRING, "connection-string", "endpoints", "uris", "uri"));
		names.put(RelationSnapshot.VERSION, List.of(RelationSnapshot.VERSION));
		names.put(RelationSnapshot.CLIENT_CERT, List.of(RelationSnapshot.CLIENT_CERT, "client-cert", "tls.crt"));
		names.put(RelationSnapshot.CLIENT_KEY,
				List.of(RelationSnapshot.CLIENT_KEY, "client-key", "tls.key", PRIVATE_KEY));
		names.put(RelationSnapshot.CLIENT_CA, List.of(RelationSnapshot.CLIENT_CA, "client-ca", "tls-ca", CA_OF_PAIR));
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
	 * Return whether a file has a private key or a password by its name.
	 */
	static boolean isSecret(String name) {
		return Stream.of(RelationSnapshot.CLIENT_KEY, RelationSnapshot.PASSWORD)
			.anyMatch((key) -> NAMES.getOrDefault(key, List.of()).contains(name));
	}

	boolean isEmpty() {
		return this.files.isEmpty();
	}

	/**
	 * Return whether there is nothing that only the other side gives.
	 */
	boolean isOwn() {
		return this.files.entrySet()
			.stream()
			.allMatch((file) -> !REMOTE.contains(file.getKey()) || name(file.getValue()).equals(CA_OF_PAIR));
	}

	/**
	 * Return whether there are names of both interfaces, as while the files of one are
	 * replaced by those of the other.
	 */
	boolean isAmbiguous() {
		return this.ambiguous;
	}

	Stream<Path> paths() {
		return this.files.values().stream().flatMap(List::stream);
	}

	/**
	 * Read the files, each as a key of the only unit or application, of both if they look
	 * like those of a unit, but must be those of an application.
	 * @param text reads a file
	 */
	RelationView read(Function<Path, String> text) {
		Map<String, String> databag = readValues(text);
		if (!this.etcdClient) {
			return RelationView.of(RELATION_ID, UNIT, databag);
		}
		RelationView view = EtcdClientFiles.view(RELATION_ID, databag);
		return this.foreign ? RelationView.of(RELATION_ID, UNIT, databag)
			.withApplications(view.getApplications())
			.withOwnData(view.getOwnData()) : view;
	}

	/**
	 * Read the files as what the own side brings to a spool.
	 * @param text reads a file
	 */
	Map<String, String> readOwnData(Function<Path, String> text) {
		return EtcdClientFiles.ownData(readValues(text));
	}

	private Map<String, String> readValues(Function<Path, String> text) {
		Map<String, String> databag = new LinkedHashMap<>();
		this.files.forEach((key, paths) -> {
			List<String> values = paths.stream().map(text).map((value) -> value(key, value)).toList();
			databag.put(key,
					(values.size() > 1) ? HostList.withPort(values.get(0), values.get(1).strip()) : values.get(0));
		});
		this.values = databag;
		return databag;
	}

	/**
	 * Describe what the files do not say. A file is known to be empty once it was read.
	 * @param directory the directory of the files
	 * @return the end of a sentence about the relation, {@code null} if nothing is due
	 */
	@Nullable String describeMissing(Path directory) {
		if (this.etcdClient) {
			List<String> missing = missing();
			return missing.isEmpty() ? null : "directory %s has %s".formatted(directory, String.join(", ", missing));
		}
		List<Path> paths = this.files.get(RelationSnapshot.CONNECTION_STRING);
		if (paths == null) {
			return "directory %s has no file with a connection string (%s or %s)".formatted(directory,
					String.join(", ", NAMES.get(RelationSnapshot.CONNECTION_STRING)), HOST);
		}
		String value = this.values.get(RelationSnapshot.CONNECTION_STRING);
		return (value != null && value.isBlank()) ? "file %s is empty".formatted(directory.resolve(name(paths))) : null;
	}

	private List<String> missing() {
		RelationView view = EtcdClientFiles.view(RELATION_ID, this.values);
		RemoteApplication application = Objects.requireNonNull(view.getApplications().get(RELATION_ID));
		List<String> parts = new ArrayList<>();
		Objects.requireNonNullElse(ProviderParts.missing(application), List.<String>of())
			.forEach((part) -> parts.add(missing(key(part), part)));
		if (!this.interpretation.hasOwnData()) {
			ProviderParts.missingOwn(view.getOwnData()).forEach((part) -> parts.add(missing(part, part)));
		}
		return parts;
	}

	private static String key(String part) {
		return part.equals(ProviderParts.ENDPOINTS) ? RelationSnapshot.CONNECTION_STRING
				: (part.equals(EtcdClientDatabag.TLS_CA) ? RelationSnapshot.CLIENT_CA : part);
	}

	private String missing(String key, String part) {
		List<Path> paths = this.files.get(key);
		return (paths != null) ? "an empty file " + name(paths) : "no file " + part;
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
