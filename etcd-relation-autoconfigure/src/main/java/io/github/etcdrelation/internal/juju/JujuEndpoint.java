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

import java.util.Collection;
import java.util.Collections;
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

	/**
	 * Return whether any relation of the endpoint has remote units.
	 * @return whether there is a unit
	 * @throws InvalidRelationDataException if a tool fails
	 */
	public boolean hasUnits() {
		return getRelationIds().stream().anyMatch((relationId) -> !getUnits(relationId).isEmpty());
	}

	/**
	 * Return whether the hook for the end of a relation runs. If it is listed, it only
	 * ends for the local unit, which is removed.
	 * @param relationId the id of the relation
	 * @return whether it ends
	 */
	public boolean isBroken(String relationId) {
		return this.environment.isBroken(relationId);
	}

	/**
	 * Return the relation for whose end the running hook is, unless it lives on for other
	 * units of the own application.
	 * @param relationIds the ids of all relations that are listed
	 * @return its id, empty if there is none
	 */
	public List<String> getEnded(Collection<String> relationIds) {
		String relationId = this.environment.getBrokenRelation(this.name);
		return (relationId == null || relationIds.contains(relationId)) ? Collections.emptyList() : List.of(relationId);
	}

	/**
	 * Return the name of the application that the local unit belongs to.
	 * @return the name
	 * @throws InvalidRelationDataException if Juju has not set the name of the unit
	 */
	public String getApplication() {
		String application = this.environment.getApplication();
		if (application == null) {
			throw new InvalidRelationDataException("juju.enabled",
					"is true, but the environment variable JUJU_UNIT_NAME does not name a unit",
					"Run the application in a hook, or with juju-exec");
		}
		return application;
	}

}
