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

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.SecretRemoval;
import org.jspecify.annotations.Nullable;

/**
 * The relations of an endpoint with the interface {@code etcd_client}: reads the requests
 * and answers them in the databag of the own application. Used by one thread at a time.
 */
public final class JujuClientTarget {

	private final JujuEndpoint endpoint;

	private final RequestReader reader;

	private final Map<String, RelationAnswers> answers = new HashMap<>();

	private final EndedAnswers ended;

	private final SecretRemoval removal;

	/**
	 * Create a target.
	 * @param endpoint the endpoint
	 */
	public JujuClientTarget(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
		this.reader = new RequestReader(endpoint);
		this.ended = new EndedAnswers(endpoint);
		this.removal = new SecretRemoval(endpoint.getTools());
	}

	boolean isConnected() {
		return this.endpoint.hasUnits();
	}

	boolean isLeader() {
		return this.endpoint.getTools().isLeader();
	}

	/**
	 * Read the requests of all relations, and try again to remove secrets for which that
	 * failed.
	 * @return the first failure, {@code null} if there is none
	 * @throws InvalidRelationDataException if the relations are unknown
	 */
	@Nullable InvalidRelationDataException read() {
		this.removal.retry();
		return this.reader.read();
	}

	/**
	 * Return the requests as they were last read.
	 * @return the requests, by relation id
	 */
	List<ReceivedRequest> getRequests() {
		return this.reader.getRequests().values().stream().flatMap(List::stream).toList();
	}

	/**
	 * Answer the requests that were last read, wherever an answer is missing or differs.
	 * @param decisions what was decided about requests
	 * @param offer what is offered to all that are granted
	 * @return the first failure, {@code null} if there is none
	 */
	@Nullable InvalidRelationDataException publish(Map<RequestKey, Decision> decisions, ClusterOffer offer) {
		Map<String, List<ReceivedRequest>> requests = this.reader.getRequests();
		this.ended.take(this.reader.getRelationIds(), this.reader.getEnded())
			.forEach((relationId, keys) -> answers(relationId).end(keys));
		this.answers.keySet().retainAll(requests.keySet());
		InvalidRelationDataException failure = null;
		for (Map.Entry<String, List<ReceivedRequest>> relation : requests.entrySet()) {
			Set<RequestKey> unread = this.reader.getUnread(relation.getKey());
			this.ended.add(relation.getKey(), unread);
			this.ended.add(relation.getKey(), relation.getValue().stream().map(ReceivedRequest::key).toList());
			try {
				answers(relation.getKey()).publish(relation.getValue(), unread, decisions, offer);
			}
			catch (InvalidRelationDataException ex) {
				if (failure == null) {
					failure = ex;
				}
			}
		}
		return failure;
	}

	private RelationAnswers answers(String relationId) {
		return this.answers.computeIfAbsent(relationId, (id) -> new RelationAnswers(id, this.endpoint, this.removal));
	}

	/**
	 * Forget what was published, so that the next time all of it is compared.
	 */
	void forget() {
		this.answers.clear();
	}

	/**
	 * Forget the requests and what was published, for now another unit answers.
	 */
	void resign() {
		this.answers.clear();
		this.ended.clear();
		this.removal.clear();
		this.reader.forget();
	}

}
