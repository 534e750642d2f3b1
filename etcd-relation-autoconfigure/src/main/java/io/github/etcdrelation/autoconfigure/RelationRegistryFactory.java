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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.client.ChannelFollower;
import io.github.etcdrelation.client.SaveLocations;
import io.github.etcdrelation.state.ManagedRelation;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.StringUtils;

/**
 * Makes the relations of the application from their properties and sources.
 */
final class RelationRegistryFactory {

	private static final Duration SHORTEST_POLL_INTERVAL = Duration.ofMillis(100);

	/**
	 * What connection details give; all else is properties.
	 */
	private static final Set<String> CONNECTION_DETAILS = Set.of("connection-string", "client-cert", "client-key",
			"client-ca", "ssl.bundle");

	private final @Nullable SslBundles sslBundles;

	private final @Nullable SslBundleRegistry sslBundleRegistry;

	private final ApplicationEventPublisher publisher;

	RelationRegistryFactory(@Nullable SslBundles sslBundles, @Nullable SslBundleRegistry sslBundleRegistry,
			ApplicationEventPublisher publisher) {
		this.sslBundles = sslBundles;
		this.sslBundleRegistry = sslBundleRegistry;
		this.publisher = publisher;
	}

	RelationRegistry create(RelationConfiguration defaultRelation, Map<String, EtcdRelationProperties> further,
			Stream<RelationSource> sourceBeans) {
		RelationResources resources = new RelationResources();
		RelationRegistry registry = new RelationRegistry(resources);
		boolean created = false;
		try {
			RelationSources sources = new RelationSources(sourceBeans, resources);
			for (RelationConfiguration configuration : configurations(defaultRelation, further, sources)) {
				registry.add(create(configuration, sources, resources));
			}
			created = true;
			return registry;
		}
		finally {
			if (!created) {
				registry.close();
			}
		}
	}

	private List<RelationConfiguration> configurations(RelationConfiguration defaultRelation,
			Map<String, EtcdRelationProperties> further, RelationSources sources) {
		List<RelationConfiguration> configurations = new ArrayList<>();
		if (defaultRelation.isConfigured() || sources.hasBean(defaultRelation.name())) {
			configurations.add(defaultRelation);
		}
		boolean hasDefault = !configurations.isEmpty();
		for (RelationConfiguration configuration : RelationConfiguration.ofFurther(further)) {
			if (hasDefault && configuration.name().equals(defaultRelation.name())) {
				throw new DuplicateRelationNameException(configuration.name(), defaultRelation.prefix(),
						configuration.prefix());
			}
			configurations.add(configuration);
		}
		return configurations;
	}

	private ConfiguredRelation create(RelationConfiguration configuration, RelationSources sources,
			RelationResources resources) {
		checkExclusive(configuration);
		EtcdRelationProperties properties = configuration.properties();
		RelationChannel channel = new RelationChannel(configuration.name(),
				ChannelSettingsFactory.create(configuration), resources.channelExecutors(),
				properties.getClient().isDirect());
		boolean created = false;
		try {
			Supplier<SslBundle> sslBundle = sslBundle(configuration);
			RelationUser user = new RelationUser(configuration);
			ChannelFollower follower = new ChannelFollower(channel, properties.getAllowPlainText(), sslBundle,
					saveLocations(configuration), user,
					new RelationSslBundle(configuration.name(), this.sslBundleRegistry));
			RelationSource source = sources.get(configuration);
			ManagedRelation managedRelation = new ManagedRelation(source, follower, this.publisher,
					resources.refreshExecutor(), checkPollInterval(properties.getPollInterval()));
			channel.setRotationListener(new RotationEvents(managedRelation));
			managedRelation.load();
			if (sslBundle instanceof NamedSslBundle namedSslBundle) {
				namedSslBundle.onUpdate(managedRelation::followAgain);
			}
			created = true;
			return new ConfiguredRelation(configuration, source, managedRelation, user, sslBundle, channel,
					resources.channelExecutors());
		}
		catch (InvalidRelationDataException ex) {
			EtcdConnectionDetails connectionDetails = configuration.connectionDetails();
			if (connectionDetails != null && CONNECTION_DETAILS.contains(ex.getItem())) {
				throw new InvalidConnectionDetailsException(connectionDetails, ex);
			}
			throw new InvalidRelationPropertyException(configuration.prefix(), ex);
		}
		finally {
			if (!created) {
				channel.close();
			}
		}
	}

	static Duration checkPollInterval(Duration interval) {
		if (interval.compareTo(SHORTEST_POLL_INTERVAL) < 0) {
			throw new InvalidRelationDataException("poll-interval",
					"is less than %d ms".formatted(SHORTEST_POLL_INTERVAL.toMillis()),
					"Give a longer time, such as 10s");
		}
		return interval;
	}

	private void checkExclusive(RelationConfiguration configuration) {
		EtcdRelationProperties properties = configuration.properties();
		if (configuration.connectionDetails() != null || !StringUtils.hasText(properties.getSsl().getBundle())) {
			return;
		}
		Map<String, @Nullable String> credentials = new LinkedHashMap<>();
		credentials.put("client-cert", properties.getClientCert());
		credentials.put("client-key", properties.getClientKey());
		credentials.put("client-ca", properties.getClientCa());
		credentials.forEach((item, value) -> {
			if (StringUtils.hasText(value)) {
				throw new InvalidRelationPropertyException(configuration.prefix(),
						new InvalidRelationDataException("ssl.bundle",
								"and property '%s.%s' are mutually exclusive".formatted(configuration.prefix(), item),
								"Give either an SSL bundle, or client-cert, client-key and client-ca"));
			}
		});
	}

	private @Nullable Supplier<SslBundle> sslBundle(RelationConfiguration configuration) {
		EtcdConnectionDetails connectionDetails = configuration.connectionDetails();
		if (connectionDetails != null) {
			return ConnectionDetailsSslBundle.of(connectionDetails);
		}
		String name = configuration.properties().getSsl().getBundle();
		return (name != null && StringUtils.hasText(name)) ? new NamedSslBundle(name, this.sslBundles) : null;
	}

	private static @Nullable SaveLocations saveLocations(RelationConfiguration configuration) {
		EtcdRelationProperties.Save save = configuration.properties().getSave();
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
		return new SaveLocations(key, cert, ca);
	}

}
