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

package io.github.etcdrelation.source;

import java.util.Map;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;

/**
 * Shows values that are given as properties, as if one unit had published them.
 *
 * @since 0.1.0
 */
public final class PropertiesRelationSource implements RelationSource {

	private static final String UNIT = "properties/0";

	private final String relationName;

	private final RelationView view;

	/**
	 * Create a source.
	 * @param relationName the name of the relation
	 * @param databag the values that are given, by the key that a unit would use
	 */
	public PropertiesRelationSource(String relationName, Map<String, String> databag) {
		this.relationName = relationName;
		this.view = databag.isEmpty() ? RelationView.empty() : RelationView.of(relationName + ":0", UNIT, databag);
	}

	@Override
	public String getRelationName() {
		return this.relationName;
	}

	@Override
	public RelationView read() {
		return this.view;
	}

	@Override
	public boolean isLive() {
		return false;
	}

}
