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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.client.EtcdClientFactory;
import io.github.etcdrelation.internal.source.PropertiesRelationSource;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * A relation of the application with its source, channel and clients.
 *
 * @param name the name of the relation
 * @param prefix the prefix of its properties
 * @param source the source of its data
 * @param reconciler reads its source and applies its snapshots
 * @param user the etcd user
 * @param keyPassword sets the password of its private key, and returns whether it is
 * another one
 * @param ownData sets what supplies what the application brings, and returns whether that
 * is something else
 * @param sslBundle the SSL bundle used in place of its credentials or {@code null}
 * @param channel the channel of its clients
 * @param clientFactory creates its clients
 * @param verificationTimeout how long to wait at start until etcd serves the relation,
 * {@code null} to start without etcd
 */
public record ManagedRelation(String name, String prefix, RelationSource source, RelationReconciler reconciler,
		RelationUser user, Predicate<@Nullable String> keyPassword, Predicate<Supplier<Map<String, String>>> ownData,
		@Nullable Supplier<SslBundle> sslBundle, RelationChannel channel, EtcdClientFactory clientFactory,
		@Nullable Duration verificationTimeout) implements AutoCloseable {

	/**
	 * Update the relation from changed properties.
	 * @param databag supplies the values as the databag of a unit
	 * @param latestOwnData supplies what the application brings
	 * @param etcdUser supplies the etcd user
	 * @param latestKeyPassword the password of the private key or {@code null}
	 */
	public void update(Supplier<Map<String, String>> databag, Supplier<Map<String, String>> latestOwnData,
			Supplier<@Nullable EtcdUser> etcdUser, @Nullable String latestKeyPassword) {
		boolean outdated = this.keyPassword.test(latestKeyPassword);
		boolean refresh = this.ownData.test(latestOwnData);
		if (this.source instanceof PropertiesRelationSource propertiesSource) {
			propertiesSource.update(databag);
			refresh = true;
		}
		if (refresh) {
			this.reconciler.requestRefresh();
		}
		outdated |= this.user.update(etcdUser);
		if (outdated) {
			this.reconciler.reapply();
		}
	}

	/**
	 * Begin to verify that etcd serves the relation.
	 * @return waits for the result and fails if etcd does not
	 */
	Runnable verify() {
		CompletableFuture<Status> result = this.channel.verify(Objects.requireNonNull(this.verificationTimeout));
		return () -> {
			Status status = result.join();
			if (!status.isOk()) {
				throw new UnverifiedRelationException(this.prefix, status.getDescription());
			}
		};
	}

	Client createClient(List<EtcdClientBuilderCustomizer> customizers) {
		return this.clientFactory.create(customizers);
	}

	@Override
	public void close() {
		this.reconciler.stop();
		this.channel.close();
	}

}
