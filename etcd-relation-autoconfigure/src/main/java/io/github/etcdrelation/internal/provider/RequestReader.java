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

package io.github.etcdrelation.internal.provider;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.SecretLabel;
import io.github.etcdrelation.internal.tls.CommonName;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of remote applications. Those that cannot be read for a moment stay
 * as they were.
 */
final class RequestReader {

	private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

	private final JujuEndpoint endpoint;

	private final Map<String, String> applications = new HashMap<>();

	private final Map<String, Map<RequestKey, ReceivedRequest>> requests = new HashMap<>();

	private final Map<String, Set<RequestKey>> unread = new HashMap<>();

	private List<String> listed = Collections.emptyList();

	private List<String> ended = Collections.emptyList();

	private @Nullable InvalidRelationDataException failure;

	RequestReader(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Read the requests of all relations.
	 * @return the failure of the first that could not be read, {@code null} if there is
	 * none
	 * @throws InvalidRelationDataException if the relations are unknown
	 */
	@Nullable InvalidRelationDataException read() {
		this.listed = this.endpoint.getRelationIds();
		this.ended = this.endpoint.getEnded(this.listed);
		List<String> relationIds = this.listed.stream().filter((id) -> !this.endpoint.isBroken(id)).toList();
		this.applications.keySet().retainAll(relationIds);
		this.requests.keySet().retainAll(relationIds);
		this.unread.keySet().retainAll(relationIds);
		this.failure = null;
		for (String relationId : relationIds) {
			try {
				this.requests.put(relationId, read(relationId));
			}
			catch (InvalidRelationDataException ex) {
				fail(ex);
			}
		}
		return this.failure;
	}

	private void fail(InvalidRelationDataException ex) {
		if (this.failure == null) {
			this.failure = ex;
		}
	}

	/**
	 * Return the requests of each relation as they were last read.
	 * @return relation ids and requests
	 */
	Map<String, List<ReceivedRequest>> getRequests() {
		Map<String, List<ReceivedRequest>> copy = new TreeMap<>();
		this.requests.forEach((relationId, received) -> copy.put(relationId, List.copyOf(received.values())));
		return copy;
	}

	/**
	 * Return all relations that are there, the one from which the local unit is removed
	 * included.
	 * @return their ids
	 */
	List<String> getRelationIds() {
		return this.listed;
	}

	/**
	 * Return the relations for whose end the running hook is.
	 * @return their ids
	 */
	List<String> getEnded() {
		return this.ended;
	}

	/**
	 * Return the requests of a relation of which nothing but their existence is known.
	 * @param relationId the id of the relation
	 * @return their keys
	 */
	Set<RequestKey> getUnread(String relationId) {
		return this.unread.getOrDefault(relationId, Collections.emptySet());
	}

	void forget() {
		this.requests.clear();
		this.unread.clear();
		this.applications.clear();
	}

	private Map<RequestKey, ReceivedRequest> read(String relationId) {
		String application = this.applications.computeIfAbsent(relationId,
				this.endpoint.getTools()::relationApplication);
		Map<String, String> databag = this.endpoint.getTools().applicationGet(relationId, application);
		Map<RequestKey, ReceivedRequest> former = this.requests.getOrDefault(relationId, Collections.emptyMap());
		Map<RequestKey, ReceivedRequest> read = new LinkedHashMap<>();
		Set<RequestKey> unknown = new HashSet<>();
		for (Map<String, String> values : requests(databag)) {
			String requestId = values.get(EtcdClientDatabag.REQUEST_ID);
			RequestKey key = new RequestKey(relationId, requestId);
			if (requestId == null || REQUEST_ID.matcher(requestId).matches()) {
				ReceivedRequest request;
				try {
					request = read(key, values);
				}
				catch (InvalidRelationDataException ex) {
					fail(ex);
					request = former.get(key);
					if (request == null) {
						unknown.add(key);
					}
				}
				if (request != null) {
					read.putIfAbsent(key, request);
				}
			}
		}
		this.unread.put(relationId, unknown);
		return read;
	}

	private static Collection<Map<String, String>> requests(Map<String, String> databag) {
		if (!EtcdClientDatabag.V1.equals(databag.get(EtcdClientDatabag.VERSION))) {
			Map<String, String> values = new HashMap<>(databag);
			values.remove(EtcdClientDatabag.REQUEST_ID);
			return List.of(values);
		}
		List<Map<String, String>> requests = new ArrayList<>(
				DatabagJson.readObjects(databag.getOrDefault(EtcdClientDatabag.REQUESTS, "[]"))
					.orElse(Collections.emptyList()));
		requests.removeIf((request) -> !request.containsKey(EtcdClientDatabag.REQUEST_ID));
		return requests;
	}

	private @Nullable ReceivedRequest read(RequestKey key, Map<String, String> values) {
		String prefix = values.getOrDefault(EtcdClientDatabag.PREFIX, values.get(EtcdClientDatabag.RESOURCE));
		if (prefix == null || prefix.isBlank()) {
			return null;
		}
		String uri = values.get(EtcdClientDatabag.SECRET_MTLS);
		if (uri == null || !uri.startsWith(EtcdClientDatabag.SECRET_SCHEME)) {
			if (values.containsKey(EtcdClientDatabag.MTLS_CERT)) {
				throw crossModel(key.relationId());
			}
			return null;
		}
		String certificate = this.endpoint.getTools()
			.getSecretTools()
			.get(uri, SecretLabel.of(key.relationId(), key.requestId(), SecretLabel.MTLS))
			.get(EtcdClientDatabag.MTLS_CERT);
		return (certificate == null || certificate.isBlank()) ? null
				: new ReceivedRequest(new EtcdClientRequest(key.relationId(), key.requestId(), prefix, certificate,
						CommonName.ofFirst(certificate)), values);
	}

	private static InvalidRelationDataException crossModel(String relationId) {
		return new InvalidRelationDataException("juju.enabled",
				"is true, but the certificate of relation %s is encrypted, as in relations between models, "
					.formatted(relationId) + "which the provider of etcd_client does not support",
				"Deploy the application in the model of etcd");
	}

}
