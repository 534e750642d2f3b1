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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.channel.ChannelExecutors;
import io.github.etcdrelation.channel.ChannelSettings;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.client.ChannelFollower;
import io.github.etcdrelation.client.SaveLocations;
import io.github.etcdrelation.source.PropertiesRelationSource;
import io.github.etcdrelation.state.ManagedRelation;
import io.grpc.LoadBalancerRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.StringUtils;

/**
 * Makes the relations of the application from their properties and sources.
 */
final class RelationRegistryFactory {

	private static final Duration MINIMUM = Duration.ofMillis(1);

	// Netty counts the milliseconds of a connect timeout in an int
	private static final Duration MAXIMUM = Duration.ofDays(24);

	private final @Nullable SslBundles sslBundles;

	private final ApplicationEventPublisher publisher;

	private final Map<String, RelationSource> sources = new LinkedHashMap<>();

	RelationRegistryFactory(@Nullable SslBundles sslBundles, ApplicationEventPublisher publisher,
			Stream<RelationSource> sources) {
		this.sslBundles = sslBundles;
		this.publisher = publisher;
		sources.forEach((source) -> {
			if (this.sources.putIfAbsent(source.getRelationName(), source) != null) {
				throw new IllegalStateException(
						"There are two beans of type RelationSource for relation '%s': keep one of them"
							.formatted(source.getRelationName()));
			}
		});
	}

	RelationRegistry create(EtcdRelationProperties relation, Map<String, EtcdRelationProperties> further) {
		ChannelExecutors channelExecutors = new ChannelExecutors();
		RefreshExecutor refreshExecutor = new RefreshExecutor();
		List<ConfiguredRelation> relations = new ArrayList<>();
		RelationRegistry registry = null;
		try {
			for (RelationConfiguration configuration : configurations(relation, further)) {
				ConfiguredRelation configured = create(configuration, channelExecutors, refreshExecutor);
				relations.add(configured);
				load(configuration, configured.getManagedRelation());
			}
			registry = new RelationRegistry(relations, channelExecutors, refreshExecutor);
			return registry;
		}
		finally {
			if (registry == null) {
				relations.forEach(ConfiguredRelation::close);
				refreshExecutor.close();
				channelExecutors.close();
			}
		}
	}

	private List<RelationConfiguration> configurations(EtcdRelationProperties relation,
			Map<String, EtcdRelationProperties> further) {
		List<RelationConfiguration> configurations = new ArrayList<>();
		RelationConfiguration defaultRelation = RelationConfiguration.ofDefault(relation);
		if (defaultRelation.isConfigured() || this.sources.containsKey(defaultRelation.name())) {
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

	private ConfiguredRelation create(RelationConfiguration configuration, ChannelExecutors channelExecutors,
			RefreshExecutor refreshExecutor) {
		EtcdRelationProperties properties = configuration.properties();
		checkExclusive(configuration);
		EtcdRelationProperties.Client client = properties.getClient();
		boolean direct = client.getCallbackExecutor() == EtcdRelationProperties.CallbackExecutor.DIRECT;
		RelationChannel channel = new RelationChannel(configuration.name(), channelSettings(configuration),
				channelExecutors, direct);
		ChannelFollower follower = new ChannelFollower(channel, properties.getAllowPlainText(),
				sslBundle(properties.getSsl().getBundle()), saveLocations(configuration));
		ManagedRelation managedRelation = new ManagedRelation(source(configuration), follower, this.publisher,
				refreshExecutor);
		return new ConfiguredRelation(configuration.name(), managedRelation, channel, channelExecutors, client);
	}

	private void checkExclusive(RelationConfiguration configuration) {
		EtcdRelationProperties properties = configuration.properties();
		if (!StringUtils.hasText(properties.getSsl().getBundle())) {
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

	private RelationSource source(RelationConfiguration configuration) {
		RelationSource source = this.sources.get(configuration.name());
		if (source != null) {
			return source;
		}
		try {
			return new PropertiesRelationSource(configuration.name(),
					new PropertyDatabag().create(configuration.properties()));
		}
		catch (InvalidRelationDataException ex) {
			throw new InvalidRelationPropertyException(configuration.prefix(), ex);
		}
	}

	private void load(RelationConfiguration configuration, ManagedRelation managedRelation) {
		try {
			managedRelation.load();
		}
		catch (InvalidRelationDataException ex) {
			throw new InvalidRelationPropertyException(configuration.prefix(), ex);
		}
	}

	private @Nullable Supplier<SslBundle> sslBundle(@Nullable String name) {
		if (name == null || !StringUtils.hasText(name)) {
			return null;
		}
		return () -> {
			if (this.sslBundles == null) {
				throw new InvalidRelationDataException("ssl.bundle", "is set, but there are no SSL bundles",
						"Define the bundle below spring.ssl.bundle");
			}
			try {
				SslBundle bundle = this.sslBundles.getBundle(name);
				// What the bundle names is read here, not before
				bundle.getStores().getKeyStore();
				bundle.getStores().getTrustStore();
				return bundle;
			}
			catch (NoSuchSslBundleException ex) {
				throw new InvalidRelationDataException("ssl.bundle", "names an SSL bundle '%s' that does not exist"
					.formatted(name), "Define it below spring.ssl.bundle, or correct the name", ex);
			}
			catch (RuntimeException ex) {
				throw new InvalidRelationDataException("ssl.bundle",
						"names an SSL bundle '%s' that cannot be read: %s".formatted(name, describe(ex)),
						"Correct its certificates, keys and passwords below spring.ssl.bundle");
			}
		};
	}

	private static String describe(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		// A location that cannot be read is quoted, and may be a key without its first line
		return (cause instanceof IOException || cause.getMessage() == null) ? cause.getClass().getSimpleName()
				: cause.getMessage();
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
			String missing = (key == null) ? "save.key" : (cert == null) ? "save.cert" : "save.ca";
			throw new InvalidRelationPropertyException(configuration.prefix(), new InvalidRelationDataException(missing,
					"is missing, but other files to save credentials to are given", "Give all three of save.*, or none"));
		}
		return new SaveLocations(key, cert, ca);
	}

	private static ChannelSettings channelSettings(RelationConfiguration configuration) {
		EtcdRelationProperties.Client client = configuration.properties().getClient();
		long size = client.getMaxInboundMessageSize().toBytes();
		String policy = client.getLoadBalancingPolicy();
		check(configuration, "max-inbound-message-size", size > 0 && size <= Integer.MAX_VALUE,
				"is not between 1 and 2147483647 bytes");
		check(configuration, "load-balancing-policy",
				LoadBalancerRegistry.getDefaultRegistry().getProvider(policy) != null,
				"is '%s', which gRPC does not know".formatted(policy));
		checkDuration(configuration, "request-timeout", client.getRequestTimeout(), MINIMUM);
		checkDuration(configuration, "available-timeout", client.getAvailableTimeout(), Duration.ZERO);
		checkDuration(configuration, "drain-timeout", client.getDrainTimeout(), Duration.ZERO);
		checkDuration(configuration, "keep-alive-time", client.getKeepAliveTime(), MINIMUM);
		checkDuration(configuration, "keep-alive-timeout", client.getKeepAliveTimeout(), MINIMUM);
		checkDuration(configuration, "connect-timeout", client.getConnectTimeout(), MINIMUM);
		return new ChannelSettings(client.getRequestTimeout(), client.getAvailableTimeout(), client.getDrainTimeout(),
				client.getKeepAliveTime(), client.getKeepAliveTimeout(), client.getConnectTimeout(), (int) size,
				policy);
	}

	private static void checkDuration(RelationConfiguration configuration, String item, Duration duration,
			Duration minimum) {
		check(configuration, item, duration.compareTo(minimum) >= 0 && duration.compareTo(MAXIMUM) <= 0,
				"is not between %d ms and %d days".formatted(minimum.toMillis(), MAXIMUM.toDays()));
	}

	private static void check(RelationConfiguration configuration, String item, boolean valid, String reason) {
		if (!valid) {
			throw new InvalidRelationPropertyException(configuration.prefix(),
					new InvalidRelationDataException("client." + item, reason, null));
		}
	}

}
