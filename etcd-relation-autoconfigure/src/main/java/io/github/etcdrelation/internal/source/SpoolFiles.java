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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.state.RelationSnapshot;

/**
 * The spool of a charm: directories named like a relation id, each with a JSON file for
 * each unit, which is the unit's databag.
 */
final class SpoolFiles {

	private static final String JSON = ".json";

	// Hooks create the second, which stays empty, while there is no relation
	private static final Pattern RELATION_ID = Pattern.compile(".+:\\d+|spool");

	// No keys of the interface that the spool mirrors
	private static final List<String> FOREIGN = List.of(RelationSnapshot.USERNAME, RelationSnapshot.PASSWORD,
			RelationSnapshot.PREFIX);

	private final Map<String, Map<String, Path>> units = new TreeMap<>();

	private final List<Path> directories = new ArrayList<>();

	private boolean unresolved;

	/**
	 * Return whether a directory is one of a relation by its name.
	 */
	static boolean isRelation(Path directory) {
		return RELATION_ID.matcher(directory.getFileName().toString()).matches() && Files.isDirectory(directory);
	}

	/**
	 * Add the directory of a relation, which may have no unit.
	 */
	void add(Path relation) throws IOException {
		addUnits(relation, "", this.units.computeIfAbsent(relation.getFileName().toString(), (id) -> new TreeMap<>()));
	}

	private void addUnits(Path directory, String prefix, Map<String, Path> files) throws IOException {
		this.directories.add(directory);
		for (Path entry : DirectoryContent.entries(directory)) {
			String name = entry.getFileName().toString();
			if (name.endsWith(JSON) && Files.isRegularFile(entry)) {
				files.put(prefix + name.substring(0, name.length() - JSON.length()), entry);
			}
			else if (prefix.isEmpty() && Files.isDirectory(entry)) {
				// The name of a unit has a slash in it
				addUnits(entry, name + "/", files);
			}
			else {
				this.unresolved |= !Files.exists(entry);
			}
		}
	}

	/**
	 * Return whether there is no relation.
	 */
	boolean isEmpty() {
		return this.units.isEmpty();
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
		return this.units.values().stream().flatMap((files) -> files.values().stream());
	}

	/**
	 * Read the databags by relation and unit.
	 */
	Map<String, Map<String, Map<String, String>>> read() {
		Map<String, Map<String, Map<String, String>>> relations = new TreeMap<>();
		this.units.forEach((id, files) -> {
			Map<String, Map<String, String>> databags = new TreeMap<>();
			files.forEach((unit, file) -> databags.put(unit, databag(file)));
			relations.put(id, databags);
		});
		return relations;
	}

	private static Map<String, String> databag(Path file) {
		Map<String, String> databag = new LinkedHashMap<>(DatabagJson.readDatabag(DirectoryContent.text(file))
			.orElseThrow(() -> new InvalidRelationDataException("directory",
					"has a file %s that is not a JSON object of strings".formatted(file),
					"Write the databag of the unit there, as relation-get --format=json shows it")));
		databag.keySet().removeAll(FOREIGN);
		return databag;
	}

}
