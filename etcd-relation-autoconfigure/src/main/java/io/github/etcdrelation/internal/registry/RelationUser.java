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

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.etcdrelation.internal.channel.EtcdUser;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the etcd user of the connection details or else of the current properties.
 */
public final class RelationUser implements Supplier<@Nullable EtcdUser> {

	private final BooleanSupplier given;

	private final Supplier<@Nullable EtcdUser> connectionDetails;

	private volatile Supplier<@Nullable EtcdUser> properties;

	/**
	 * Create a user.
	 * @param given whether connection details name a user, be it one without a password
	 * @param connectionDetails supplies their user
	 * @param properties supplies the user otherwise
	 */
	public RelationUser(BooleanSupplier given, Supplier<@Nullable EtcdUser> connectionDetails,
			Supplier<@Nullable EtcdUser> properties) {
		this.given = given;
		this.connectionDetails = connectionDetails;
		this.properties = properties;
	}

	/**
	 * Update the user from changed properties.
	 * @return whether the user changed
	 */
	boolean update(Supplier<@Nullable EtcdUser> latest) {
		EtcdUser former = get();
		this.properties = latest;
		return !Objects.equals(former, get());
	}

	@Override
	public @Nullable EtcdUser get() {
		return this.given.getAsBoolean() ? this.connectionDetails.get() : this.properties.get();
	}

}
