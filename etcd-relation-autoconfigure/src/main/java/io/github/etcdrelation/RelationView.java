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

package io.github.etcdrelation;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Databags that the other side of a relation publishes at one moment, by relation id and
 * remote unit. Immutable; ids and units are in string order.
 *
 * @since 0.1.0
 */
public final class RelationView {

	private static final RelationView EMPTY = new RelationView(Collections.emptyMap());

	private final SortedMap<String, SortedMap<String, Map<String, String>>> relations;

	private RelationView(Map<String, ? extends Map<String, ? extends Map<String, String>>> relations) {
		SortedMap<String, SortedMap<String, Map<String, String>>> copy = new TreeMap<>();
		relations.forEach((id, units) -> {
			SortedMap<String, Map<String, String>> databags = new TreeMap<>();
			units.forEach((unit, databag) -> databags.put(unit, Map.copyOf(databag)));
			copy.put(id, Collections.unmodifiableSortedMap(databags));
		});
		this.relations = Collections.unmodifiableSortedMap(copy);
	}

	/**
	 * Return the databags by relation id and unit.
	 * @return an immutable map from relation id to unit to key to value
	 */
	public SortedMap<String, SortedMap<String, Map<String, String>>> getRelations() {
		return this.relations;
	}

	/**
	 * Return the view of a relation whose other side is not there.
	 * @return a view without units
	 */
	public static RelationView empty() {
		return EMPTY;
	}

	/**
	 * Return a view of the given databags.
	 * @param relations the databags by relation id and unit
	 * @return a view with a copy of them
	 */
	public static RelationView of(Map<String, ? extends Map<String, ? extends Map<String, String>>> relations) {
		return new RelationView(relations);
	}

	/**
	 * Return a view of a single remote unit.
	 * @param relationId the id of the relation
	 * @param unit the name of the unit
	 * @param databag the databag of the unit
	 * @return a view with a copy of it
	 */
	public static RelationView of(String relationId, String unit, Map<String, String> databag) {
		return new RelationView(Map.of(relationId, Map.of(unit, databag)));
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RelationView view && this.relations.equals(view.relations);
	}

	@Override
	public int hashCode() {
		return this.relations.hashCode();
	}

	/**
	 * Return ids, units and the names of their keys, never a value.
	 */
	@Override
	public String toString() {
		SortedMap<String, Map<String, Object>> names = new TreeMap<>();
		this.relations.forEach((id, units) -> {
			Map<String, Object> keys = new TreeMap<>();
			units.forEach((unit, databag) -> keys.put(unit, databag.keySet()));
			names.put(id, keys);
		});
		return "RelationView" + names;
	}

}
