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

package io.github.etcdrelation.autoconfigure;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when what is configured of a relation cannot be used: a property, a bean that
 * supplies its data, or a name that another relation has. Neither message nor description
 * contains a value that may be secret.
 *
 * @since 0.1.0
 */
public final class InvalidRelationConfigurationException extends RuntimeException {

	private final String description;

	private final String action;

	private InvalidRelationConfigurationException(String message, String description, String action,
			@Nullable InvalidRelationDataException failure) {
		super(message, failure);
		this.description = description;
		this.action = (failure != null && failure.getRemedy() != null) ? failure.getRemedy() : action;
	}

	/**
	 * Create an exception for a property.
	 * @param prefix the prefix of the relation's properties
	 * @param failure what is wrong
	 * @return the exception
	 */
	public static InvalidRelationConfigurationException ofProperty(String prefix,
			InvalidRelationDataException failure) {
		String property = prefix + "." + failure.getItem();
		return new InvalidRelationConfigurationException(property + " " + failure.getReason(),
				"Property '%s' %s".formatted(property, failure.getReason()), "Correct the property", failure);
	}

	static InvalidRelationConfigurationException ofConnectionDetails(EtcdConnectionDetails connectionDetails,
			InvalidRelationDataException failure) {
		String description = "Connection details of type '%s' cannot be used: %s %s"
			.formatted(connectionDetails.getClass().getName(), failure.getItem(), failure.getReason());
		return new InvalidRelationConfigurationException(description, description, "Correct the connection details",
				failure);
	}

	static InvalidRelationConfigurationException ofDuplicateName(String name, String firstPrefix, String secondPrefix) {
		String description = "Relations %s and %s have the same name '%s'".formatted(firstPrefix, secondPrefix, name);
		return new InvalidRelationConfigurationException(description, description,
				"Give one of them another name: set '%s.name' or '%s.name', or rename the key".formatted(firstPrefix,
						secondPrefix),
				null);
	}

	String getDescription() {
		return this.description;
	}

	String getAction() {
		return this.action;
	}

}
