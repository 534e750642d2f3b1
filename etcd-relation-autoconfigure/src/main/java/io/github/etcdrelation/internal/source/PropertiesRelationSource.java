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

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;

/**
 * Shows values that are given as properties, as if one unit had published them.
 */
public final class PropertiesRelationSource implements RelationSource {

	private static final String UNIT = "properties/0";

	private final String relationName;

	private final Function<Map<String, String>, RelationView> view;

	private volatile Supplier<Map<String, String>> databag;

	/**
	 * Create a source.
	 * @param relationName the name of the relation
	 * @param databag gives the values by the key that a unit would use
	 */
	public PropertiesRelationSource(String relationName, Supplier<Map<String, String>> databag) {
		this(relationName, databag, (values) -> RelationView.of(relationName + ":0", UNIT, values));
	}

	/**
	 * Create a source of values that no unit publishes.
	 * @param relationName the name of the relation
	 * @param databag gives the values by the key that a unit would use
	 * @param view creates the view of values, of which there is at least one
	 */
	public PropertiesRelationSource(String relationName, Supplier<Map<String, String>> databag,
			Function<Map<String, String>, RelationView> view) {
		this.relationName = relationName;
		this.databag = databag;
		this.view = view;
	}

	/**
	 * Show other values from the next time on that the source is read.
	 * @param databag gives the values by the key that a unit would use
	 */
	public void update(Supplier<Map<String, String>> databag) {
		this.databag = databag;
	}

	@Override
	public String getRelationName() {
		return this.relationName;
	}

	@Override
	public String getDescription() {
		return "properties";
	}

	@Override
	public RelationView read() {
		Map<String, String> values = this.databag.get();
		return values.isEmpty() ? RelationView.empty() : this.view.apply(values);
	}

	@Override
	public boolean isLive() {
		return false;
	}

}
