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
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

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
	 * Find what is given in vain of a relation that has no source. A connection string
	 * that is given and blank makes the relation optional.
	 * @param prefix the prefix of its properties
	 * @param others whether there are other relations, for which properties of this one
	 * may be given by mistake
	 * @return the refusal, {@code null} if nothing depends on a connection string and
	 * nothing seems to be misspelled
	 */
	@Nullable InvalidRelationConfigurationException find(String prefix, boolean others) {
		if (this.given.isBlank(prefix, RelationDefinition.CONNECTION_STRING)) {
			return null;
		}
		List<String> misspelled = this.given.misspelled(prefix);
		GivenProperty dependent = others ? null : dependent(prefix);
		if (dependent != null) {
			return refusal(prefix, "is missing, but " + dependent.describe() + " is given", misspelled);
		}
		return misspelled.isEmpty() ? null : refusal(prefix, "is missing", misspelled);
	}

	private @Nullable GivenProperty dependent(String prefix) {
		// A version alone is data, which makes the relation connected
		boolean connected = this.given.known(prefix).anyMatch((property) -> property.item().equals("version"));
		return this.given.known(prefix)
			.filter((property) -> isInVain(property) || (!connected && property.item().startsWith("client.")))
			.findFirst()
			.orElse(null);
	}

	private static InvalidRelationConfigurationException refusal(String prefix, String reason,
			List<String> misspelled) {
		String also = misspelled.isEmpty() ? "" : ". " + String.join(" ", misspelled);
		return InvalidRelationConfigurationException.ofProperty(prefix, new InvalidRelationDataException(
				RelationDefinition.CONNECTION_STRING, reason + also,
				"Give '%1$s.connection-string', for example https://10.0.0.1:2379, or another source, such as '%1$s.directory'; without a relation, remove the other properties or set '%1$s.enabled' to false"
					.formatted(prefix)));
	}

	private static boolean isInVain(GivenProperty property) {
		return property.item().startsWith("client-") || property.item().startsWith("save.")
				|| Set.of("ssl.bundle", "interface", "prefix").contains(property.item());
	}

	/**
	 * Return whether properties may be given later, when the application runs.
	 */
	static boolean isAheadOfTime() {
		return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
	}

}
