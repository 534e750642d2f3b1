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

package io.github.etcdrelation.internal.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag.Response;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Derives the snapshot of a relation of the interface {@code etcd_client}. One response
 * of the provider supplies all values, and the own side the certificate.
 */
final class EtcdClientDerivation {

	private static final Response NOTHING = new Response(null, null, null, null, null, null, null, null);

	private final RelationView view;

	private final Map<String, String> own;

	private final List<Response> responses = new ArrayList<>();

	private final List<RequestRefusal> refusals = new ArrayList<>();

	private EtcdClientDerivation(RelationView view) {
		this.view = view;
		this.own = view.getOwnData();
		for (RemoteApplication application : view.getApplications().values()) {
			EtcdClientDatabag databag = new EtcdClientDatabag(application);
			this.responses.addAll(databag.getResponses(own(RelationSnapshot.PREFIX)));
			this.refusals.addAll(databag.getRefusals());
		}
	}

	/**
	 * Return whether a view is of this interface: what the own side brings decides as
	 * long as the other side is silent, unless it may be for either interface.
	 */
	static boolean isRecognized(RelationView view) {
		return !ClassicDerivation.isRecognized(view) && view.getApplications()
			.values()
			.stream()
			.anyMatch((application) -> isBrought(view) || new EtcdClientDatabag(application).isRecognized());
	}

	private static boolean isBrought(RelationView view) {
		Map<String, String> own = view.getOwnData();
		return !own.getOrDefault(RelationSnapshot.PREFIX, "").isBlank()
				|| (!own.isEmpty() && !own.containsKey(RelationSnapshot.SSL_BUNDLE));
	}

	static RelationSnapshot derive(RelationView view) {
		return new EtcdClientDerivation(view).derive();
	}

	private RelationSnapshot derive() {
		Set<String> ids = new TreeSet<>(this.view.getRelations().keySet());
		ids.addAll(this.view.getApplications().keySet());
		if (ids.isEmpty()) {
			return RelationSnapshot.NONE;
		}
		Response response = choose();
		ClientCredentials credentials = new ClientCredentials(own(RelationSnapshot.CLIENT_CERT),
				own(RelationSnapshot.CLIENT_KEY), response.ca());
		Set<RelationState> states = EnumSet.of(RelationState.CONNECTED);
		if (response.getConnectionString() != null && response.username() != null) {
			states.add(RelationState.AVAILABLE);
			if (credentials.isComplete()) {
				states.add(RelationState.TLS_AVAILABLE);
			}
		}
		boolean available = states.contains(RelationState.AVAILABLE);
		String prefix = (response.prefix() != null) ? response.prefix() : own(RelationSnapshot.PREFIX);
		return new RelationSnapshot(Collections.unmodifiableSet(states), RelationInterface.ETCD_CLIENT,
				available ? response.getConnectionString() : null, available ? response.version() : null, credentials,
				new RelationSnapshot.Account(response.username(), response.password(), prefix),
				List.copyOf(this.refusals));
	}

	/**
	 * Choose a response: what can be connected to, if there is such.
	 */
	private Response choose() {
		return first(this.responses, Response::isComplete,
				first(this.responses,
						(response) -> response.getConnectionString() != null && response.username() != null,
						first(this.responses, Objects::nonNull, NOTHING)));
	}

	private static Response first(List<Response> responses, Predicate<Response> condition, Response fallback) {
		return responses.stream().filter(condition).findFirst().orElse(fallback);
	}

	private @Nullable String own(String key) {
		String value = this.own.get(key);
		return (value == null || value.isBlank()) ? null : value;
	}

}
