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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag.Response;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.OwnCertificateCheck;

/**
 * Decides when the own side requests something, and which own data may be used: a new
 * certificate only after it was published to a provider that answers.
 */
final class OwnRequests {

	private final HookTools tools;

	private final RequestPublisher publisher;

	private final List<String> problems = new ArrayList<>();

	private final Map<String, Map<String, String>> published = new HashMap<>();

	private Map<String, String> accepted = Collections.emptyMap();

	OwnRequests(JujuEndpoint endpoint) {
		this.tools = endpoint.getTools();
		this.publisher = new RequestPublisher(endpoint);
	}

	/**
	 * Publish requests as the leader. If that fails, it is tried again with the next
	 * call.
	 * @param applications the remote applications by relation id
	 * @param ownData what the own side brings
	 * @return the own data that may be used
	 */
	Map<String, String> publish(Map<String, RemoteApplication> applications, Map<String, String> ownData) {
		this.problems.clear();
		this.published.keySet().retainAll(applications.keySet());
		String certificate = ownData.getOrDefault(RelationSnapshot.CLIENT_CERT, "");
		String prefix = ownData.getOrDefault(RelationSnapshot.PREFIX, "");
		if (applications.isEmpty() || certificate.isBlank() || prefix.isBlank()) {
			return accept(ownData);
		}
		String chain;
		try {
			OwnCertificateCheck.check(certificate);
			chain = OwnCertificateCheck.toChain(certificate);
		}
		catch (InvalidRelationDataException ex) {
			this.problems.add("the own client certificate cannot be published: " + describe(ex));
			// Who uses it refuses it with an event, and keeps the former one
			return ownData;
		}
		try {
			if (!this.tools.isLeader()) {
				return accept(ownData);
			}
			applications.forEach((relationId, application) -> {
				if (publish(relationId, application, chain, prefix)) {
					this.published.put(relationId, ownData);
				}
			});
		}
		catch (InvalidRelationDataException ex) {
			this.problems.add("it is not known whether this unit is the leader: " + describe(ex));
		}
		// Servers do not know a certificate yet that was not published
		return (this.accepted.isEmpty() || isPublished(applications, ownData)) ? accept(ownData) : this.accepted;
	}

	private boolean isPublished(Map<String, RemoteApplication> applications, Map<String, String> ownData) {
		Collection<String> answering = applications.entrySet()
			.stream()
			.filter((relation) -> isAnswered(relation.getValue()))
			.map(Map.Entry::getKey)
			.toList();
		// One failing relation must not keep the certificate from the others, whose
		// servers may trust only the new one
		return (answering.isEmpty() ? applications.keySet() : answering).stream()
			.anyMatch((relationId) -> ownData.equals(this.published.get(relationId)));
	}

	private static boolean isAnswered(RemoteApplication application) {
		return new EtcdClientDatabag(application).getResponses(null).stream().anyMatch(Response::isComplete);
	}

	private boolean publish(String relationId, RemoteApplication application, String chain, String prefix) {
		try {
			this.publisher.publish(relationId, application, chain, prefix);
			return true;
		}
		catch (InvalidRelationDataException ex) {
			this.problems.add("the own client certificate cannot be published in relation %s: %s".formatted(relationId,
					describe(ex)));
			return false;
		}
	}

	private static String describe(InvalidRelationDataException failure) {
		return failure.getItem() + " " + failure.getReason();
	}

	private Map<String, String> accept(Map<String, String> ownData) {
		this.accepted = ownData;
		return ownData;
	}

	/**
	 * Return what could not be published with the last call, and why.
	 */
	List<String> getProblems() {
		return List.copyOf(this.problems);
	}

}
