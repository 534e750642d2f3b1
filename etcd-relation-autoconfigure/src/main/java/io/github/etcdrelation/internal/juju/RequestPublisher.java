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

package io.github.etcdrelation.internal.juju;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what an application requests of an {@code etcd_client} provider: its client
 * certificate as a secret, and a prefix. The form is the first of the interface, which
 * providers of both versions answer. Only a leader may do so.
 */
final class RequestPublisher {

	private static final String REQUESTED_SECRETS = "requested-secrets";

	private static final String PROVIDED_SECRETS = "provided-secrets";

	private static final String REQUESTED = "[\"username\", \"password\", \"tls\", \"tls-ca\", \"uris\", "
			+ "\"read-only-uris\", \"entity-name\", \"entity-password\"]";

	private static final String PROVIDED = "[\"mtls-cert\"]";

	private static final String MTLS = "mtls";

	private final JujuEndpoint endpoint;

	RequestPublisher(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Publish a request in a relation unless it is there already.
	 * @param relationId the id of the relation
	 * @param provider the remote application
	 * @param chain the client certificate, then its issuers, as PEM text
	 * @param prefix the prefix of the keys
	 * @throws InvalidRelationDataException if a tool fails, or the relation is not served
	 */
	void publish(String relationId, RemoteApplication provider, String chain, String prefix) {
		Map<String, String> content = Map.of(EtcdClientDatabag.MTLS_CERT, chain);
		HookTools tools = this.endpoint.getTools();
		Map<String, String> databag = tools.applicationGet(relationId, this.endpoint.getApplication());
		if (databag.containsKey(EtcdClientDatabag.REQUESTS) || databag.containsKey(EtcdClientDatabag.MTLS_CERT)) {
			// The charm requests, in another form
			return;
		}
		if (CrossModel.isAssumed(provider.databag())) {
			throw new InvalidRelationDataException("juju.enabled",
					"does not serve this relation: " + CrossModel.UNSUPPORTED, null);
		}
		Map<String, String> request = new LinkedHashMap<>();
		request.put(REQUESTED_SECRETS, databag.getOrDefault(REQUESTED_SECRETS, REQUESTED));
		request.put(PROVIDED_SECRETS, databag.getOrDefault(PROVIDED_SECRETS, PROVIDED));
		request.put(EtcdClientDatabag.SECRET_MTLS,
				publishSecret(relationId, databag.get(EtcdClientDatabag.SECRET_MTLS), content));
		request.put(EtcdClientDatabag.PREFIX, prefix);
		request.entrySet().removeIf((entry) -> entry.getValue().equals(databag.get(entry.getKey())));
		if (!request.isEmpty()) {
			tools.applicationSet(relationId, request);
		}
	}

	private String publishSecret(String relationId, @Nullable String uri, Map<String, String> content) {
		SecretTools secrets = this.endpoint.getTools().getSecretTools();
		if (uri != null) {
			try {
				if (!isSame(secrets.getOwn(uri), content)) {
					secrets.set(uri, content);
				}
				return uri;
			}
			catch (SecretUnavailableException ex) {
				// Removed, so that another one takes its place
			}
		}
		String added = secrets.add(SecretLabel.of(relationId, null, MTLS), content);
		secrets.grant(added, relationId);
		return added;
	}

	private static boolean isSame(Map<String, String> published, Map<String, String> content) {
		return compact(published).equals(compact(content));
	}

	private static String compact(Map<String, String> content) {
		return content.getOrDefault(EtcdClientDatabag.MTLS_CERT, "").replaceAll("\\s", "");
	}

}
