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
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * The hook tools of Juju for the local unit.
 */
public interface HookTools {

	/**
	 * Return the ids of the relations of an endpoint.
	 * @param endpoint the name of the endpoint
	 * @return the ids, for example {@code etcd:1}
	 * @throws InvalidRelationDataException if the tool fails
	 */
	List<String> relationIds(String endpoint);

	/**
	 * Return the remote units of a relation.
	 * @param relationId the id of the relation
	 * @return the names of the units
	 * @throws InvalidRelationDataException if the tool fails
	 */
	List<String> relationList(String relationId);

	/**
	 * Return the databag of a unit.
	 * @param relationId the id of the relation
	 * @param unit the name of the unit
	 * @return its keys and values
	 * @throws InvalidRelationDataException if the tool fails
	 */
	Map<String, String> relationGet(String relationId, String unit);

	/**
	 * Update the databag of the local unit; keys that are not given are unchanged.
	 * @param relationId the id of the relation
	 * @param values keys and values, where an empty value removes the key
	 * @throws InvalidRelationDataException if the tool fails
	 */
	void relationSet(String relationId, Map<String, String> values);

	/**
	 * Return the name of the remote application of a relation.
	 * @param relationId the id of the relation
	 * @return the name
	 * @throws InvalidRelationDataException if the tool fails
	 */
	String relationApplication(String relationId);

	/**
	 * Return the databag of an application; that of the own one only a leader may read.
	 * @param relationId the id of the relation
	 * @param application the name of the application
	 * @return its keys and values
	 * @throws InvalidRelationDataException if the tool fails
	 */
	Map<String, String> applicationGet(String relationId, String application);

	/**
	 * Update the databag of the own application, as its leader; keys that are not given
	 * are unchanged.
	 * @param relationId the id of the relation
	 * @param values keys and values, where an empty value removes the key
	 * @throws InvalidRelationDataException if the tool fails
	 */
	void applicationSet(String relationId, Map<String, String> values);

	/**
	 * Return whether the local unit is the leader of its application.
	 * @return whether it is
	 * @throws InvalidRelationDataException if the tool fails
	 */
	boolean isLeader();

	/**
	 * Return the tools for secrets.
	 * @return the tools
	 */
	SecretTools getSecretTools();

}
