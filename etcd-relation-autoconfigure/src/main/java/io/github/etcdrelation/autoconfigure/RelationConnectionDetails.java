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

import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;

/**
 * Adapts the current state of the default relation to {@link EtcdConnectionDetails}: as
 * in Boot's modules, an application that creates its own client injects these, whatever
 * the source of the relation.
 */
final class RelationConnectionDetails implements EtcdConnectionDetails {

	private final Supplier<RelationRegistry> registry;

	private final EtcdRelationProperties properties;

	/**
	 * Create connection details.
	 * @param registry supplies the registry lazily: it looks up connection details itself
	 * while it is created
	 * @param properties the properties of the default relation
	 */
	RelationConnectionDetails(Supplier<RelationRegistry> registry, EtcdRelationProperties properties) {
		this.registry = registry;
		this.properties = properties;
	}

	@Override
	public String getConnectionString() {
		EtcdRelation relation = relation();
		String connectionString = relation.getConnectionString();
		Assert.state(connectionString != null, () -> "Relation '%s' has no connection string yet, its states are %s"
			.formatted(relation.getName(), relation.getStates()));
		return connectionString;
	}

	@Override
	public @Nullable String getVersion() {
		return relation().getVersion();
	}

	@Override
	public @Nullable ClientCredentials getClientCredentials() {
		ClientCredentials credentials = relation().getClientCredentials();
		boolean absent = credentials.clientCert() == null && credentials.clientKey() == null
				&& credentials.clientCa() == null;
		return absent ? null : credentials;
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		Supplier<SslBundle> sslBundle = this.registry.get().getManaged(name()).sslBundle();
		return (sslBundle != null) ? sslBundle.get() : null;
	}

	@Override
	public @Nullable String getUser() {
		EtcdUser user = user();
		return (user != null) ? user.name() : null;
	}

	@Override
	public @Nullable String getPassword() {
		EtcdUser user = user();
		return (user != null) ? user.password() : null;
	}

	private @Nullable EtcdUser user() {
		EtcdUser user = this.properties.getClient().toUser();
		if (user != null) {
			return user;
		}
		ChannelTarget target = this.registry.get().getManaged(name()).channel().getStatus().target();
		return (target != null) ? target.getUser() : null;
	}

	private EtcdRelation relation() {
		return this.registry.get().get(name());
	}

	private String name() {
		return RelationDefinition.defaultName(this.properties);
	}

}
