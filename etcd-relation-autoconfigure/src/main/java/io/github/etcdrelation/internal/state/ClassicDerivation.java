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

package io.github.etcdrelation.internal.state;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import org.jspecify.annotations.Nullable;

/**
 * Derives the snapshot of a relation of the interface {@code etcd} from the databags of
 * units. One unit supplies all values if any can; if none can, the credentials come from
 * the same relation as the connection string, so that the address of one cluster is never
 * combined with the credentials of another.
 */
final class ClassicDerivation {

	private static final ClientCredentials NO_CREDENTIALS = new ClientCredentials(null, null, null);

	private ClassicDerivation() {
	}

	/**
	 * Return whether any unit publishes a connection string.
	 */
	static boolean isRecognized(RelationView view) {
		return view.getRelations()
			.values()
			.stream()
			.flatMap((units) -> units.values().stream())
			.anyMatch((databag) -> Offer.of(databag).connectionString() != null);
	}

	static RelationSnapshot derive(RelationView view) {
		List<List<Offer>> relations = view.getRelations()
			.values()
			.stream()
			.map((units) -> units.values().stream().map(Offer::of).toList())
			.toList();
		List<Offer> all = relations.stream().flatMap(Collection::stream).toList();
		if (all.isEmpty()) {
			return RelationSnapshot.NONE;
		}
		Offer complete = first(
				all.stream().filter((offer) -> offer.connectionString() != null && offer.hasAllCredentials()));
		if (complete != null) {
			return of(complete, complete.credentials());
		}
		for (List<Offer> units : relations) {
			Offer addressed = first(units.stream().filter((offer) -> offer.connectionString() != null));
			if (addressed != null) {
				return of(addressed, credentials(units));
			}
		}
		return of(null, credentials(all));
	}

	private static RelationSnapshot of(@Nullable Offer addressed, ClientCredentials credentials) {
		Set<RelationState> states = EnumSet.of(RelationState.CONNECTED);
		if (addressed == null) {
			return new RelationSnapshot(Collections.unmodifiableSet(states), null, null, null, credentials,
					RelationSnapshot.Account.NONE, Collections.emptyList());
		}
		states.add(RelationState.AVAILABLE);
		if (credentials.isComplete()) {
			states.add(RelationState.TLS_AVAILABLE);
		}
		return new RelationSnapshot(Collections.unmodifiableSet(states), RelationInterface.ETCD,
				addressed.connectionString(), addressed.version(), credentials, addressed.account(),
				Collections.emptyList());
	}

	private static ClientCredentials credentials(List<Offer> units) {
		Offer complete = first(units.stream().filter(Offer::hasAllCredentials));
		if (complete != null) {
			return complete.credentials();
		}
		Offer partial = first(units.stream().filter(Offer::hasAnyCredentials));
		return (partial != null) ? partial.credentials() : NO_CREDENTIALS;
	}

	private static @Nullable Offer first(Stream<Offer> offers) {
		return offers.findFirst().orElse(null);
	}

	/**
	 * Values of one unit's databag; a blank value counts as absent.
	 */
	private record Offer(@Nullable String connectionString, @Nullable String version, ClientCredentials credentials,
			RelationSnapshot.Account account) {

		static Offer of(Map<String, String> databag) {
			return new Offer(value(databag, RelationSnapshot.CONNECTION_STRING),
					value(databag, RelationSnapshot.VERSION),
					new ClientCredentials(value(databag, RelationSnapshot.CLIENT_CERT),
							value(databag, RelationSnapshot.CLIENT_KEY), value(databag, RelationSnapshot.CLIENT_CA)),
					new RelationSnapshot.Account(value(databag, RelationSnapshot.USERNAME),
							value(databag, RelationSnapshot.PASSWORD), value(databag, RelationSnapshot.PREFIX)));
		}

		private static @Nullable String value(Map<String, String> databag, String key) {
			String value = databag.get(key);
			return (value == null || value.isBlank()) ? null : value;
		}

		boolean hasAllCredentials() {
			return this.credentials.isComplete();
		}

		boolean hasAnyCredentials() {
			return this.credentials.clientCert() != null || this.credentials.clientKey() != null
					|| this.credentials.clientCa() != null;
		}

	}

}
