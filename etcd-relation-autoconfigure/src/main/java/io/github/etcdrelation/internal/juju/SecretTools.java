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

import java.util.Map;
import java.util.Optional;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * The hook tools of Juju for secrets. What a secret contains is never an argument of a
 * process.
 */
public interface SecretTools {

	/**
	 * Return the latest content of a secret of another application, and label the secret,
	 * so that its changes run a hook.
	 * @param uri the URI of the secret
	 * @param label the label
	 * @return its fields and values
	 * @throws SecretUnavailableException if the secret is not granted or not there
	 * @throws InvalidRelationDataException if the tool fails otherwise
	 */
	Map<String, String> get(String uri, String label);

	/**
	 * Return the latest content of a secret that the own application owns.
	 * @param uri the URI of the secret
	 * @return its fields and values
	 * @throws SecretUnavailableException if the secret is not there
	 * @throws InvalidRelationDataException if the tool fails otherwise
	 */
	Map<String, String> getOwn(String uri);

	/**
	 * Add a secret of the own application, as its leader. If there is one with that label
	 * already, its content is replaced.
	 * @param label the label
	 * @param content its fields and values
	 * @return the URI of the secret
	 * @throws InvalidRelationDataException if the tool fails
	 */
	String add(String label, Map<String, String> content);

	/**
	 * Replace the content of a secret that the own application owns, as its leader.
	 * @param uri the URI of the secret
	 * @param content its fields and values
	 * @throws InvalidRelationDataException if the tool fails
	 */
	void set(String uri, Map<String, String> content);

	/**
	 * Grant the other side of a relation access to a secret, as the leader of the own
	 * application.
	 * @param uri the URI of the secret
	 * @param relationId the id of the relation
	 * @throws InvalidRelationDataException if the tool fails
	 */
	void grant(String uri, String relationId);

	/**
	 * Find a secret that the own application owns, as its leader.
	 * @param label the label of the secret
	 * @return the URI of the secret, empty if there is none with that label
	 * @throws InvalidRelationDataException if the tool fails
	 */
	Optional<String> find(String label);

	/**
	 * Remove a secret that the own application owns with all its revisions, as its
	 * leader.
	 * @param uri the URI of the secret
	 * @throws SecretUnavailableException if the secret is not there
	 * @throws InvalidRelationDataException if the tool fails otherwise
	 */
	void remove(String uri);

}
