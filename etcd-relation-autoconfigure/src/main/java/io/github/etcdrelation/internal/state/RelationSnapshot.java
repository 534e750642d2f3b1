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
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import org.jspecify.annotations.Nullable;

/**
 * States and values of a relation, derived from one view alone.
 *
 * @param states the states that hold
 * @param connectionString the connection string or {@code null}
 * @param version the version of etcd or {@code null}
 * @param credentials the client credentials, of which each part may be absent
 * @param account what the other side grants beside the connection
 */
public record RelationSnapshot(Set<RelationState> states, @Nullable String connectionString, @Nullable String version,
		ClientCredentials credentials, Account account) {

	/**
	 * Key of the connection string in a databag.
	 */
	public static final String CONNECTION_STRING = "connection_string";

	/**
	 * Key of the version in a databag.
	 */
	public static final String VERSION = "version";

	/**
	 * Key of the client certificate in a databag.
	 */
	public static final String CLIENT_CERT = "client_cert";

	/**
	 * Key of the private key in a databag.
	 */
	public static final String CLIENT_KEY = "client_key";

	/**
	 * Key of the certificate authority in a databag.
	 */
	public static final String CLIENT_CA = "client_ca";

	/**
	 * Key of the name of the etcd user in a databag.
	 */
	public static final String USERNAME = "username";

	/**
	 * Key of the password of the etcd user in a databag.
	 */
	public static final String PASSWORD = "password";

	/**
	 * Key of the prefix of the keys that the user may access in a databag.
	 */
	public static final String PREFIX = "prefix";

	private static final ClientCredentials NO_CREDENTIALS = new ClientCredentials(null, null, null);

	/**
	 * Snapshot of a relation whose other side is not there.
	 */
	public static final RelationSnapshot NONE = new RelationSnapshot(Collections.emptySet(), null, null,
			NO_CREDENTIALS);

	/**
	 * Create a snapshot without an account.
	 * @param states the states that hold
	 * @param connectionString the connection string or {@code null}
	 * @param version the version of etcd or {@code null}
	 * @param credentials the client credentials
	 */
	public RelationSnapshot(Set<RelationState> states, @Nullable String connectionString, @Nullable String version,
			ClientCredentials credentials) {
		this(states, connectionString, version, credentials, Account.NONE);
	}

	/**
	 * Derive the snapshot of a view. One unit supplies all values if any can; if none
	 * can, the credentials come from the same relation as the connection string, so that
	 * the address of one cluster is never combined with the credentials of another.
	 * @param view the databags of the other side
	 * @return the snapshot
	 */
	public static RelationSnapshot derive(RelationView view) {
		List<List<Offer>> relations = view.getRelations()
			.values()
			.stream()
			.map((units) -> units.values().stream().map(Offer::of).toList())
			.toList();
		List<Offer> all = relations.stream().flatMap(Collection::stream).toList();
		if (all.isEmpty()) {
			return NONE;
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
			return new RelationSnapshot(Collections.unmodifiableSet(states), null, null, credentials);
		}
		states.add(RelationState.AVAILABLE);
		if (credentials.isComplete()) {
			states.add(RelationState.TLS_AVAILABLE);
		}
		return new RelationSnapshot(Collections.unmodifiableSet(states), addressed.connectionString(),
				addressed.version(), credentials, addressed.account());
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
	 * Return whether a state holds.
	 * @param state the state
	 * @return whether it holds
	 */
	public boolean is(RelationState state) {
		return this.states.contains(state);
	}

	/**
	 * Return what is missing for the relation to be available.
	 * @return the end of a sentence about the relation
	 */
	public String describeMissing() {
		return is(RelationState.CONNECTED) ? "it is connected but has no connection string"
				: "it is not connected, its source has no data";
	}

	/**
	 * Return states, connection string and version, never credentials.
	 */
	@Override
	public String toString() {
		return "RelationSnapshot[states=%s, connectionString=%s, version=%s]".formatted(this.states,
				this.connectionString, this.version);
	}

	/**
	 * What the other side grants beside the connection.
	 *
	 * @param username the name of the etcd user or {@code null}
	 * @param password the password of the etcd user or {@code null}
	 * @param prefix the prefix of the keys that the user may access or {@code null}
	 */
	public record Account(@Nullable String username, @Nullable String password, @Nullable String prefix) {

		static final Account NONE = new Account(null, null, null);

		/**
		 * Omits the password.
		 */
		@Override
		public String toString() {
			return "Account[username=%s, prefix=%s]".formatted(this.username, this.prefix);
		}

	}

	/**
	 * Values of one unit's databag; a blank value counts as absent.
	 */
	private record Offer(@Nullable String connectionString, @Nullable String version, ClientCredentials credentials,
			Account account) {

		static Offer of(Map<String, String> databag) {
			return new Offer(value(databag, CONNECTION_STRING), value(databag, VERSION),
					new ClientCredentials(value(databag, CLIENT_CERT), value(databag, CLIENT_KEY),
							value(databag, CLIENT_CA)),
					new Account(value(databag, USERNAME), value(databag, PASSWORD), value(databag, PREFIX)));
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
