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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.state.OwnDataSupplier;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * {@link RelationSource} that reads the databags and secrets of an endpoint's relations
 * with the hook tools of Juju, and publishes what the own side requests. The relation has
 * the name of the endpoint.
 */
public final class JujuRelationSource implements RelationSource {

	private static final Log logger = LogFactory.getLog(JujuRelationSource.class);

	private final JujuEndpoint endpoint;

	private final @Nullable RelationInterface relationInterface;

	private final OwnDataSupplier ownData;

	private final RemoteApplicationReader applications;

	private final OwnRequests requests;

	private final EndedRequests endedRequests;

	private List<String> problems = Collections.emptyList();

	private boolean explained;

	private volatile @Nullable String missing;

	/**
	 * Create a source.
	 * @param endpoint the endpoint
	 * @param relationInterface the interface of the endpoint, {@code null} if its data
	 * decides
	 * @param ownData supplies what the own side brings
	 */
	public JujuRelationSource(JujuEndpoint endpoint, @Nullable RelationInterface relationInterface,
			OwnDataSupplier ownData) {
		this(endpoint, relationInterface, ownData, System::nanoTime);
	}

	JujuRelationSource(JujuEndpoint endpoint, @Nullable RelationInterface relationInterface, OwnDataSupplier ownData,
			LongSupplier nanoTime) {
		this.endpoint = endpoint;
		this.relationInterface = relationInterface;
		this.ownData = ownData;
		this.applications = new RemoteApplicationReader(endpoint.getTools(), relationInterface);
		this.requests = new OwnRequests(endpoint, ownData::getKeyPassword, nanoTime);
		this.endedRequests = new EndedRequests(endpoint.getTools());
	}

	@Override
	public String getRelationName() {
		return this.endpoint.getName();
	}

	@Override
	public String getDescription() {
		return "Juju endpoint " + this.endpoint.getName();
	}

	@Override
	public synchronized RelationView read() {
		List<String> relationIds = this.endpoint.getRelationIds();
		Map<String, Map<String, Map<String, String>>> relations = readUnits(relationIds);
		Map<String, RemoteApplication> remote = readApplications(relations);
		boolean needed = isOwnDataNeeded(relations, remote);
		RelationView view = RelationView.of(relations)
			.withApplications(remote)
			.withOwnData(this.requests.publish(needed ? remote : Collections.emptyMap(),
					needed ? this.ownData.get() : Collections.emptyMap()));
		removeEnded(relationIds, relations);
		List<String> latest = new ArrayList<>(this.applications.getProblems());
		latest.addAll(this.requests.getProblems());
		report(latest);
		this.missing = describeMissing(view);
		return view;
	}

	private void removeEnded(List<String> relationIds, Map<String, Map<String, Map<String, String>>> relations) {
		List<String> ended = this.endpoint.getEnded(relationIds);
		boolean requesting = !ended.isEmpty() && this.relationInterface != RelationInterface.ETCD
				&& !isClassic(relations) && isRequesting();
		this.endedRequests.update(this.requests.getRelationIds(), requesting ? ended : Collections.emptyList(),
				relationIds);
	}

	private boolean isRequesting() {
		try {
			return OwnRequests.isRequest(this.ownData.get());
		}
		catch (InvalidRelationDataException ex) {
			// The end of a relation does not depend on what cannot be read
			return false;
		}
	}

	private Map<String, Map<String, Map<String, String>>> readUnits(List<String> relationIds) {
		Map<String, Map<String, Map<String, String>>> relations = new LinkedHashMap<>();
		for (String relationId : relationIds) {
			Map<String, Map<String, String>> units = new LinkedHashMap<>();
			for (String unit : this.endpoint.getUnits(relationId)) {
				units.put(unit, this.endpoint.getTools().relationGet(relationId, unit));
			}
			if (!units.isEmpty() || !this.endpoint.isBroken(relationId)) {
				relations.put(relationId, units);
			}
		}
		return relations;
	}

	private Map<String, RemoteApplication> readApplications(Map<String, Map<String, Map<String, String>>> relations) {
		this.applications.begin(relations.keySet());
		Map<String, RemoteApplication> remote = new LinkedHashMap<>();
		if (!isClassic(relations)) {
			relations.forEach((relationId, units) -> {
				RemoteApplication application = this.endpoint.isBroken(relationId) ? null
						: this.applications.read(relationId, units.keySet());
				if (application != null) {
					remote.put(relationId, application);
				}
			});
		}
		return remote;
	}

	/**
	 * Return whether there is no need to look at applications: an endpoint has a single
	 * interface, which a single unit makes known.
	 */
	private boolean isClassic(Map<String, Map<String, Map<String, String>>> relations) {
		return this.relationInterface != RelationInterface.ETCD_CLIENT && relations.values()
			.stream()
			.flatMap((units) -> units.values().stream())
			.anyMatch((databag) -> !databag.getOrDefault(RelationSnapshot.CONNECTION_STRING, "").isBlank());
	}

	private boolean isOwnDataNeeded(Map<String, Map<String, Map<String, String>>> relations,
			Map<String, RemoteApplication> remote) {
		return (this.relationInterface != null) ? this.relationInterface == RelationInterface.ETCD_CLIENT
				: !isClassic(relations) && !remote.isEmpty();
	}

	private void report(List<String> latest) {
		for (String problem : latest) {
			if (!this.problems.contains(problem) && !this.requests.isSilent(problem)) {
				logger.warn("Relation '%s': %s".formatted(getRelationName(), Printable.of(problem)));
			}
		}
		this.problems = List.copyOf(latest);
	}

	private @Nullable String describeMissing(RelationView view) {
		RelationSnapshot snapshot = RelationSnapshot.derive(view, this.relationInterface);
		if (!snapshot.is(RelationState.CONNECTED)) {
			return "it is not connected, its source shows no remote unit";
		}
		if (!this.problems.isEmpty() && snapshot.refusals().isEmpty()) {
			this.explained = true;
			return String.join("; ", this.problems);
		}
		// What was said before holds no longer
		return this.explained ? snapshot.describeMissing() : null;
	}

	@Override
	public @Nullable String describeMissing() {
		String missing = this.missing;
		return (missing != null) ? Printable.of(missing) : null;
	}

}
