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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.client.ChannelUpdater;
import io.github.etcdrelation.internal.client.EtcdClientFactory;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.registry.RelationResources;
import io.github.etcdrelation.internal.registry.RelationUser;
import io.github.etcdrelation.internal.registry.RotationEvents;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.CredentialFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import io.github.etcdrelation.internal.tls.SslBundlePublisher;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Creates the relations of the application from their properties and sources.
 */
final class RelationFactory {

	private static final Log logger = LogFactory.getLog(RelationFactory.class);

	/**
	 * Items that connection details supply; all others are properties.
	 */
	private static final Set<String> CONNECTION_DETAILS = Set.of("connection-string", "client-cert", "client-key",
			"client-ca", "ssl.bundle");

	private final @Nullable SslBundles sslBundles;

	private final @Nullable SslBundleRegistry sslBundleRegistry;

	private final ApplicationEventPublisher publisher;

	private final GivenProperties given;

	private final boolean ownClient;

	/**
	 * Create a factory.
	 * @param sslBundles the SSL bundles of the application or {@code null}
	 * @param sslBundleRegistry where relations publish their credentials or {@code null}
	 * @param publisher publishes the events
	 * @param given the properties that are given
	 * @param ownClient whether the application creates clients itself, which may be what
	 * properties are given for
	 */
	RelationFactory(@Nullable SslBundles sslBundles, @Nullable SslBundleRegistry sslBundleRegistry,
			ApplicationEventPublisher publisher, GivenProperties given, boolean ownClient) {
		this.sslBundles = sslBundles;
		this.sslBundleRegistry = sslBundleRegistry;
		this.publisher = publisher;
		this.given = given;
		this.ownClient = ownClient;
	}

	/**
	 * Create the relations.
	 * @param defaultRelation what is configured of the default relation
	 * @param further the properties of the further relations by key
	 * @param sourceBeans the sources that are beans
	 * @param bootstrap the default relation until now or {@code null}
	 * @param environment the environment of the context
	 */
	RelationRegistry create(RelationDefinition defaultRelation, Map<String, EtcdRelationProperties> further,
			Stream<RelationSource> sourceBeans, @Nullable BootstrapRelation bootstrap, Environment environment) {
		List<RelationSource> beans = sourceBeans.toList();
		boolean hasBean = beans.stream().anyMatch((bean) -> bean.getRelationName().equals(defaultRelation.name()));
		RelationConnections connections = (bootstrap != null)
				? bootstrap.handOver(defaultRelation, hasBean, environment) : null;
		return create(defaultRelation, further, beans.stream(),
				(connections != null) ? connections : RelationConnections.create());
	}

	RelationRegistry create(RelationDefinition defaultRelation, Map<String, EtcdRelationProperties> further,
			Stream<RelationSource> sourceBeans, RelationConnections connections) {
		RelationResources resources = connections.resources();
		RelationRegistry registry = new RelationRegistry(resources);
		boolean created = false;
		try {
			RelationSources sources = new RelationSources(sourceBeans, resources);
			for (RelationDefinition definition : definitions(defaultRelation, further, sources)) {
				registry.add(create(definition, sources, connections));
			}
			created = true;
			return registry;
		}
		finally {
			if (!created) {
				connections.abandon();
				registry.close();
			}
		}
	}

	private List<RelationDefinition> definitions(RelationDefinition defaultRelation,
			Map<String, EtcdRelationProperties> further, RelationSources sources) {
		List<RelationDefinition> definitions = new ArrayList<>();
		if (defaultRelation.isConfigured() || sources.hasBean(defaultRelation.name())) {
			definitions.add(defaultRelation);
		}
		else {
			checkGiven(defaultRelation.prefix(), !further.isEmpty());
		}
		boolean hasDefault = !definitions.isEmpty();
		for (RelationDefinition definition : RelationDefinition.ofFurther(further)) {
			if (hasDefault && definition.name().equals(defaultRelation.name())) {
				throw InvalidRelationConfigurationException.ofDuplicateName(definition.name(), defaultRelation.prefix(),
						definition.prefix());
			}
			definitions.add(definition);
		}
		return definitions;
	}

	/**
	 * Check that nothing is given in vain of a relation without a connection string.
	 */
	private void checkGiven(String prefix, boolean others) {
		if (MissingConnectionStrings.isAheadOfTime()) {
			return;
		}
		InvalidRelationConfigurationException refusal = new MissingConnectionStrings(this.given).find(prefix, others);
		if (refusal != null && this.ownClient) {
			logger.warn(refusal.getMessage());
		}
		else if (refusal != null) {
			throw refusal;
		}
	}

	private ManagedRelation create(RelationDefinition definition, RelationSources sources,
			RelationConnections connections) {
		checkExclusive(definition);
		if (definition.lacksConnectionString() && !sources.hasBean(definition.name())) {
			checkGiven(definition.prefix(), false);
		}
		RelationChannel channel = connections.channel(definition);
		boolean created = false;
		try {
			ManagedRelation relation = create(definition, sources, connections.resources(), channel);
			this.given.misspelled(definition.prefix()).forEach((misspelled) -> logger.warn("Property " + misspelled));
			created = true;
			return relation;
		}
		catch (InvalidRelationDataException ex) {
			EtcdConnectionDetails connectionDetails = definition.connectionDetails();
			if (connectionDetails != null && CONNECTION_DETAILS.contains(ex.getItem())) {
				throw InvalidRelationConfigurationException.ofConnectionDetails(connectionDetails, ex);
			}
			throw InvalidRelationConfigurationException.ofProperty(definition.prefix(), ex);
		}
		finally {
			if (!created) {
				channel.close();
			}
		}
	}

	private ManagedRelation create(RelationDefinition definition, RelationSources sources, RelationResources resources,
			RelationChannel channel) {
		EtcdRelationProperties properties = definition.properties();
		ConfiguredSslBundle sslBundle = sslBundle(definition);
		SslBundleCache sslBundles = new SslBundleCache(properties.getClientKeyPassword());
		RelationUser user = user(definition);
		OwnSide ownSide = OwnSide.of(definition, sslBundle, sslBundles, resources.exposedFiles());
		RelationSource source = sources.get(definition, sslBundles, ownSide.data(), sslBundle);
		ChannelUpdater updater = new ChannelUpdater(channel, properties.getAllowPlainText(), sslBundle,
				credentialFiles(definition), sslBundles, user,
				new SslBundlePublisher(definition.name(), this.sslBundleRegistry), source, ownSide.check());
		RelationReconciler reconciler = new RelationReconciler(source, definition.relationInterface(), updater,
				this.publisher, resources.refreshExecutor(),
				RefreshExecutor.checkPollInterval(properties.getPollInterval()));
		channel.setRotationListener(new RotationEvents(reconciler));
		reconciler.load();
		if (sslBundle != null) {
			sslBundle.onUpdate(() -> {
				// Whichever the interface is: data with a new certificate, or as before
				reconciler.requestRefresh();
				reconciler.reapply();
			});
		}
		EtcdRelationProperties.Client client = properties.getClient();
		return new ManagedRelation(definition.name(), definition.prefix(), source, reconciler, user,
				sslBundles::setKeyPassword, ownSide.data()::update, sslBundle, channel,
				new EtcdClientFactory(channel, ownSide.namespace(), resources.clientScheduler(), retryTimeout(client)),
				client.isVerifyOnStart() ? client.getAvailableTimeout() : null);
	}

	private static Duration retryTimeout(EtcdRelationProperties.Client client) {
		Duration request = client.getRequestTimeout();
		Duration available = client.getAvailableTimeout();
		return (request.compareTo(available) < 0) ? request : available;
	}

	private static RelationUser user(RelationDefinition definition) {
		EtcdConnectionDetails details = definition.connectionDetails();
		if (details == null || details.getUser() == null) {
			// Checks what is given, whether or not the source is there yet
			definition.properties().getClient().toUser();
		}
		return new RelationUser(() -> details != null && details.getUser() != null,
				() -> (details != null) ? EtcdUser.of(details.getUser(), details.getPassword()) : null,
				definition.properties().getClient()::toUser);
	}

	private void checkExclusive(RelationDefinition definition) {
		EtcdRelationProperties properties = definition.properties();
		if (definition.connectionDetails() != null || !StringUtils.hasText(properties.getSsl().getBundle())) {
			return;
		}
		boolean authorityApart = properties.getInterface() == RelationInterface.ETCD_CLIENT;
		properties.credentials().forEach((item, value) -> {
			if (StringUtils.hasText(value) && !(authorityApart && item.equals("client-ca"))) {
				throw InvalidRelationConfigurationException.ofProperty(definition.prefix(),
						new InvalidRelationDataException("ssl.bundle",
								"and property '%s.%s' are mutually exclusive".formatted(definition.prefix(), item),
								"Give either an SSL bundle, or client-cert, client-key and client-ca"));
			}
		});
	}

	private @Nullable ConfiguredSslBundle sslBundle(RelationDefinition definition) {
		EtcdConnectionDetails connectionDetails = definition.connectionDetails();
		if (connectionDetails != null) {
			return sslBundle(connectionDetails);
		}
		String name = definition.properties().getSsl().getBundle();
		return (name != null && StringUtils.hasText(name)) ? ConfiguredSslBundle.named(name, this.sslBundles) : null;
	}

	private static @Nullable ConfiguredSslBundle sslBundle(EtcdConnectionDetails connectionDetails) {
		SslBundle bundle = connectionDetails.getSslBundle();
		if (bundle == null) {
			return null;
		}
		if (connectionDetails.getClientCredentials() != null) {
			throw new InvalidRelationDataException("ssl.bundle", "is given together with client credentials",
					"Give either an SSL bundle or client credentials");
		}
		return ConfiguredSslBundle.of(bundle);
	}

	private static @Nullable CredentialFiles credentialFiles(RelationDefinition definition) {
		EtcdRelationProperties.Save save = definition.properties().getSave();
		Path key = save.getKey();
		Path cert = save.getCert();
		Path ca = save.getCa();
		if (key == null && cert == null && ca == null) {
			return null;
		}
		if (key == null || cert == null || ca == null) {
			String missing = (key != null) ? ((cert != null) ? "save.ca" : "save.cert") : "save.key";
			throw new InvalidRelationDataException(missing,
					"is missing, but other files to save credentials to are given",
					"Give all three of save.*, or none");
		}
		return new CredentialFiles(key, cert, ca);
	}

}
