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

package io.github.etcdrelation.internal.channel;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The headers defined by etcd.
 */
final class EtcdHeaders {

	/**
	 * A member without a leader refuses at once, or ends a stream when it loses it.
	 */
	static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

	/**
	 * The token of the authenticated user.
	 */
	static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

	private EtcdHeaders() {
	}

	/**
	 * Return a copy of the headers for one attempt, because gRPC may add to it.
	 * @param given the headers of the call
	 * @param hasLeader whether the member needs a leader
	 * @param token the token, empty or {@code null} for none
	 */
	static Metadata of(@Nullable Metadata given, boolean hasLeader, @Nullable String token) {
		Metadata headers = new Metadata();
		if (given != null) {
			headers.merge(given);
		}
		if (hasLeader) {
			headers.put(HAS_LEADER, "true");
		}
		if (token != null && !token.isEmpty()) {
			headers.discardAll(TOKEN);
			headers.put(TOKEN, token);
		}
		return headers;
	}

}
