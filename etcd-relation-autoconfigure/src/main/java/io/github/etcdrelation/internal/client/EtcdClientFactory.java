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

package io.github.etcdrelation.internal.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.grpc.ClientInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Creates the jetcd clients of a relation. A client is never replaced: what changes is
 * the channel that its calls go to.
 */
public final class EtcdClientFactory {

	// Never resolved: no call reaches the channel that jetcd creates for it
	private static final String AUTHORITY = "relation.invalid:2379";

	// jetcd gives up a lease if its first renewal gets no response within this time
	private static final Duration FIRST_KEEP_ALIVE_TIMEOUT = Duration.ofMinutes(1);

	// jetcd waits half a second before it retries a call, and rejects a shorter limit
	private static final Duration MIN_RETRY_TIMEOUT = Duration.ofMillis(501);

	private final RelationChannel channel;

	private final Supplier<@Nullable String> namespace;

	private final ExecutorService scheduler;

	private final Duration retryTimeout;

	/**
	 * Create a factory.
	 * @param channel the channel of the relation, which the clients do not own
	 * @param namespace supplies the prefix of all keys, {@code null} for none
	 * @param scheduler starts the calls of the clients, first attempts and retries
	 * @param retryTimeout how long a client may retry a failed call
	 */
	public EtcdClientFactory(RelationChannel channel, Supplier<@Nullable String> namespace, ExecutorService scheduler,
			Duration retryTimeout) {
		this.channel = channel;
		this.namespace = namespace;
		this.scheduler = scheduler;
		this.retryTimeout = retryTimeout;
	}

	/**
	 * Create a client.
	 * @param customizers applied last, in their order
	 * @return a new client
	 * @throws io.github.etcdrelation.InvalidRelationDataException if its namespace is not
	 * known yet
	 */
	public Client create(List<EtcdClientBuilderCustomizer> customizers) {
		RoutingInterceptor routing = new RoutingInterceptor(this.channel, AUTHORITY);
		ClientBuilder builder = Client.builder()
			.target("dns:///" + AUTHORITY)
			.executorService(this.scheduler)
			.keepaliveTimeout(FIRST_KEEP_ALIVE_TIMEOUT)
			// A call whose wait timed out is not retried only to wait again
			.retryMaxDuration(
					(this.retryTimeout.compareTo(MIN_RETRY_TIMEOUT) > 0) ? this.retryTimeout : MIN_RETRY_TIMEOUT);
		PropertyMapper map = PropertyMapper.get();
		map.from(this.namespace.get()).as(EtcdClientFactory::bytes).to(builder::namespace);
		customizers.forEach((customizer) -> customizer.customize(builder));
		routing.addHeaders(builder.headers());
		if (builder.user() != null && builder.password() != null) {
			this.channel.setFallbackUser(new EtcdUser(text(builder.user()), text(builder.password())));
		}
		builder.target("dns:///" + AUTHORITY).authority(null).interceptors(withRouting(builder, routing));
		return builder.build();
	}

	private static List<ClientInterceptor> withRouting(ClientBuilder builder, ClientInterceptor routing) {
		List<ClientInterceptor> interceptors = new ArrayList<>();
		// The first is the closest to the network
		interceptors.add(routing);
		if (builder.interceptors() != null) {
			interceptors.addAll(builder.interceptors());
		}
		ContextPropagation.addTo(interceptors);
		return interceptors;
	}

	private static String text(ByteSequence bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
