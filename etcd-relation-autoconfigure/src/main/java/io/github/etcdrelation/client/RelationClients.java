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

package io.github.etcdrelation.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.github.etcdrelation.channel.EtcdUser;
import io.github.etcdrelation.channel.RelationChannel;
import io.grpc.ClientInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Builds the jetcd client of a relation, once: what changes is the channel that its calls
 * go to.
 *
 * @since 0.1.0
 */
public final class RelationClients {

	// Never resolved: no call reaches the channel that jetcd makes of it
	private static final String AUTHORITY = "relation.invalid:2379";

	// jetcd gives up a lease whose first renewal is not answered within this time
	private static final Duration FIRST_KEEP_ALIVE_TIMEOUT = Duration.ofMinutes(1);

	// jetcd waits for half a second before it repeats a call, and refuses less than that
	private static final Duration MIN_RETRY_TIMEOUT = Duration.ofMillis(501);

	private RelationClients() {
	}

	/**
	 * Build a client.
	 * @param channel the channel of the relation
	 * @param namespace prefix of all keys or {@code null}
	 * @param starts starts the calls of the client, first attempts and repeated ones
	 * @param retryTimeout how long the client may repeat a call that failed
	 * @param customizers applied last, in their order
	 * @return the client, which does not own the channel
	 */
	public static Client build(RelationChannel channel, @Nullable String namespace, ExecutorService starts,
			Duration retryTimeout, List<EtcdClientBuilderCustomizer> customizers) {
		RoutingInterceptor routing = new RoutingInterceptor(channel, AUTHORITY);
		ClientBuilder builder = Client.builder()
			.target("dns:///" + AUTHORITY)
			.executorService(starts)
			.keepaliveTimeout(FIRST_KEEP_ALIVE_TIMEOUT)
			// A call that has waited in vain is not repeated to wait again
			.retryMaxDuration((retryTimeout.compareTo(MIN_RETRY_TIMEOUT) > 0) ? retryTimeout : MIN_RETRY_TIMEOUT);
		PropertyMapper map = PropertyMapper.get();
		map.from(namespace).as(RelationClients::bytes).to(builder::namespace);
		customizers.forEach((customizer) -> customizer.customize(builder));
		routing.addHeaders(builder.headers());
		if (builder.user() != null && builder.password() != null) {
			channel.setFallbackUser(new EtcdUser(text(builder.user()), text(builder.password())));
		}
		builder.target("dns:///" + AUTHORITY).authority(null).interceptors(withRouting(builder, routing));
		return builder.build();
	}

	private static List<ClientInterceptor> withRouting(ClientBuilder builder, ClientInterceptor routing) {
		List<ClientInterceptor> interceptors = new ArrayList<>();
		// The first is the nearest to the network
		interceptors.add(routing);
		if (builder.interceptors() != null) {
			interceptors.addAll(builder.interceptors());
		}
		return interceptors;
	}

	private static String text(ByteSequence bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
