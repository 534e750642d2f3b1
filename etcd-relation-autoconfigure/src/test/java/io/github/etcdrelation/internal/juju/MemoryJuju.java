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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

import io.github.etcdrelation.internal.databag.DatabagJson;

/**
 * Hook tools of unit 0 of an application with what Juju would keep for one endpoint:
 * databags, secrets with their labels and grants, and leadership.
 */
public final class MemoryJuju extends MemorySecrets implements HookTools {

	public final Map<String, String> environment = new ConcurrentSkipListMap<>();

	private final Map<String, Relation> relations = new TreeMap<>();

	private final Set<String> unlisted = new TreeSet<>();

	private final String application;

	private final String endpoint;

	public MemoryJuju(String application, String endpoint) {
		this.application = application;
		this.endpoint = endpoint;
		this.environment.put("JUJU_UNIT_NAME", application + "/0");
	}

	/**
	 * Return the endpoint.
	 * @param tools these hook tools or others that use them
	 */
	public JujuEndpoint endpoint(HookTools tools) {
		return new JujuEndpoint(this.endpoint, tools, new HookEnvironment(this.environment::get));
	}

	/**
	 * Add a relation to an application that has published nothing yet.
	 */
	public synchronized Relation relate(String relationId, String remoteApplication, String... units) {
		Relation relation = new Relation(remoteApplication);
		for (String unit : units) {
			relation.units.put(unit, new ConcurrentSkipListMap<>());
		}
		this.relations.put(relationId, relation);
		return relation;
	}

	/**
	 * End a relation.
	 */
	public synchronized void end(String relationId) {
		this.relations.remove(relationId);
	}

	/**
	 * Leave a relation that ends out of the list, while its databags can be read.
	 */
	public synchronized void unlist(String relationId) {
		this.unlisted.add(relationId);
	}

	/**
	 * Run the hook for the end of a relation, which lives on for other units of the
	 * application if it is listed.
	 */
	public void breakUp(String relationId) {
		this.environment.put("JUJU_HOOK_NAME", this.endpoint + "-relation-broken");
		this.environment.put("JUJU_RELATION_ID", relationId);
	}

	public synchronized Relation relation(String relationId) {
		Relation relation = this.relations.get(relationId);
		if (relation == null) {
			throw failure("relation " + relationId + " not found");
		}
		return relation;
	}

	/**
	 * Make the only request of a relation, in version 0.
	 */
	public synchronized String request(String relationId, String prefix, String certificate) {
		String uri = share(relationId, certificate);
		Map<String, String> databag = relation(relationId).remote;
		databag.put("requested-secrets", "[\"username\", \"uris\", \"tls\", \"tls-ca\"]");
		databag.put("provided-secrets", "[\"mtls-cert\"]");
		databag.put("prefix", prefix);
		databag.put("secret-mtls", uri);
		return uri;
	}

	/**
	 * Make requests in version 1, of which each is id, prefix and certificate.
	 */
	public synchronized void requests(String relationId, List<List<String>> requests) {
		List<Object> list = new ArrayList<>();
		for (List<String> request : requests) {
			Map<String, Object> object = new LinkedHashMap<>();
			object.put("resource", request.get(1));
			object.put("request-id", request.get(0));
			object.put("salt", "salt-of-" + request.get(0));
			object.put("external-node-connectivity", false);
			object.put("secret-mtls", share(relationId, request.get(2)));
			list.add(object);
		}
		relation(relationId).remote.put("version", "v1");
		relation(relationId).remote.put("requests", DatabagJson.writeValue(list));
	}

	private String share(String relationId, String certificate) {
		String uri = nextUri();
		setSecret(uri, Map.of("mtls-cert", certificate)).granted.add(relationId);
		return uri;
	}

	@Override
	public synchronized List<String> relationIds(String name) {
		failIf("relation-ids");
		return name.equals(this.endpoint)
				? this.relations.keySet().stream().filter((id) -> !this.unlisted.contains(id)).toList() : List.of();
	}

	@Override
	public synchronized List<String> relationList(String relationId) {
		return List.copyOf(relation(relationId).units.keySet());
	}

	@Override
	public synchronized Map<String, String> relationGet(String relationId, String unit) {
		return Map.copyOf(relation(relationId).units.get(unit));
	}

	@Override
	public synchronized void relationSet(String relationId, Map<String, String> values) {
		update(relation(relationId).ownUnit, values);
	}

	@Override
	public synchronized String relationApplication(String relationId) {
		return relation(relationId).application;
	}

	@Override
	public synchronized Map<String, String> applicationGet(String relationId, String name) {
		failIf("relation-get " + relationId);
		if (name.equals(this.application)) {
			checkLeader("relation-get");
			return Map.copyOf(relation(relationId).own);
		}
		return Map.copyOf(relation(relationId).remote);
	}

	@Override
	public synchronized void applicationSet(String relationId, Map<String, String> values) {
		failIf("relation-set " + relationId);
		checkLeader("relation-set");
		this.writes.add("relation-set " + relationId + " " + new TreeSet<>(values.keySet()));
		update(relation(relationId).own, values);
	}

	private static void update(Map<String, String> databag, Map<String, String> values) {
		databag.putAll(values);
		databag.values().removeIf(String::isEmpty);
	}

	@Override
	public boolean isLeader() {
		failIf("is-leader");
		return this.leader;
	}

	@Override
	public SecretTools getSecretTools() {
		return this;
	}

	/**
	 * A relation.
	 */
	public static final class Relation {

		final String application;

		public final Map<String, Map<String, String>> units = new TreeMap<>();

		public final Map<String, String> remote = new ConcurrentSkipListMap<>();

		public final Map<String, String> own = new ConcurrentSkipListMap<>();

		public final Map<String, String> ownUnit = new ConcurrentSkipListMap<>();

		private Relation(String application) {
			this.application = application;
		}

	}

}
