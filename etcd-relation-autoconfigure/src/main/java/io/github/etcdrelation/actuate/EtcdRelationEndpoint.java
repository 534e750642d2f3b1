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

package io.github.etcdrelation.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.github.etcdrelation.EtcdRelations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to expose and refresh relations to etcd.
 *
 * @since 0.1.0
 */
@Endpoint(id = "etcdrelation")
public final class EtcdRelationEndpoint {

	private final EtcdRelations relations;

	private final Function<String, RelationDescriptor> descriptors;

	/**
	 * Create a new instance.
	 * @param relations the relations
	 * @param descriptors returns the descriptor of a relation by its name
	 */
	public EtcdRelationEndpoint(EtcdRelations relations, Function<String, RelationDescriptor> descriptors) {
		this.relations = relations;
		this.descriptors = descriptors;
	}

	/**
	 * Return all relations.
	 * @return the relations
	 */
	@ReadOperation
	public RelationsDescriptor relations() {
		Map<String, RelationDescriptor> all = new LinkedHashMap<>();
		this.relations.getNames().forEach((name) -> all.put(name, this.descriptors.apply(name)));
		return new RelationsDescriptor(all);
	}

	/**
	 * Return one relation.
	 * @param name its name
	 * @return the relation, {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable RelationDescriptor relation(@Selector String name) {
		return this.relations.getNames().contains(name) ? this.descriptors.apply(name) : null;
	}

	/**
	 * Read the source of a relation and apply what changed.
	 * @param name its name
	 * @return the refreshed relation, {@code null} if there is none of that name
	 */
	@WriteOperation
	public @Nullable RelationDescriptor refresh(@Selector String name) {
		if (!this.relations.getNames().contains(name)) {
			return null;
		}
		this.relations.refresh(name);
		return this.descriptors.apply(name);
	}

	/**
	 * All relations.
	 *
	 * @param relations the relations by name
	 */
	public record RelationsDescriptor(Map<String, RelationDescriptor> relations) {

	}

}
