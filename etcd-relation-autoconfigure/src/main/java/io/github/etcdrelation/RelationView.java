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
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Raw data of a relation at one moment: the databags of the remote units and of the
 * remote application by relation id, and what the own side brings. Immutable; ids and
 * units are in string order.
 *
 * @since 0.1.0
 */
public final class RelationView {

	private static final RelationView EMPTY = new RelationView(Collections.emptySortedMap(),
			Collections.emptySortedMap(), Collections.emptyMap());

	private final SortedMap<String, SortedMap<String, Map<String, String>>> relations;

	private final SortedMap<String, RemoteApplication> applications;

	private final Map<String, String> ownData;

	private RelationView(SortedMap<String, SortedMap<String, Map<String, String>>> relations,
			SortedMap<String, RemoteApplication> applications, Map<String, String> ownData) {
		this.relations = relations;
		this.applications = applications;
		this.ownData = ownData;
	}

	/**
	 * Return the databags of the remote units by relation id and unit.
	 * @return an immutable map from relation id to unit to key to value
	 */
	public SortedMap<String, SortedMap<String, Map<String, String>>> getRelations() {
		return this.relations;
	}

	/**
	 * Return the databags of the remote applications by relation id.
	 * @return an immutable map, empty if none was read
	 */
	public SortedMap<String, RemoteApplication> getApplications() {
		return this.applications;
	}

	/**
	 * Return what the own side brings to the relation: {@code client_cert} and
	 * {@code client_key}, its client certificate and private key as PEM text, and
	 * {@code prefix}, the prefix of the keys that it requests.
	 * @return an immutable map from key to value, empty if it brings nothing
	 */
	public Map<String, String> getOwnData() {
		return this.ownData;
	}

	/**
	 * Return the view of a relation whose other side is not there.
	 * @return a view without units
	 */
	public static RelationView empty() {
		return EMPTY;
	}

	/**
	 * Return a view of the given databags of units.
	 * @param relations the databags by relation id and unit
	 * @return a view with a copy of them
	 */
	public static RelationView of(Map<String, ? extends Map<String, ? extends Map<String, String>>> relations) {
		SortedMap<String, SortedMap<String, Map<String, String>>> copy = new TreeMap<>();
		relations.forEach((id, units) -> {
			SortedMap<String, Map<String, String>> databags = new TreeMap<>();
			units.forEach((unit, databag) -> databags.put(unit, Map.copyOf(databag)));
			copy.put(id, Collections.unmodifiableSortedMap(databags));
		});
		return new RelationView(Collections.unmodifiableSortedMap(copy), EMPTY.applications, EMPTY.ownData);
	}

	/**
	 * Return a view of a single remote unit.
	 * @param relationId the id of the relation
	 * @param unit the name of the unit
	 * @param databag the databag of the unit
	 * @return a view with a copy of it
	 */
	public static RelationView of(String relationId, String unit, Map<String, String> databag) {
		return of(Map.of(relationId, Map.of(unit, databag)));
	}

	/**
	 * Return this view with the given remote applications.
	 * @param applications the applications by relation id
	 * @return a view with a copy of them in place of those of this view
	 */
	public RelationView withApplications(Map<String, RemoteApplication> applications) {
		return new RelationView(this.relations, Collections.unmodifiableSortedMap(new TreeMap<>(applications)),
				this.ownData);
	}

	/**
	 * Return this view with the given own data.
	 * @param ownData what the own side brings
	 * @return a view with a copy of it in place of that of this view
	 */
	public RelationView withOwnData(Map<String, String> ownData) {
		return new RelationView(this.relations, this.applications, Map.copyOf(ownData));
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RelationView view && this.relations.equals(view.relations)
				&& this.applications.equals(view.applications) && this.ownData.equals(view.ownData);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.relations, this.applications, this.ownData);
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
		StringBuilder text = new StringBuilder("RelationView").append(names);
		if (!this.applications.isEmpty()) {
			text.append(this.applications);
		}
		if (!this.ownData.isEmpty()) {
			text.append(new TreeSet<>(this.ownData.keySet()));
		}
		return text.toString();
	}

}
