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

import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

import org.springframework.context.aot.AbstractAotProcessor;

/**
 * Checks that properties which are given without a connection string can have an effect.
 */
final class MissingConnectionStrings {

	private final GivenProperties given;

	MissingConnectionStrings(GivenProperties given) {
		this.given = given;
	}

	/**
	 * Check a relation that has no source.
	 * @param prefix the prefix of its properties
	 * @throws InvalidRelationConfigurationException if something is given that depends on
	 * a connection string, or that seems to be misspelled
	 */
	void check(String prefix) {
		List<GivenProperty> dependent = this.given.known(prefix).filter(MissingConnectionStrings::isDependent).toList();
		List<String> misspelled = this.given.misspelled(prefix);
		if (!dependent.isEmpty()) {
			throw refusal(prefix, "is missing, but " + dependent.get(0).describe() + " is given", misspelled);
		}
		checkMisspelled(prefix);
	}

	/**
	 * Check a relation whose known properties are no reason to expect a source.
	 * @param prefix the prefix of its properties
	 * @throws InvalidRelationConfigurationException if something seems to be misspelled
	 */
	void checkMisspelled(String prefix) {
		List<String> misspelled = this.given.misspelled(prefix);
		if (!misspelled.isEmpty()) {
			throw refusal(prefix, "is missing", misspelled);
		}
	}

	private static InvalidRelationConfigurationException refusal(String prefix, String reason,
			List<String> misspelled) {
		String also = misspelled.isEmpty() ? "" : ". " + String.join(" ", misspelled);
		return InvalidRelationConfigurationException.ofProperty(prefix, new InvalidRelationDataException(
				RelationDefinition.CONNECTION_STRING, reason + also,
				"Give '%1$s.connection-string', for example https://10.0.0.1:2379, or another source, such as '%1$s.directory'; without a relation, remove the other properties or set '%1$s.enabled' to false"
					.formatted(prefix)));
	}

	private static boolean isDependent(GivenProperty property) {
		return property.item().startsWith("client") || property.item().startsWith("save.")
				|| property.item().equals("ssl.bundle");
	}

	/**
	 * Return whether properties may be given later, when the application runs.
	 */
	static boolean isAheadOfTime() {
		return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
	}

}
