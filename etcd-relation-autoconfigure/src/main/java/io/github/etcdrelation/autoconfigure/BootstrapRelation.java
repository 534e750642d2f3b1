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

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The default relation before there is an application context, for what is read from etcd
 * by then. As a singleton of the context it is replaced by the context's relation if that
 * has the same properties and no beans as its source. Thread-safe.
 *
 * @since 0.1.0
 */
public final class BootstrapRelation implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(BootstrapRelation.class);

	private final RelationRegistry registry;

	private final RelationResources resources;

	private final ManagedRelation relation;

	private final RelationDefinition definition;

	private final Map<String, Object> properties;

	private boolean handedOver;

	private boolean replaced;

	private BootstrapRelation(RelationRegistry registry, RelationResources resources, RelationDefinition definition,
			Map<String, Object> properties) {
		this.registry = registry;
		this.resources = resources;
		this.relation = registry.getManaged(definition.name());
		this.definition = definition;
		this.properties = properties;
	}

	/**
	 * Create the relation from properties below {@code etcd.relation}, or from a service
	 * binding.
	 * @param binder the binder of the properties
	 * @return the relation, {@code null} if none is configured or
	 * {@code etcd.relation.enabled} is {@code false}
	 * @throws InvalidRelationConfigurationException if the properties cannot be used
	 */
	public static @Nullable BootstrapRelation create(Binder binder) {
		BinderEnvironment environment = BinderEnvironment.of(binder);
		return GivenProperties.withOrigins(environment, () -> create(binder, environment));
	}

	private static @Nullable BootstrapRelation create(Binder binder, BinderEnvironment environment) {
		RelationDefinition definition = RelationDefinition.ofDefault(
				new RelationPropertiesBinder(binder, () -> new FurtherKeys(environment)).bindDefault(), environment,
				null);
		if (!definition.properties().isEnabled()) {
			return null;
		}
		SslBundles sslBundles = BinderSslBundles.of(binder, definition.properties().getSsl().getBundle());
		RelationFactory factory = new RelationFactory(sslBundles, null, (event) -> {
		}, new GivenProperties(environment), false);
		RelationConnections connections = RelationConnections.create();
		RelationRegistry registry = factory.create(definition, Collections.emptyMap(), Stream.empty(), connections);
		if (registry.getNames().isEmpty()) {
			registry.close();
			return null;
		}
		registry.getManaged(definition.name()).reconciler().start();
		return new BootstrapRelation(registry, connections.resources(), definition, environment.getProperties());
	}

	/**
	 * Return the relation, which is kept up to date until it is replaced.
	 * @return the relation
	 */
	public EtcdRelation getRelation() {
		return this.relation.reconciler().getRelation();
	}

	/**
	 * Create a client, which is usable until this relation is closed, and where
	 * connections were handed over until the context is.
	 * @return a new client, for the caller to close
	 * @throws InvalidRelationConfigurationException if the properties do not permit it
	 */
	public Client createClient() {
		try {
			return this.registry.createClient(this.relation.name(), List.of());
		}
		catch (InvalidRelationDataException ex) {
			throw InvalidRelationConfigurationException.ofProperty(this.relation.prefix(), ex);
		}
	}

	/**
	 * Create a client of a context's default relation.
	 * @param relations the relations of the context
	 * @param properties the properties of the default relation
	 * @return a new client, for the caller to close, {@code null} without such a relation
	 */
	public static @Nullable Client createSuccessor(EtcdRelations relations, EtcdRelationProperties properties) {
		String name = RelationDefinition.defaultName(properties);
		return (relations instanceof RelationRegistry registry && registry.getNames().contains(name))
				? registry.createClient(name, List.of()) : null;
	}

	/**
	 * Return whether the context has a relation to the same etcd, so that this one is not
	 * needed any more.
	 * @return whether it is replaced
	 */
	public synchronized boolean isReplaced() {
		return this.replaced;
	}

	/**
	 * Find out whether the context's relation replaces this one, and hand threads and
	 * channel over to it, which the caller closes from then on. The source of this
	 * relation is no longer read then.
	 * @param successor the context's relation
	 * @param hasBean whether a bean is its source
	 * @param environment the environment of the context
	 * @return what was handed over, {@code null} if that is not possible: the other
	 * relation is not the same, or has an SSL bundle as an object of its own
	 */
	synchronized @Nullable RelationConnections handOver(RelationDefinition successor, boolean hasBean,
			Environment environment) {
		if (this.handedOver) {
			return null;
		}
		this.replaced = !hasBean && successor.connectionDetails() == null && successor.isLike(this.definition)
				&& this.properties.equals(BinderEnvironment.of(Binder.get(environment)).getProperties());
		if (!this.replaced) {
			logger.info(
					"Configuration was imported over another connection to etcd than relation '%s' has: its properties or its source are others than those when configuration was imported"
						.formatted(successor.name()));
			return null;
		}
		if (StringUtils.hasText(this.definition.properties().getSsl().getBundle())) {
			return null;
		}
		this.handedOver = true;
		this.registry.stop();
		// What it applies at this moment is not to come after what the context's applies
		RefreshExecutor executor = this.resources.refreshExecutor();
		executor.join(() -> CompletableFuture.runAsync(() -> {
		}, executor::execute));
		return new RelationConnections(this.resources, this.relation.channel());
	}

	/**
	 * Close the relation, unless connections were handed over.
	 */
	@Override
	public synchronized void close() {
		if (!this.handedOver) {
			this.handedOver = true;
			this.registry.close();
		}
	}

}
