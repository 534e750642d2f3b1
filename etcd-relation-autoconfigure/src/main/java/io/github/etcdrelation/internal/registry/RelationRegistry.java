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

package io.github.etcdrelation.internal.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.client.RelationAwareCustomizer;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * All relations of the application. As a lifecycle it publishes their states after all
 * listeners are registered and before the web server accepts requests.
 */
public final class RelationRegistry implements EtcdRelations, SmartLifecycle, AutoCloseable {

	private final Map<String, ManagedRelation> relations = new LinkedHashMap<>();

	private final Map<Client, String> clients = Collections.synchronizedMap(new IdentityHashMap<>());

	private final RelationResources resources;

	private volatile boolean running;

	/**
	 * Create a registry without relations.
	 * @param resources what the relations share, closed with the registry
	 */
	public RelationRegistry(RelationResources resources) {
		this.resources = resources;
	}

	/**
	 * Return what the relations share.
	 * @return the resources
	 */
	public RelationResources getResources() {
		return this.resources;
	}

	/**
	 * Add a relation.
	 * @param relation the relation, closed with the registry
	 */
	public void add(ManagedRelation relation) {
		this.relations.put(relation.name(), relation);
	}

	@Override
	public EtcdRelation get(String name) {
		return getManaged(name).reconciler().getRelation();
	}

	@Override
	public Set<String> getNames() {
		return Collections.unmodifiableSet(this.relations.keySet());
	}

	@Override
	public void refresh(String name) {
		this.resources.refreshExecutor().join(getManaged(name).reconciler()::refresh);
	}

	/**
	 * Return a managed relation.
	 * @param name the name of the relation
	 * @return the relation
	 * @throws IllegalArgumentException if there is none of that name
	 */
	public ManagedRelation getManaged(String name) {
		ManagedRelation relation = this.relations.get(name);
		Assert.isTrue(relation != null,
				() -> "No relation '%s', there are %s".formatted(name, this.relations.keySet()));
		return relation;
	}

	/**
	 * Return all managed relations.
	 * @return the relations
	 */
	public Collection<ManagedRelation> getManaged() {
		return Collections.unmodifiableCollection(this.relations.values());
	}

	/**
	 * Create a client of a relation.
	 * @param name the name of the relation
	 * @param customizers applied last, in their order
	 * @return a new client
	 */
	public Client createClient(String name, List<EtcdClientBuilderCustomizer> customizers) {
		Client client = getManaged(name).createClient(customizers.stream()
			.map((customizer) -> (customizer instanceof RelationAwareCustomizer aware) ? aware.forRelation(name)
					: customizer)
			.toList());
		this.clients.put(client, name);
		return client;
	}

	/**
	 * Return the name of the relation that a client was created for.
	 * @param client the client
	 * @return the name, {@code null} if the client is one of the application's own
	 */
	public @Nullable String getRelationName(Client client) {
		return this.clients.get(client);
	}

	@Override
	public void start() {
		this.running = true;
		this.relations.values().forEach((relation) -> relation.reconciler().start());
		this.relations.values()
			.stream()
			.filter((relation) -> relation.verificationTimeout() != null)
			.map(ManagedRelation::verify)
			.toList()
			.forEach(Runnable::run);
	}

	@Override
	public void stop() {
		this.running = false;
		this.relations.values().forEach((relation) -> relation.reconciler().stop());
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return RefreshExecutor.PHASE;
	}

	@Override
	public void close() {
		this.resources.closeSources();
		this.relations.values().forEach(ManagedRelation::close);
		this.resources.close();
	}

}
