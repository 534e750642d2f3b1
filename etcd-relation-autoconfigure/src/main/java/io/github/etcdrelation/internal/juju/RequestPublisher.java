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
import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.CommonName;
import io.github.etcdrelation.internal.tls.PemComparison;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Publishes what an application requests of an {@code etcd_client} provider: its client
 * certificate as a secret, and a prefix. The form is the first of the interface, which
 * providers of both versions answer. Only a leader may do so.
 */
final class RequestPublisher {

	private static final Log logger = LogFactory.getLog(RequestPublisher.class);

	private static final String REQUESTED_SECRETS = "requested-secrets";

	private static final String PROVIDED_SECRETS = "provided-secrets";

	private static final String REQUESTED = "[\"username\", \"password\", \"tls\", \"tls-ca\", \"uris\", "
			+ "\"read-only-uris\", \"entity-name\", \"entity-password\"]";

	private static final String PROVIDED = "[\"mtls-cert\"]";

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
				Map<String, String> published = secrets.getOwn(uri);
				if (!isSame(published, content)) {
					secrets.set(uri, content);
					logOtherUser(relationId, published, content);
				}
				return uri;
			}
			catch (SecretUnavailableException ex) {
				// Removed, so that another one takes its place
			}
		}
		String added = secrets.add(SecretLabel.of(relationId, null, SecretLabel.MTLS), content);
		secrets.grant(added, relationId);
		return added;
	}

	private void logOtherUser(String relationId, Map<String, String> former, Map<String, String> latest) {
		String formerName = commonName(former);
		String name = commonName(latest);
		if (formerName != null && !formerName.equals(name)) {
			logger.warn(LogMessage
				.format("Relation '%s': the client certificate that is published in relation %s has the common name '%s', "
						+ "the former one had '%s': to etcd it is another user, and the provider removes the former one",
						this.endpoint.getName(), Printable.of(relationId), Printable.of(String.valueOf(name)),
						Printable.of(formerName)));
		}
	}

	private static @Nullable String commonName(Map<String, String> content) {
		return CommonName.ofFirst(content.getOrDefault(EtcdClientDatabag.MTLS_CERT, ""));
	}

	private static boolean isSame(Map<String, String> published, Map<String, String> content) {
		return PemComparison.isSame(published.getOrDefault(EtcdClientDatabag.MTLS_CERT, ""),
				content.getOrDefault(EtcdClientDatabag.MTLS_CERT, ""));
	}

}
