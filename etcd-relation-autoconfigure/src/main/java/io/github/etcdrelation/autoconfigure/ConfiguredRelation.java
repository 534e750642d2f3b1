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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.channel.ChannelExecutors;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.client.ClientSettings;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.client.RelationClients;
import io.github.etcdrelation.state.ManagedRelation;

/**
 * A relation with its channel.
 */
final class ConfiguredRelation implements AutoCloseable {

	private final String name;

	private final ManagedRelation managedRelation;

	private final RelationChannel channel;

	private final ChannelExecutors executors;

	private final EtcdRelationProperties.Client properties;

	ConfiguredRelation(String name, ManagedRelation managedRelation, RelationChannel channel,
			ChannelExecutors executors, EtcdRelationProperties.Client properties) {
		this.name = name;
		this.managedRelation = managedRelation;
		this.channel = channel;
		this.executors = executors;
		this.properties = properties;
	}

	String getName() {
		return this.name;
	}

	ManagedRelation getManagedRelation() {
		return this.managedRelation;
	}

	Client createClient(List<EtcdClientBuilderCustomizer> customizers) {
		boolean direct = this.properties.getCallbackExecutor() == EtcdRelationProperties.CallbackExecutor.DIRECT;
		ClientSettings settings = new ClientSettings(this.properties.getNamespace(), this.properties.getUser(),
				this.properties.getPassword(), direct);
		return RelationClients.build(this.channel, settings, this.executors.callbacks(direct), retryTimeout(),
				customizers);
	}

	private Duration retryTimeout() {
		Duration request = this.properties.getRequestTimeout();
		Duration available = this.properties.getAvailableTimeout();
		return (request.compareTo(available) < 0) ? request : available;
	}

	@Override
	public void close() {
		this.channel.close();
	}

}
