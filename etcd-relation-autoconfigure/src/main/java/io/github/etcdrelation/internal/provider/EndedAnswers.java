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

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Remembers the requests of each relation, so that their answers can be cleaned up once
 * it has ended.
 */
final class EndedAnswers {

	private static final Log logger = LogFactory.getLog(EndedAnswers.class);

	private final JujuEndpoint endpoint;

	private final Map<String, Set<RequestKey>> requests = new HashMap<>();

	private final Set<String> done = new HashSet<>();

	EndedAnswers(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Remember requests of a relation.
	 */
	void add(String relationId, Collection<RequestKey> keys) {
		this.requests.computeIfAbsent(relationId, (id) -> new HashSet<>()).addAll(keys);
	}

	/**
	 * Return the relations that have ended since the last call.
	 * @param current the ids of the relations that are there
	 * @param broken the ids of relations for whose end the running hook is, which an
	 * earlier process may have answered
	 * @return relation ids and the requests that they had
	 */
	Map<String, Set<RequestKey>> take(Collection<String> current, Collection<String> broken) {
		for (String relationId : broken) {
			if (this.done.add(relationId)) {
				add(relationId, published(relationId));
			}
		}
		Map<String, Set<RequestKey>> ended = new TreeMap<>(this.requests);
		ended.keySet().removeAll(current);
		this.requests.keySet().removeAll(ended.keySet());
		return ended;
	}

	private Set<RequestKey> published(String relationId) {
		Map<String, String> databag;
		try {
			databag = this.endpoint.getTools().applicationGet(relationId, this.endpoint.getApplication());
		}
		catch (InvalidRelationDataException ex) {
			logger.debug(LogMessage.format(
					"Answers in relation %s, which has ended, cannot be read, so that secrets of requests with an id "
							+ "are not removed: %s",
					Printable.of(relationId), ex.getReason()));
			return Set.of(new RequestKey(relationId, null));
		}
		return PublishedAnswers.read(databag)
			.entrySet()
			.stream()
			.filter((answer) -> answer.getValue().containsKey(EtcdClientDatabag.SECRET_USER)
					|| answer.getValue().containsKey(EtcdClientDatabag.SECRET_TLS))
			.map(Map.Entry::getKey)
			.map((id) -> new RequestKey(relationId, id.equals(PublishedAnswers.FLAT) ? null : id))
			.collect(Collectors.toSet());
	}

	/**
	 * Forget all requests, for now another unit answers.
	 */
	void clear() {
		this.requests.clear();
		this.done.clear();
	}

}
