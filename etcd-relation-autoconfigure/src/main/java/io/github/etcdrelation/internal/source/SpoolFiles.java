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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.SmallFiles;
import org.jspecify.annotations.Nullable;

/**
 * The spool of a charm: directories named like a relation id, each with a JSON file for
 * each unit, which is the unit's databag, one for the remote application, and a directory
 * for the secrets that this refers to.
 */
final class SpoolFiles {

	static final String JSON = ".json";

	private static final String SECRETS = "secrets";

	// Hooks create the second, which stays empty, while there is no relation
	private static final Pattern RELATION_ID = Pattern.compile(".+:\\d+|spool");

	private static final Pattern APPLICATION = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*");

	private static final Pattern NUMBER = Pattern.compile("\\d+");

	// No keys of the interface that the spool mirrors
	private static final List<String> FOREIGN = List.of(RelationSnapshot.USERNAME, RelationSnapshot.PASSWORD,
			RelationSnapshot.PREFIX);

	private final Map<String, Map<String, Path>> units = new TreeMap<>();

	private final Map<String, List<Path>> applications = new TreeMap<>();

	private final List<Path> secrets = new ArrayList<>();

	private final List<Path> directories = new ArrayList<>();

	private final Map<String, ApplicationFile> read = new TreeMap<>();

	private RelationView view = RelationView.empty();

	private boolean unresolved;

	private int listed;

	/**
	 * Return whether a directory is one of a relation by its name.
	 */
	static boolean isRelation(Path directory) {
		return RELATION_ID.matcher(directory.getFileName().toString()).matches() && Files.isDirectory(directory);
	}

	/**
	 * Return whether a file has a secret by its place.
	 */
	static boolean isSecret(Path file) {
		Path directory = file.getParent();
		return directory != null && directory.endsWith(SECRETS) && file.toString().endsWith(JSON);
	}

	/**
	 * Add the directory of a relation, which may have no unit.
	 */
	void add(Path relation) throws IOException {
		String id = relation.getFileName().toString();
		Map<String, Path> files = this.units.computeIfAbsent(id, (added) -> new TreeMap<>());
		this.directories.add(relation);
		for (Path entry : entries(relation)) {
			String name = entry.getFileName().toString();
			if (Files.isDirectory(entry)) {
				// The name of a unit has a slash in it
				addFiles(entry, name + "/", files);
			}
			else if (isFile(entry)) {
				addFile(id, entry, baseName(name), files);
			}
		}
	}

	private void addFile(String id, Path file, String name, Map<String, Path> files) {
		if (!APPLICATION.matcher(name).matches()) {
			files.put(name, file);
			return;
		}
		this.applications.computeIfAbsent(id, (added) -> new ArrayList<>()).add(file);
	}

	private void addFiles(Path directory, String prefix, Map<String, Path> files) throws IOException {
		this.directories.add(directory);
		boolean secrets = directory.endsWith(SECRETS);
		for (Path entry : entries(directory)) {
			if (isFile(entry)) {
				String name = baseName(entry.getFileName().toString());
				if (secrets && !NUMBER.matcher(name).matches()) {
					this.secrets.add(entry);
				}
				else {
					files.put(prefix + name, entry);
				}
			}
		}
	}

	private List<Path> entries(Path directory) throws IOException {
		List<Path> entries = DirectoryContent.entries(directory);
		this.listed += entries.size();
		DirectoryLimits.requireFew(this.listed);
		return entries;
	}

	private boolean isFile(Path entry) {
		if (entry.getFileName().toString().endsWith(JSON) && SmallFiles.isFile(entry)) {
			return true;
		}
		this.unresolved |= !Files.exists(entry);
		return false;
	}

	private static String baseName(String name) {
		return name.substring(0, name.length() - JSON.length());
	}

	/**
	 * Return whether there is no relation.
	 */
	boolean isEmpty() {
		return this.units.isEmpty();
	}

	/**
	 * Return whether, by what was read, each file that counts is complete in itself.
	 */
	boolean isAtomic() {
		return this.read.values().stream().noneMatch(ApplicationFile::isReferring);
	}

	boolean hasUnresolved() {
		return this.unresolved;
	}

	/**
	 * Return all directories, also those without units, which may be about to get one.
	 */
	List<Path> directories() {
		return this.directories;
	}

	Stream<Path> files() {
		Stream<Collection<Path>> databags = Stream.concat(this.units.values().stream().map(Map::values),
				this.applications.values().stream());
		return Stream.concat(databags, Stream.of(this.secrets)).flatMap(Collection::stream);
	}

	/**
	 * Read the databags.
	 * @param ownData what the own side brings unless a file of an application has it
	 * @param interpretation what is known of the spool besides
	 * @param text reads a file
	 */
	RelationView read(Map<String, String> ownData, Interpretation interpretation, Function<Path, String> text) {
		// A unit is called like an application if its name has no number
		boolean silentUnits = ownData.isEmpty() && !interpretation.hasOwnData()
				&& interpretation.mayBe(RelationInterface.ETCD);
		Map<String, Map<String, Map<String, String>>> relations = new TreeMap<>();
		this.units.forEach((id, files) -> {
			Map<String, Map<String, String>> databags = new TreeMap<>();
			files.forEach((unit, file) -> databags.put(unit, databag(file, text)));
			relations.put(id, databags);
		});
		Map<String, RemoteApplication> remote = new TreeMap<>();
		this.read.clear();
		for (Map.Entry<String, List<Path>> entry : this.applications.entrySet()) {
			String id = entry.getKey();
			for (Path file : entry.getValue()) {
				ApplicationFile application = ApplicationFile.read(file, file.resolveSibling(SECRETS), text);
				if (application.isUnit(silentUnits)) {
					relations.computeIfAbsent(id, (added) -> new TreeMap<>())
						.put(baseName(file.getFileName().toString()), withoutForeign(application.getDatabag()));
				}
				else {
					addRead(id, application);
					remote.put(id, application.getApplication());
				}
			}
		}
		this.view = RelationView.of(relations)
			.withApplications(remote)
			.withOwnData(OwnDataSource.merge(ownData, ownData()));
		return this.view;
	}

	/**
	 * Return what the own side brings to the relation whose answer is there. What it
	 * brings to another one does not fit that.
	 */
	private Map<String, String> ownData() {
		return this.read.values()
			.stream()
			.filter((application) -> !application.getOwnData().isEmpty())
			.min(Comparator.comparingInt(ApplicationFile::getRank))
			.map(ApplicationFile::getOwnData)
			.orElse(Collections.emptyMap());
	}

	private void addRead(String id, ApplicationFile application) {
		ApplicationFile other = this.read.put(id, application);
		if (other != null) {
			throw new InvalidRelationDataException("directory",
					"has files of two applications for one relation, %s and %s".formatted(other.getFile(),
							application.getFile()),
					"Keep that of the remote application");
		}
	}

	private static Map<String, String> databag(Path file, Function<Path, String> text) {
		return withoutForeign(DatabagJson.readDatabag(text.apply(file))
			.orElseThrow(() -> new InvalidRelationDataException("directory",
					"has a file %s that is not a JSON object of strings".formatted(file),
					"Write the databag of the unit there, as relation-get --format=json shows it")));
	}

	private static Map<String, String> withoutForeign(Map<String, String> databag) {
		Map<String, String> rest = new LinkedHashMap<>(databag);
		rest.keySet().removeAll(FOREIGN);
		return rest;
	}

	/**
	 * Describe what is missing by what was read.
	 * @param directory the directory of the spool
	 * @param interpretation what is known of it besides
	 * @return the end of a sentence about the relation, {@code null} if nothing is due
	 */
	@Nullable String describeMissing(Path directory, Interpretation interpretation) {
		if (this.read.isEmpty() || !interpretation.mayBe(RelationInterface.ETCD_CLIENT)) {
			if (interpretation.relationInterface() == RelationInterface.ETCD_CLIENT) {
				return "directory %s has no file of the remote application (<relation id>/<application>.json)"
					.formatted(directory);
			}
			return this.view.getRelations().values().stream().allMatch(Map::isEmpty)
					? "directory " + directory + " has no unit of the relation" : null;
		}
		RelationSnapshot snapshot = RelationSnapshot.derive(this.view, interpretation.relationInterface());
		if (snapshot.relationInterface() == RelationInterface.ETCD || !snapshot.refusals().isEmpty()) {
			return null;
		}
		ApplicationFile first = this.read.values().iterator().next();
		List<String> missing = new ArrayList<>();
		if (this.read.values().stream().map(ApplicationFile::describeMissing).allMatch(Objects::nonNull)) {
			missing.add(first.describeMissing());
		}
		List<String> ownParts = ProviderParts.missingOwn(this.view.getOwnData());
		if (!interpretation.hasOwnData() && !ownParts.isEmpty()) {
			missing.add("neither key own of file %s nor directory %s has %s".formatted(first.getFile(), directory,
					String.join(" and ", ownParts)));
		}
		return missing.isEmpty() ? null : String.join(", and ", missing);
	}

}
