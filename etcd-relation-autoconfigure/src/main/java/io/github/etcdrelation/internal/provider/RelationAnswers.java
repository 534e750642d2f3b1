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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.SecretLabel;
import io.github.etcdrelation.internal.juju.SecretReferences;
import io.github.etcdrelation.internal.juju.SecretReferences.Reference;
import io.github.etcdrelation.internal.juju.SecretRemoval;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one relation in the databag of the own application. What is
 * there stays until something else is decided, so that an application that starts anew
 * takes nothing away.
 */
final class RelationAnswers {

	private static final List<String> FLAT = List.of(EtcdClientDatabag.ENDPOINTS, EtcdClientDatabag.SECRET_USER,
			EtcdClientDatabag.SECRET_TLS, EtcdClientDatabag.RESOURCE, EtcdClientDatabag.PREFIX,
			EtcdClientDatabag.VERSION);

	private final String relationId;

	private final JujuEndpoint endpoint;

	private final AnswerSecrets secrets;

	private @Nullable Map<String, String> published;

	RelationAnswers(String relationId, JujuEndpoint endpoint, SecretRemoval removal) {
		this.relationId = relationId;
		this.endpoint = endpoint;
		this.secrets = new AnswerSecrets(endpoint.getTools().getSecretTools(), removal);
	}

	/**
	 * Publish what differs from what is published.
	 * @param requests the requests of the relation
	 * @param unread those that could not be read, whose answers stay
	 * @param decisions what was decided about requests
	 * @param offer what is offered to all that are granted
	 * @throws InvalidRelationDataException if a tool fails
	 */
	void publish(List<ReceivedRequest> requests, Set<RequestKey> unread, Map<RequestKey, Decision> decisions,
			ClusterOffer offer) {
		if (unread.contains(new RequestKey(this.relationId, null))) {
			return;
		}
		Map<String, String> current = this.published;
		if (current == null) {
			if (requests.stream().noneMatch((request) -> decisions.containsKey(request.key()))) {
				return;
			}
			current = new TreeMap<>(
					this.endpoint.getTools().applicationGet(this.relationId, this.endpoint.getApplication()));
			this.published = current;
		}
		Map<String, String> differing = new TreeMap<>();
		for (Map.Entry<String, String> entry : compose(current, requests, unread, decisions, offer).entrySet()) {
			if (!entry.getValue().equals(current.getOrDefault(entry.getKey(), ""))) {
				differing.put(entry.getKey(), entry.getValue());
			}
		}
		if (!differing.isEmpty()) {
			// The effect of a call that fails is unknown
			this.published = null;
			this.endpoint.getTools().applicationSet(this.relationId, differing);
			List<Reference> former = SecretReferences.find(this.relationId, current);
			current.putAll(differing);
			current.values().removeIf(String::isEmpty);
			this.published = current;
			Set<String> referred = SecretReferences.find(this.relationId, current)
				.stream()
				.map(Reference::uri)
				.collect(Collectors.toSet());
			former.stream().filter((reference) -> !referred.contains(reference.uri())).forEach(this.secrets::remove);
		}
	}

	/**
	 * Remove the secrets of the answers, as the relation has ended.
	 * @param requests the requests that it had
	 */
	void end(Collection<RequestKey> requests) {
		Set<String> labels = new LinkedHashSet<>();
		for (RequestKey key : requests) {
			labels.add(SecretLabel.of(this.relationId, key.requestId(), SecretLabel.USER));
			labels.add(SecretLabel.of(this.relationId, key.requestId(), SecretLabel.TLS));
		}
		this.secrets.removeAll(labels);
	}

	/**
	 * Return all keys of answers, with an empty value for those that are to be removed.
	 */
	private Map<String, String> compose(Map<String, String> current, List<ReceivedRequest> requests,
			Set<RequestKey> unread, Map<RequestKey, Decision> decisions, ClusterOffer offer) {
		Map<String, Map<String, String>> former = PublishedAnswers.read(current);
		Map<String, String> values = new LinkedHashMap<>();
		AnswerStatus status = new AnswerStatus(current, requests, unread, decisions);
		values.put(EtcdClientDatabag.STATUS, status.write());
		if (requests.stream().anyMatch((request) -> request.request().requestId() == null)) {
			ReceivedRequest request = requests.get(0);
			Map<String, String> answer = answer(request, former.get(PublishedAnswers.FLAT), decisions, offer);
			FLAT.forEach((key) -> values.put(key, answer.getOrDefault(key, "")));
			values.put(EtcdClientDatabag.REQUESTS, "");
			values.put(EtcdClientDatabag.DATA, "");
			return values;
		}
		List<Map<String, String>> answers = new ArrayList<>();
		Map<String, Object> data = new LinkedHashMap<>();
		for (ReceivedRequest request : requests) {
			String requestId = String.valueOf(request.request().requestId());
			Map<String, String> answer = answer(request, former.get(requestId), decisions, offer);
			if (!answer.isEmpty()) {
				answers.add(answer);
				data.put(requestId, request.values());
			}
		}
		keep(current, former, unread, answers, data);
		FLAT.forEach((key) -> values.put(key, ""));
		if (!answers.isEmpty() || PublishedAnswers.isVersion1(current)) {
			values.put(EtcdClientDatabag.VERSION, EtcdClientDatabag.V1);
		}
		Map<?, ?> formerStatus = status.former(current);
		if (!formerStatus.isEmpty()) {
			data.put(EtcdClientDatabag.STATUS, formerStatus);
		}
		values.put(EtcdClientDatabag.REQUESTS, answers.isEmpty() ? "" : DatabagJson.writeValue(answers));
		values.put(EtcdClientDatabag.DATA, data.isEmpty() ? "" : DatabagJson.writeValue(data));
		return values;
	}

	/**
	 * Keep the answers to requests that could not be read.
	 */
	private static void keep(Map<String, String> current, Map<String, Map<String, String>> former,
			Set<RequestKey> unread, List<Map<String, String>> answers, Map<String, Object> data) {
		Map<String, Object> formerData = DatabagJson.readObject(current.getOrDefault(EtcdClientDatabag.DATA, "{}"))
			.orElse(Collections.emptyMap());
		for (RequestKey key : unread) {
			String requestId = String.valueOf(key.requestId());
			Map<String, String> answer = former.get(requestId);
			if (answer != null) {
				answers.add(answer);
				Object values = formerData.get(requestId);
				if (values != null) {
					data.put(requestId, values);
				}
			}
		}
	}

	/**
	 * Return the answer to a request.
	 * @return keys and values, empty if there is none yet
	 */
	private Map<String, String> answer(ReceivedRequest request, @Nullable Map<String, String> published,
			Map<RequestKey, Decision> decisions, ClusterOffer offer) {
		Map<String, String> former = (published != null) ? published : Map.of();
		Decision decision = decisions.get(request.key());
		if (decision == null || (decision.username() != null && offer.endpoints() == null)) {
			return former;
		}
		Map<String, String> answer = new LinkedHashMap<>();
		boolean granted = decision.username() != null && !String.valueOf(offer.endpoints()).isEmpty();
		putRequest(answer, request, decision.request().prefix(), granted);
		if (decision.username() == null || !granted) {
			return answer;
		}
		answer.put(EtcdClientDatabag.ENDPOINTS, String.valueOf(offer.endpoints()));
		answer.put(EtcdClientDatabag.SECRET_USER,
				this.secrets.write(request.key(), SecretLabel.USER, former.get(EtcdClientDatabag.SECRET_USER),
						Map.of(EtcdClientDatabag.USERNAME, decision.username(), EtcdClientDatabag.URIS, offer.uris())));
		String tls = tls(request.key(), former.get(EtcdClientDatabag.SECRET_TLS), offer.ca());
		if (tls != null) {
			answer.put(EtcdClientDatabag.SECRET_TLS, tls);
		}
		String version = (offer.version() != null) ? offer.version()
				: former.getOrDefault(EtcdClientDatabag.VERSION, "");
		if (!version.isEmpty()) {
			answer.put(EtcdClientDatabag.VERSION, version);
		}
		return answer;
	}

	private static void putRequest(Map<String, String> answer, ReceivedRequest request, String prefix,
			boolean granted) {
		String requestId = request.request().requestId();
		if (requestId != null) {
			// The status of a relation counts only with an answer, be it without a user
			answer.put(EtcdClientDatabag.RESOURCE, prefix);
			answer.put(EtcdClientDatabag.REQUEST_ID, requestId);
			answer.put(EtcdClientDatabag.SALT, request.values().getOrDefault(EtcdClientDatabag.SALT, ""));
		}
		else if (granted) {
			answer.put(EtcdClientDatabag.RESOURCE, prefix);
			answer.put(EtcdClientDatabag.PREFIX, prefix);
		}
	}

	private @Nullable String tls(RequestKey key, @Nullable String published, @Nullable String ca) {
		if (ca == null) {
			return published;
		}
		return ca.isEmpty() ? null : this.secrets.write(key, SecretLabel.TLS, published,
				Map.of(EtcdClientDatabag.TLS, "true", EtcdClientDatabag.TLS_CA, ca));
	}

}
