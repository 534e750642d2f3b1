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

package io.github.etcdrelation.internal.source;

import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether what was read is likely to stay: files that are written one by one do
 * not fit each other for a moment, and those that are replaced may be missing.
 */
final class SettledData {

	private final SslBundleCache sslBundles;

	private final @Nullable RelationInterface relationInterface;

	/**
	 * Create an instance.
	 * @param sslBundles checks that certificate, key and CA belong together
	 * @param relationInterface the interface that the data is of, {@code null} if it
	 * shows that itself
	 */
	SettledData(SslBundleCache sslBundles, @Nullable RelationInterface relationInterface) {
		this.sslBundles = sslBundles;
		this.relationInterface = relationInterface;
	}

	/**
	 * Return whether nothing is missing that was there before, and what is there fits.
	 * @param before what is in use, {@code null} if nothing was read before
	 * @param latest what was read
	 * @param turning whether files of another interface have come beside those in use
	 */
	boolean isSettled(@Nullable RelationView before, RelationView latest, boolean turning) {
		RelationSnapshot snapshot = derive(latest);
		if (before != null) {
			RelationSnapshot former = derive(before);
			if (isMissing(former, snapshot) || isHalfPair(snapshot) || (turning && former.connectionString() != null)) {
				return false;
			}
		}
		return credentials(latest, snapshot).allMatch(this::fits);
	}

	private RelationSnapshot derive(RelationView view) {
		return RelationSnapshot.derive(view, this.relationInterface);
	}

	private static boolean isMissing(RelationSnapshot before, RelationSnapshot latest) {
		ClientCredentials former = before.credentials();
		ClientCredentials credentials = latest.credentials();
		return isMissing(before.connectionString(), latest.connectionString())
				|| isMissing(before.version(), latest.version())
				|| isMissing(former.clientCert(), credentials.clientCert())
				|| isMissing(former.clientKey(), credentials.clientKey())
				|| isMissing(former.clientCa(), credentials.clientCa())
				|| isMissing(before.account().username(), latest.account().username())
				|| isMissing(before.account().password(), latest.account().password())
				|| isMissing(before.account().prefix(), latest.account().prefix());
	}

	private static boolean isMissing(@Nullable String before, @Nullable String latest) {
		return before != null && latest == null;
	}

	private static boolean isHalfPair(RelationSnapshot snapshot) {
		ClientCredentials credentials = snapshot.credentials();
		return snapshot.relationInterface() == RelationInterface.ETCD_CLIENT
				&& (credentials.clientCert() == null) != (credentials.clientKey() == null);
	}

	/**
	 * Return what has to fit: all that units publish, and the own certificate, even if
	 * the authority of etcd is not known yet.
	 */
	private static Stream<ClientCredentials> credentials(RelationView view, RelationSnapshot snapshot) {
		ClientCredentials own = snapshot.credentials();
		if (snapshot.relationInterface() == RelationInterface.ETCD_CLIENT) {
			boolean pair = own.clientCert() != null && own.clientKey() != null;
			return Stream.of(new ClientCredentials(pair ? own.clientCert() : null, pair ? own.clientKey() : null,
					(own.clientCa() != null) ? own.clientCa() : own.clientCert()));
		}
		return view.getRelations()
			.values()
			.stream()
			.flatMap((units) -> units.values().stream())
			.map(SettledData::credentials)
			.filter(ClientCredentials::isComplete);
	}

	private static ClientCredentials credentials(Map<String, String> databag) {
		return new ClientCredentials(databag.get(RelationSnapshot.CLIENT_CERT),
				databag.get(RelationSnapshot.CLIENT_KEY), databag.get(RelationSnapshot.CLIENT_CA));
	}

	private boolean fits(ClientCredentials credentials) {
		if (credentials.clientCa() == null) {
			return true;
		}
		try {
			this.sslBundles.get(credentials);
			return true;
		}
		catch (InvalidRelationDataException ex) {
			return false;
		}
	}

}
