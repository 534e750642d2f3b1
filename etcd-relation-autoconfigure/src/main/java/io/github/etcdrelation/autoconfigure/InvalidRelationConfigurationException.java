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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.InvalidData;
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

	private final @Nullable String prefix;

	private final List<String> origins;

	private InvalidRelationConfigurationException(@Nullable String prefix, String message, String description,
			String action, @Nullable InvalidRelationDataException failure) {
		this(prefix, message, description, action, failure, Collections.emptyList());
	}

	private InvalidRelationConfigurationException(@Nullable String prefix, String message, String description,
			String action, @Nullable InvalidRelationDataException failure, List<String> origins) {
		super(message, failure);
		this.prefix = prefix;
		this.origins = origins;
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
		return new InvalidRelationConfigurationException(prefix, property + " " + failure.getReason(),
				"Property '%s' %s".formatted(property, failure.getReason()), "Correct the property", failure);
	}

	static InvalidRelationConfigurationException ofConnectionDetails(EtcdConnectionDetails connectionDetails,
			InvalidRelationDataException failure) {
		String description = "Connection details of type '%s' cannot be used: %s"
			.formatted(connectionDetails.getClass().getName(), InvalidData.describe(failure));
		return new InvalidRelationConfigurationException(null, description, description,
				"Correct the connection details", failure);
	}

	static InvalidRelationConfigurationException ofDuplicateName(String name, String firstPrefix, String secondPrefix) {
		String description = "Relations %s and %s have the same name '%s'".formatted(firstPrefix, secondPrefix, name);
		return new InvalidRelationConfigurationException(null, description, description,
				"Give one of them another name: set '%s.name' or '%s.name', or rename the key".formatted(firstPrefix,
						secondPrefix),
				null);
	}

	/**
	 * Return an exception that also reports where the properties are given that this one
	 * mentions, and which others of the relation seem to be misspelled.
	 */
	InvalidRelationConfigurationException withOrigins(GivenProperties given) {
		if (!this.origins.isEmpty()) {
			return this;
		}
		List<String> origins = new ArrayList<>();
		given.mentionedIn(this.prefix, this.description + " " + this.action).forEach((property) -> {
			String location = property.location();
			if (location != null && !this.description.contains(property.describe())) {
				origins.add("Origin of '%s': %s".formatted(property.name(), location));
			}
		});
		if (this.prefix != null) {
			given.misspelled(this.prefix)
				.stream()
				.filter((misspelled) -> !this.description.contains(misspelled))
				.forEach(origins::add);
		}
		if (origins.isEmpty()) {
			return this;
		}
		InvalidRelationConfigurationException detailed = new InvalidRelationConfigurationException(this.prefix,
				getMessage() + " (" + String.join(", ", origins) + ")", this.description, this.action,
				(InvalidRelationDataException) getCause(), origins);
		detailed.setStackTrace(getStackTrace());
		return detailed;
	}

	String getDescription() {
		String end = this.description.endsWith("?") ? "" : ".";
		return this.description + end
				+ (this.origins.isEmpty() ? "" : "\n\n    " + String.join("\n    ", this.origins));
	}

	String getAction() {
		return this.action;
	}

}
