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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * States and values of a relation, derived from one view alone.
 *
 * @param states the states that hold
 * @param relationInterface the interface that the data is of, {@code null} if it does not
 * determine that
 * @param connectionString the connection string or {@code null}
 * @param version the version of etcd or {@code null}
 * @param credentials the client credentials, of which each part may be absent
 * @param account what the other side grants beside the connection
 * @param refusals what the other side refuses
 */
public record RelationSnapshot(Set<RelationState> states, @Nullable RelationInterface relationInterface,
		@Nullable String connectionString, @Nullable String version, ClientCredentials credentials, Account account,
		List<RequestRefusal> refusals) {

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

	/**
	 * Key of the name of an SSL bundle in what the own side brings, there if its
	 * certificate is that of the bundle, which may be for either interface.
	 */
	public static final String SSL_BUNDLE = "ssl_bundle";

	/**
	 * Snapshot of a relation whose other side is not there.
	 */
	public static final RelationSnapshot NONE = new RelationSnapshot(Collections.emptySet(), null, null, null,
			new ClientCredentials(null, null, null), Account.NONE, Collections.emptyList());

	/**
	 * Derive the snapshot of a view.
	 * @param view the raw data of the relation
	 * @param relationInterface the interface that the data is of, {@code null} if it
	 * determines that itself
	 * @return the snapshot
	 */
	public static RelationSnapshot derive(RelationView view, @Nullable RelationInterface relationInterface) {
		boolean etcdClient = (relationInterface != null) ? relationInterface == RelationInterface.ETCD_CLIENT
				: EtcdClientDerivation.isRecognized(view);
		if (etcdClient) {
			return EtcdClientDerivation.derive(view);
		}
		RelationSnapshot snapshot = ClassicDerivation.derive(view);
		boolean silent = snapshot.relationInterface == null && relationInterface != null;
		return (silent && !view.getRelations().isEmpty()) ? snapshot.withInterface(relationInterface) : snapshot;
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
	 * Return whether the values are enough to connect with. Those of an interface whose
	 * data arrives in parts are not until the last has arrived.
	 * @return whether they are
	 */
	public boolean isConnectable() {
		return is(RelationState.AVAILABLE)
				&& (this.relationInterface != RelationInterface.ETCD_CLIENT || missingParts().isEmpty());
	}

	/**
	 * Check that available values are enough to connect with.
	 * @throws InvalidRelationDataException if a part is missing
	 */
	public void requireConnectable() {
		if (!isConnectable()) {
			throw new InvalidRelationDataException("relation", "has no " + String.join(", no ", missingParts()),
					"Give what is missing, or wait until the provider has published it");
		}
	}

	/**
	 * Return what is missing to connect, which a refusal of the provider explains better
	 * than its source.
	 * @param inSource what the source says is missing or {@code null}
	 * @return the end of a sentence about the relation
	 */
	public String describeMissing(@Nullable String inSource) {
		return (inSource != null && this.refusals.isEmpty()) ? inSource : describeMissing();
	}

	/**
	 * Return what is missing for the relation to be available.
	 * @return the end of a sentence about the relation
	 */
	public String describeMissing() {
		if (!is(RelationState.CONNECTED)) {
			return "it is not connected, its source has no data";
		}
		if (!this.refusals.isEmpty()) {
			return this.refusals.get(0).describe();
		}
		return (this.relationInterface == RelationInterface.ETCD_CLIENT)
				? "it is connected but has no " + String.join(", no ", missingParts())
				: "it is connected but has no connection string";
	}

	private List<String> missingParts() {
		List<String> missing = new ArrayList<>();
		if (!is(RelationState.AVAILABLE)) {
			missing.add((this.account.username() != null) ? "endpoints" : "user of etcd");
		}
		if (this.connectionString == null || this.connectionString.contains("https:")) {
			if (this.credentials.clientCa() == null) {
				missing.add("certificate authority of etcd");
			}
			if (this.credentials.clientCert() == null) {
				missing.add("own client certificate (client-cert)");
			}
			if (this.credentials.clientKey() == null) {
				missing.add("own private key (client-key)");
			}
		}
		return missing;
	}

	/**
	 * Check that not the password alone has gone, without which calls would be those of
	 * another user.
	 * @param former the snapshot that is in use
	 * @throws InvalidRelationDataException if only the password has gone
	 */
	public void requirePasswordOf(RelationSnapshot former) {
		boolean gone = former.account.password() != null && this.account.password() == null
				&& this.account.username() != null && this.account.username().equals(former.account.username());
		if (gone && Objects.equals(this.connectionString, former.connectionString)
				&& this.credentials.equals(former.credentials)) {
			throw new InvalidRelationDataException("password",
					"is missing, but username is given and was used with a password",
					"Give the password, or remove the user name as well");
		}
	}

	/**
	 * Return this snapshot with the refusals of another one.
	 * @param latest the other snapshot
	 */
	RelationSnapshot withRefusalsOf(RelationSnapshot latest) {
		return new RelationSnapshot(this.states, this.relationInterface, this.connectionString, this.version,
				this.credentials, this.account, latest.refusals);
	}

	private RelationSnapshot withInterface(@Nullable RelationInterface given) {
		return new RelationSnapshot(this.states, given, this.connectionString, this.version, this.credentials,
				this.account, this.refusals);
	}

	/**
	 * Return whether another snapshot has other values, whatever its states and refusals.
	 * @param other the other snapshot
	 * @return whether any value differs
	 */
	boolean differsInValues(RelationSnapshot other) {
		return !(Objects.equals(this.connectionString, other.connectionString)
				&& Objects.equals(this.version, other.version) && this.credentials.equals(other.credentials)
				&& this.account.equals(other.account));
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

}
