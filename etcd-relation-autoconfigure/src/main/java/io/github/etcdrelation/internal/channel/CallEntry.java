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

import org.jspecify.annotations.Nullable;

/**
 * What a stream needs to start.
 *
 * @param connection the acquired connection
 * @param token the token, {@code null} if there is no user
 */
record CallEntry(Connection connection, @Nullable String token) {

	/**
	 * Return what a stream needs, {@code null} if the stream was queued.
	 * @param call the stream
	 * @param avoided a member to use only if there is no other
	 */
	static @Nullable CallEntry of(CallContext context, PendingCall call, @Nullable Member avoided) {
		String token = null;
		Authenticator authenticator = context.authenticator();
		if (authenticator.isActive()) {
			token = authenticator.getToken();
			if (token == null) {
				authenticator.enqueue(call);
				return null;
			}
		}
		Connection connection = context.members().getBalancer().acquireForStream(avoided);
		if (connection == null) {
			context.members().enqueue(call);
			return null;
		}
		return new CallEntry(connection, token);
	}

}
