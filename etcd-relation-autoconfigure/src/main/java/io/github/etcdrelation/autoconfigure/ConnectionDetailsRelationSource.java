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

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * {@link RelationSource} that supplies connection details as the databag of one unit.
 */
final class ConnectionDetailsRelationSource implements RelationSource {

	private static final String UNIT = "connection-details/0";

	private final String relationName;

	private final EtcdConnectionDetails connectionDetails;

	ConnectionDetailsRelationSource(String relationName, EtcdConnectionDetails connectionDetails) {
		this.relationName = relationName;
		this.connectionDetails = connectionDetails;
	}

	@Override
	public String getRelationName() {
		return this.relationName;
	}

	@Override
	public String getDescription() {
		return "connection details";
	}

	@Override
	public RelationView read() {
		Map<String, String> databag = new LinkedHashMap<>();
		put(databag, RelationSnapshot.CONNECTION_STRING, this.connectionDetails.getConnectionString());
		put(databag, RelationSnapshot.VERSION, this.connectionDetails.getVersion());
		ClientCredentials credentials = this.connectionDetails.getClientCredentials();
		if (credentials != null) {
			put(databag, RelationSnapshot.CLIENT_CERT, credentials.clientCert());
			put(databag, RelationSnapshot.CLIENT_KEY, credentials.clientKey());
			put(databag, RelationSnapshot.CLIENT_CA, credentials.clientCa());
		}
		return RelationView.of(this.relationName + ":0", UNIT, databag);
	}

	private static void put(Map<String, String> databag, String key, @Nullable String value) {
		if (value != null) {
			databag.put(key, value);
		}
	}

	@Override
	public boolean isLive() {
		return false;
	}

}
