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

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificate and the private key that properties locate. Files are renewed one
 * by one: until they belong together those before stay, for a moment at most.
 */
final class OwnPair {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final PropertyDatabag databag;

	private final Predicate<ClientCredentials> matching;

	private final LongSupplier clock;

	private Map<String, String> locations = Collections.emptyMap();

	private @Nullable Map<String, String> settled;

	private @Nullable Long unsettledSince;

	/**
	 * Create a reader.
	 * @param databag reads locations
	 * @param matching whether a certificate, which is the authority too, belongs to a key
	 * @param clock supplies the time in nanoseconds
	 */
	OwnPair(PropertyDatabag databag, Predicate<ClientCredentials> matching, LongSupplier clock) {
		this.databag = databag;
		this.matching = matching;
		this.clock = clock;
	}

	/**
	 * Return what there is in place of locations.
	 * @param given the values of properties
	 * @throws InvalidRelationDataException if there is a location that cannot be read,
	 * unless it could be before and may be again
	 */
	synchronized Map<String, String> read(Map<String, String> given) {
		if (!given.equals(this.locations)) {
			this.locations = given;
			this.settled = null;
		}
		Map<String, String> before = this.settled;
		Map<String, String> latest;
		try {
			latest = content(given);
		}
		catch (InvalidRelationDataException ex) {
			if (before != null && isPatient()) {
				return before;
			}
			throw ex;
		}
		if (before != null && !latest.equals(before) && !isMatching(latest) && isPatient()) {
			return before;
		}
		this.settled = latest;
		this.unsettledSince = null;
		return latest;
	}

	private Map<String, String> content(Map<String, String> given) {
		Map<String, String> content = new LinkedHashMap<>(given);
		content.computeIfPresent(RelationSnapshot.CLIENT_CERT, (key, value) -> this.databag.pem("client-cert", value));
		content.computeIfPresent(RelationSnapshot.CLIENT_KEY, (key, value) -> this.databag.pem("client-key", value));
		return content;
	}

	private boolean isMatching(Map<String, String> content) {
		String certificate = content.get(RelationSnapshot.CLIENT_CERT);
		String key = content.get(RelationSnapshot.CLIENT_KEY);
		return certificate == null || key == null
				|| this.matching.test(new ClientCredentials(certificate, key, certificate));
	}

	private boolean isPatient() {
		long now = this.clock.getAsLong();
		if (this.unsettledSince == null) {
			this.unsettledSince = now;
		}
		return now - this.unsettledSince < PATIENCE.toNanos();
	}

}
