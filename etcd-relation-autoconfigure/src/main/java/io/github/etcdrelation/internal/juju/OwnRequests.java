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
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag.Response;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.OwnCertificate;
import io.github.etcdrelation.internal.tls.OwnCertificateCheck;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the own side requests something, and which own data may be used: a new
 * certificate only after it was published to a provider that answers.
 */
final class OwnRequests {

	private static final String NOTHING_REQUESTED = "nothing is requested, for 'prefix' is not set";

	private final HookTools tools;

	private final RequestPublisher publisher;

	private final Supplier<@Nullable String> keyPassword;

	private final List<String> problems = new ArrayList<>();

	private final Map<String, Map<String, String>> published = new HashMap<>();

	private final PublishedRequests unchanged;

	private final MissingRequest unrequested;

	private @Nullable String silent;

	private Map<String, String> accepted = Collections.emptyMap();

	// Decrypting a key takes long
	private @Nullable OwnCertificate chosen;

	private @Nullable Map<String, String> chosenFrom;

	private @Nullable String chosenWith;

	/**
	 * Create an instance.
	 * @param endpoint the endpoint
	 * @param keyPassword supplies the password of the own private key
	 * @param nanoTime the clock
	 */
	OwnRequests(JujuEndpoint endpoint, Supplier<@Nullable String> keyPassword, LongSupplier nanoTime) {
		this.keyPassword = keyPassword;
		this.tools = endpoint.getTools();
		this.publisher = new RequestPublisher(endpoint);
		this.unchanged = new PublishedRequests(nanoTime);
		this.unrequested = new MissingRequest(endpoint);
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
		this.silent = null;
		this.published.keySet().retainAll(applications.keySet());
		this.unchanged.retain(applications.keySet());
		String prefix = ownData.getOrDefault(RelationSnapshot.PREFIX, "");
		if (applications.isEmpty() || !isRequest(ownData)) {
			if (prefix.isBlank() && hasPair(ownData) && this.unrequested.isFound(applications)) {
				this.silent = NOTHING_REQUESTED;
				this.problems.add(NOTHING_REQUESTED);
			}
			return accept(ownData);
		}
		OwnCertificate own;
		try {
			own = choose(ownData);
		}
		catch (InvalidRelationDataException ex) {
			this.silent = addProblem(ex);
			// Who uses it refuses it with an event, and keeps the former one
			return ownData;
		}
		try {
			if (!this.tools.isLeader()) {
				this.unchanged.clear();
				return accept(ownData);
			}
			if (!isPublishable(own, ownData)) {
				return this.accepted.isEmpty() ? ownData : this.accepted;
			}
			String chain = own.toChain();
			applications.forEach((relationId, application) -> {
				if (publish(relationId, application, chain, prefix)) {
					this.published.put(relationId, ownData);
				}
			});
		}
		catch (InvalidRelationDataException ex) {
			this.unchanged.clear();
			this.problems.add("it is not known whether this unit is the leader: " + describe(ex));
		}
		// Servers do not know a certificate yet that was not published
		return (this.accepted.isEmpty() || isPublished(applications, ownData)) ? accept(ownData) : this.accepted;
	}

	/**
	 * Return whether own data is enough for a request.
	 */
	static boolean isRequest(Map<String, String> ownData) {
		return !ownData.getOrDefault(RelationSnapshot.CLIENT_CERT, "").isBlank()
				&& !ownData.getOrDefault(RelationSnapshot.PREFIX, "").isBlank();
	}

	private static boolean hasPair(Map<String, String> ownData) {
		return !ownData.getOrDefault(RelationSnapshot.CLIENT_CERT, "").isBlank()
				&& !ownData.getOrDefault(RelationSnapshot.CLIENT_KEY, "").isBlank();
	}

	private OwnCertificate choose(Map<String, String> ownData) {
		try {
			String password = this.keyPassword.get();
			if (this.chosen == null || !ownData.equals(this.chosenFrom) || !Objects.equals(password, this.chosenWith)) {
				OwnCertificate own = OwnCertificate.of(ownData.getOrDefault(RelationSnapshot.CLIENT_CERT, ""),
						ownData.get(RelationSnapshot.CLIENT_KEY), password);
				OwnCertificateCheck.check(own);
				this.chosen = own;
				this.chosenFrom = ownData;
				this.chosenWith = password;
			}
			return this.chosen;
		}
		catch (InvalidRelationDataException ex) {
			throw describe(ex, ownData);
		}
	}

	private boolean isPublishable(OwnCertificate own, Map<String, String> ownData) {
		try {
			own.requirePublishable();
			return true;
		}
		catch (InvalidRelationDataException ex) {
			addProblem(describe(ex, ownData));
			return false;
		}
	}

	private static InvalidRelationDataException describe(InvalidRelationDataException refused,
			Map<String, String> ownData) {
		String bundle = ownData.get(RelationSnapshot.SSL_BUNDLE);
		return (bundle != null) ? OwnCertificateCheck.ofBundle(refused, bundle) : refused;
	}

	private String addProblem(InvalidRelationDataException failure) {
		String problem = "the own client certificate cannot be published: " + describe(failure);
		this.problems.add(problem);
		return problem;
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

	/**
	 * Return whether an application answers a request.
	 */
	static boolean isAnswered(RemoteApplication application) {
		return new EtcdClientDatabag(application).getResponses(null).stream().anyMatch(Response::isComplete);
	}

	private boolean publish(String relationId, RemoteApplication application, String chain, String prefix) {
		List<Object> request = List.of(chain, prefix, CrossModel.isAssumed(application.databag()));
		if (this.unchanged.contains(relationId, request)) {
			return true;
		}
		// The effect of a call that fails is unknown
		this.unchanged.remove(relationId);
		try {
			this.publisher.publish(relationId, application, chain, prefix);
			this.unchanged.add(relationId, request);
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
	 * Return the relations in which this unit, as the leader, has a request published.
	 */
	Set<String> getRelationIds() {
		return Set.copyOf(this.published.keySet());
	}

	/**
	 * Return what could not be published with the last call, and why.
	 */
	List<String> getProblems() {
		return List.copyOf(this.problems);
	}

	/**
	 * Return whether a problem is not logged: who uses the own data reports it, or it may
	 * pass once the charm requests.
	 */
	boolean isSilent(String problem) {
		return problem.equals(this.silent);
	}

}
