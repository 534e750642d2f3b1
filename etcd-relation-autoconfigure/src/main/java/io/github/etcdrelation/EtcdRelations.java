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

import java.util.Set;

/**
 * All relations of the application by name.
 *
 * @since 0.1.0
 */
public interface EtcdRelations {

	/**
	 * Return a relation.
	 * @param name the name of the relation
	 * @return the relation
	 * @throws IllegalArgumentException if there is no relation with this name
	 */
	EtcdRelation get(String name);

	/**
	 * Return the names of all relations, the default relation first.
	 * @return the names, empty when no relation is configured
	 */
	Set<String> getNames();

	/**
	 * Read the source of a relation now and apply what changed. Events are published
	 * before this method returns, on the starter's refresh thread.
	 * @param name the name of the relation
	 * @throws IllegalArgumentException if there is no relation with this name
	 */
	void refresh(String name);

}
