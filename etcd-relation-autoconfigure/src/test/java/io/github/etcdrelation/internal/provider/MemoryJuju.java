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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.HookTools;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.SecretTools;
import io.github.etcdrelation.internal.juju.SecretUnavailableException;

/**
 * Hook tools of the unit {@code etcd/0} with what Juju would keep: databags of
 * applications, secrets with their revisions, labels and grants, and leadership.
 */
final class MemoryJuju implements HookTools {

	static final String OWN = "etcd";

	final Map<String, List<String>> units = new TreeMap<>();

	final Map<String, String> applications = new TreeMap<>();

	final Map<String, Map<String, String>> remote = new TreeMap<>();

	final Map<String, Map<String, String>> own = new TreeMap<>();

	final Map<String, Secret> secrets = new LinkedHashMap<>();

	final List<String> writes = Collections.synchronizedList(new ArrayList<>());

	final Map<String, String> environment = new ConcurrentSkipListMap<>(Map.of("JUJU_UNIT_NAME", OWN + "/0"));

	volatile boolean leader = true;

	volatile String failing = "";

	final AtomicInteger failures = new AtomicInteger();

	private int nextSecret;

	JujuEndpoint endpoint() {
		return new JujuEndpoint("etcd-client", this, new HookEnvironment(this.environment::get));
	}

	/**
	 * Relate an application that has not made a request yet.
	 */
	synchronized void relate(String relationId, String application) {
		this.units.put(relationId, List.of(application + "/0"));
		this.applications.put(relationId, application);
		this.remote.put(relationId, new ConcurrentSkipListMap<>());
		this.own.put(relationId, new ConcurrentSkipListMap<>());
	}

	synchronized void remove(String relationId) {
		this.units.remove(relationId);
		this.applications.remove(relationId);
		this.remote.remove(relationId);
		this.own.remove(relationId);
	}

	/**
	 * Make the only request of a relation, in version 0.
	 */
	synchronized String request(String relationId, String prefix, String certificate) {
		String uri = share(relationId, certificate);
		Map<String, String> databag = this.remote.get(relationId);
		databag.put("requested-secrets", "[\"username\", \"uris\", \"tls\", \"tls-ca\"]");
		databag.put("provided-secrets", "[\"mtls-cert\"]");
		databag.put("prefix", prefix);
		databag.put("secret-mtls", uri);
		return uri;
	}

	/**
	 * Make requests in version 1, of which each is id, prefix and certificate.
	 */
	synchronized void requests(String relationId, List<List<String>> requests) {
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
		this.remote.get(relationId).put("version", "v1");
		this.remote.get(relationId).put("requests", DatabagJson.writeValue(list));
	}

	private String share(String relationId, String certificate) {
		Secret secret = new Secret("of the requirer", this.applications.get(relationId));
		secret.revisions.add(Map.of("mtls-cert", certificate));
		secret.grants.add(relationId);
		return put(secret);
	}

	private String put(Secret secret) {
		String uri;
		do {
			uri = "secret:%020d".formatted(this.nextSecret++);
		}
		while (this.secrets.containsKey(uri));
		this.secrets.put(uri, secret);
		return uri;
	}

	Secret own(String label) {
		return this.secrets.values()
			.stream()
			.filter((secret) -> secret.owner.equals(OWN) && secret.label.equals(label))
			.findFirst()
			.orElseThrow();
	}

	Set<String> ownLabels() {
		Set<String> labels = new TreeSet<>();
		this.secrets.values().stream().filter((secret) -> secret.owner.equals(OWN)).forEach((s) -> labels.add(s.label));
		return labels;
	}

	@Override
	public synchronized List<String> relationIds(String endpoint) {
		failIf("relation-ids");
		return List.copyOf(this.units.keySet());
	}

	@Override
	public synchronized List<String> relationList(String relationId) {
		return this.units.get(relationId);
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		throw new IllegalStateException("Databags of units are of no interest");
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		throw new IllegalStateException("Databags of units are of no interest");
	}

	@Override
	public synchronized String relationApplication(String relationId) {
		return this.applications.get(relationId);
	}

	@Override
	public synchronized Map<String, String> applicationGet(String relationId, String application) {
		failIf("relation-get " + relationId);
		if (application.equals(OWN)) {
			checkLeader("relation-get");
			return Map.copyOf(this.own.get(relationId));
		}
		return Map.copyOf(this.remote.get(relationId));
	}

	@Override
	public synchronized void applicationSet(String relationId, Map<String, String> values) {
		failIf("relation-set " + relationId);
		checkLeader("relation-set");
		this.writes.add("relation-set " + relationId + " " + new TreeSet<>(values.keySet()));
		Map<String, String> databag = this.own.get(relationId);
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
		return new Secrets();
	}

	private void failIf(String tool) {
		if (tool.equals(this.failing)) {
			this.failures.incrementAndGet();
			throw new InvalidRelationDataException("juju.enabled", "words of " + tool, null);
		}
	}

	private void checkLeader(String tool) {
		if (!this.leader) {
			throw new InvalidRelationDataException("juju.enabled", tool + " is for the leader", null);
		}
	}

	/**
	 * A secret.
	 */
	static final class Secret {

		final String label;

		final String owner;

		final List<Map<String, String>> revisions = new ArrayList<>();

		final Set<String> grants = new TreeSet<>();

		Secret(String label, String owner) {
			this.label = label;
			this.owner = owner;
		}

		Map<String, String> content() {
			return this.revisions.get(this.revisions.size() - 1);
		}

	}

	private final class Secrets implements SecretTools {

		@Override
		public Map<String, String> get(String uri, String label) {
			synchronized (MemoryJuju.this) {
				failIf("secret-get");
				Secret secret = MemoryJuju.this.secrets.get(uri);
				if (secret == null || secret.owner.equals(OWN) || secret.grants.isEmpty()) {
					throw new InvalidRelationDataException("juju.enabled", uri + " is not granted", null);
				}
				return secret.content();
			}
		}

		@Override
		public Map<String, String> getOwn(String uri) {
			synchronized (MemoryJuju.this) {
				return owned(uri).content();
			}
		}

		@Override
		public String add(String label, Map<String, String> content) {
			synchronized (MemoryJuju.this) {
				failIf("secret-add");
				checkLeader("secret-add");
				if (ownLabels().contains(label)) {
					String uri = find(label);
					set(uri, content);
					return uri;
				}
				Secret secret = new Secret(label, OWN);
				secret.revisions.add(content);
				MemoryJuju.this.writes.add("secret-add " + label);
				return put(secret);
			}
		}

		@Override
		public void set(String uri, Map<String, String> content) {
			synchronized (MemoryJuju.this) {
				failIf("secret-set");
				checkLeader("secret-set");
				owned(uri).revisions.add(content);
				MemoryJuju.this.writes.add("secret-set " + owned(uri).label);
			}
		}

		@Override
		public void grant(String uri, String relationId) {
			synchronized (MemoryJuju.this) {
				failIf("secret-grant");
				checkLeader("secret-grant");
				owned(uri).grants.add(relationId);
				MemoryJuju.this.writes.add("secret-grant " + owned(uri).label + " " + relationId);
			}
		}

		private String find(String label) {
			return MemoryJuju.this.secrets.entrySet()
				.stream()
				.filter((entry) -> entry.getValue().owner.equals(OWN) && entry.getValue().label.equals(label))
				.map(Map.Entry::getKey)
				.findFirst()
				.orElseThrow();
		}

		private Secret owned(String uri) {
			Secret secret = MemoryJuju.this.secrets.get(uri);
			if (secret == null || !secret.owner.equals(OWN)) {
				throw new SecretUnavailableException(
						new InvalidRelationDataException("juju.enabled", uri + " is not owned", null));
			}
			return secret;
		}

	}

}
