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

import java.util.Objects;
import java.util.function.Supplier;

import io.github.etcdrelation.channel.EtcdUser;
import org.jspecify.annotations.Nullable;

/**
 * The user of etcd that connection details or else properties give now.
 */
final class RelationUser implements Supplier<@Nullable EtcdUser> {

	private final @Nullable EtcdConnectionDetails connectionDetails;

	private volatile EtcdRelationProperties properties;

	RelationUser(RelationConfiguration configuration) {
		this.connectionDetails = configuration.connectionDetails();
		this.properties = configuration.properties();
	}

	/**
	 * Take over other properties.
	 * @return whether they give another user
	 */
	boolean update(EtcdRelationProperties properties) {
		EtcdUser former = get();
		this.properties = properties;
		return !Objects.equals(former, get());
	}

	@Override
	public @Nullable EtcdUser get() {
		EtcdConnectionDetails details = this.connectionDetails;
		if (details != null && details.getUser() != null) {
			return user(details.getUser(), details.getPassword());
		}
		EtcdRelationProperties.Client client = this.properties.getClient();
		return user(client.getUser(), client.getPassword());
	}

	private static @Nullable EtcdUser user(@Nullable String name, @Nullable String password) {
		return (name != null && password != null) ? new EtcdUser(name, password) : null;
	}

}
