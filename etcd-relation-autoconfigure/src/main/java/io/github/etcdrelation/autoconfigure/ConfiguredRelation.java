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

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.channel.ChannelExecutors;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.client.RelationClients;
import io.github.etcdrelation.source.PropertiesRelationSource;
import io.github.etcdrelation.state.ManagedRelation;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * A relation with its channel.
 */
final class ConfiguredRelation implements AutoCloseable {

	private final RelationConfiguration configuration;

	private final RelationSource source;

	private final ManagedRelation managedRelation;

	private final RelationUser user;

	private final @Nullable Supplier<SslBundle> sslBundle;

	private final RelationChannel channel;

	private final ChannelExecutors executors;

	ConfiguredRelation(RelationConfiguration configuration, RelationSource source, ManagedRelation managedRelation,
			RelationUser user, @Nullable Supplier<SslBundle> sslBundle, RelationChannel channel,
			ChannelExecutors executors) {
		this.configuration = configuration;
		this.source = source;
		this.managedRelation = managedRelation;
		this.user = user;
		this.sslBundle = sslBundle;
		this.channel = channel;
		this.executors = executors;
	}

	String getName() {
		return this.configuration.name();
	}

	String getPrefix() {
		return this.configuration.prefix();
	}

	ManagedRelation getManagedRelation() {
		return this.managedRelation;
	}

	RelationChannel getChannel() {
		return this.channel;
	}

	/**
	 * Return the SSL bundle that is used in place of the relation's credentials.
	 */
	@Nullable SslBundle getSslBundle() {
		return (this.sslBundle != null) ? this.sslBundle.get() : null;
	}

	/**
	 * Take over other properties that give the relation's data.
	 */
	void update(EtcdRelationProperties properties) {
		if (this.source instanceof PropertiesRelationSource propertiesSource) {
			propertiesSource.update(() -> new PropertyDatabag().create(properties));
			this.managedRelation.requestRefresh();
		}
		if (this.user.update(properties)) {
			this.managedRelation.followAgain();
		}
	}

	Client createClient(List<EtcdClientBuilderCustomizer> customizers) {
		EtcdRelationProperties.Client properties = this.configuration.properties().getClient();
		return RelationClients.build(this.channel, properties.getNamespace(), this.executors.starts(),
				retryTimeout(properties), customizers);
	}

	private static Duration retryTimeout(EtcdRelationProperties.Client properties) {
		Duration request = properties.getRequestTimeout();
		Duration available = properties.getAvailableTimeout();
		return (request.compareTo(available) < 0) ? request : available;
	}

	@Override
	public void close() {
		this.managedRelation.stop();
		this.channel.close();
	}

}
