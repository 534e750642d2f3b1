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

package io.github.etcdrelation.internal.juju;

import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * An endpoint of the local unit with its relations.
 */
public final class JujuEndpoint {

	private final String name;

	private final HookTools tools;

	private final HookEnvironment environment;

	/**
	 * Create an endpoint.
	 * @param name the name of the endpoint
	 * @param tools the hook tools
	 * @param environment the environment of the running hook
	 */
	public JujuEndpoint(String name, HookTools tools, HookEnvironment environment) {
		this.name = name;
		this.tools = tools;
		this.environment = environment;
	}

	/**
	 * Return the name of the endpoint.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Return the hook tools.
	 * @return the tools
	 */
	public HookTools getTools() {
		return this.tools;
	}

	/**
	 * Return the ids of all relations of the endpoint, with or without units.
	 * @return the ids in string order
	 * @throws InvalidRelationDataException if a tool fails
	 */
	public List<String> getRelationIds() {
		return this.tools.relationIds(this.name).stream().sorted().distinct().toList();
	}

	/**
	 * Return the remote units of a relation without those that are departing.
	 * @param relationId the id of the relation
	 * @return the names of the units in string order
	 * @throws InvalidRelationDataException if a tool fails
	 */
	public List<String> getUnits(String relationId) {
		return this.tools.relationList(relationId)
			.stream()
			.filter((unit) -> this.environment.isMember(relationId, unit))
			.sorted()
			.distinct()
			.toList();
	}

}
