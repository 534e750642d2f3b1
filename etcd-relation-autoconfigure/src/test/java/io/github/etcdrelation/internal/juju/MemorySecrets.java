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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * Secrets of an application and those granted to it, as Juju would keep them, and whether
 * the unit is the leader.
 */
public abstract class MemorySecrets implements SecretTools {

	public final Map<String, Secret> secrets = new LinkedHashMap<>();

	public final List<String> writes = Collections.synchronizedList(new ArrayList<>());

	public volatile boolean leader = true;

	/**
	 * The tool, for databags with the relation, that fails.
	 */
	public volatile String failing = "";

	public final AtomicInteger failures = new AtomicInteger();

	private int nextSecret;

	/**
	 * Set the content of a secret of the other side, which is granted.
	 */
	public synchronized Secret setSecret(String uri, Map<String, String> content) {
		Secret secret = new Secret(null, content);
		secret.granted.add("this unit");
		this.secrets.put(uri, secret);
		return secret;
	}

	final String nextUri() {
		String uri;
		do {
			uri = "secret:%020d".formatted(this.nextSecret++);
		}
		while (this.secrets.containsKey(uri));
		return uri;
	}

	/**
	 * Return a secret of the own application.
	 */
	public synchronized Secret own(String label) {
		return this.secrets.get(find(label).orElseThrow());
	}

	public synchronized Set<String> ownLabels() {
		Set<String> labels = new TreeSet<>();
		this.secrets.values().stream().filter(Secret::isOwn).forEach((secret) -> labels.add(secret.label));
		return labels;
	}

	@Override
	public synchronized Map<String, String> get(String uri, String label) {
		failIf("secret-get");
		Secret secret = this.secrets.get(uri);
		if (secret == null || secret.isOwn() || secret.granted.isEmpty()) {
			throw new SecretUnavailableException(failure(uri + " is not granted: permission denied"));
		}
		return secret.content;
	}

	@Override
	public synchronized Map<String, String> getOwn(String uri) {
		checkLeader("secret-get");
		return owned(uri).content;
	}

	@Override
	public synchronized String add(String label, Map<String, String> content) {
		failIf("secret-add");
		checkLeader("secret-add");
		String existing = find(label).orElse(null);
		if (existing != null) {
			set(existing, content);
			return existing;
		}
		this.writes.add("secret-add " + label);
		String uri = nextUri();
		this.secrets.put(uri, new Secret(label, content));
		return uri;
	}

	@Override
	public synchronized void set(String uri, Map<String, String> content) {
		failIf("secret-set");
		checkLeader("secret-set");
		owned(uri).revise(content);
		this.writes.add("secret-set " + owned(uri).label);
	}

	@Override
	public synchronized void grant(String uri, String relationId) {
		failIf("secret-grant");
		checkLeader("secret-grant");
		owned(uri).granted.add(relationId);
		this.writes.add("secret-grant " + owned(uri).label + " " + relationId);
	}

	@Override
	public synchronized Optional<String> find(String label) {
		failIf("secret-info-get");
		return this.secrets.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().isOwn() && label.equals(entry.getValue().label))
			.map(Map.Entry::getKey)
			.findFirst();
	}

	@Override
	public synchronized void remove(String uri) {
		failIf("secret-remove");
		checkLeader("secret-remove");
		this.writes.add("secret-remove " + owned(uri).label);
		this.secrets.remove(uri);
	}

	final void failIf(String tool) {
		if (tool.equals(this.failing)) {
			this.failures.incrementAndGet();
			throw failure("words of " + tool);
		}
	}

	final void checkLeader(String tool) {
		if (!this.leader) {
			throw failure(tool + " is for the leader");
		}
	}

	private Secret owned(String uri) {
		Secret secret = this.secrets.get(uri);
		if (secret == null || !secret.isOwn()) {
			throw new SecretUnavailableException(failure("secret \"" + uri + "\" not found"));
		}
		return secret;
	}

	static InvalidRelationDataException failure(String reason) {
		return new InvalidRelationDataException("juju.enabled", reason, null);
	}

	/**
	 * A secret, that of the own application if it has a label.
	 */
	public static final class Secret {

		final @Nullable String label;

		public final Set<String> granted = new TreeSet<>();

		public Map<String, String> content;

		public int revisions = 1;

		Secret(@Nullable String label, Map<String, String> content) {
			this.label = label;
			this.content = content;
		}

		public boolean isOwn() {
			return this.label != null;
		}

		public void revise(Map<String, String> next) {
			this.content = next;
			this.revisions++;
		}

	}

}
