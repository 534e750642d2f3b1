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

package io.github.etcdrelation.autoconfigure;

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
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;

/**
 * All relations of the application and what belongs to them.
 */
final class RelationRegistry implements EtcdRelations, AutoCloseable {

	private final Map<String, ConfiguredRelation> relations = new LinkedHashMap<>();

	private final Map<Client, String> clients = Collections.synchronizedMap(new IdentityHashMap<>());

	private final RelationResources resources;

	RelationRegistry(RelationResources resources) {
		this.resources = resources;
	}

	void add(ConfiguredRelation relation) {
		this.relations.put(relation.getName(), relation);
	}

	@Override
	public EtcdRelation get(String name) {
		return relation(name).getManagedRelation().getRelation();
	}

	@Override
	public Set<String> getNames() {
		return Collections.unmodifiableSet(this.relations.keySet());
	}

	@Override
	public void refresh(String name) {
		this.resources.refreshExecutor().join(relation(name).getManagedRelation()::refresh);
	}

	Collection<ConfiguredRelation> getRelations() {
		return this.relations.values();
	}

	Client createClient(String name, List<EtcdClientBuilderCustomizer> customizers) {
		Client client = relation(name).createClient(customizers.stream()
			.map((customizer) -> (customizer instanceof RelationAwareCustomizer aware) ? aware.forRelation(name)
					: customizer)
			.toList());
		this.clients.put(client, name);
		return client;
	}

	/**
	 * Return the name of the relation that a client was created for, {@code null} if it
	 * is the application's.
	 */
	@Nullable String getRelationName(Client client) {
		return this.clients.get(client);
	}

	/**
	 * Return the SSL bundle that a relation uses in place of its credentials.
	 */
	@Nullable SslBundle getSslBundle(String name) {
		return relation(name).getSslBundle();
	}

	void start() {
		this.relations.values().forEach((relation) -> relation.getManagedRelation().start());
	}

	void stop() {
		this.relations.values().forEach((relation) -> relation.getManagedRelation().stop());
	}

	ConfiguredRelation relation(String name) {
		ConfiguredRelation relation = this.relations.get(name);
		Assert.isTrue(relation != null,
				() -> "No relation '%s', there are %s".formatted(name, this.relations.keySet()));
		return relation;
	}

	@Override
	public void close() {
		this.resources.closeSources();
		this.relations.values().forEach(ConfiguredRelation::close);
		this.resources.close();
	}

}
