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

import java.util.function.BiConsumer;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Requests the token of a user from etcd.
 */
final class TokenRequest extends ClientCall.Listener<AuthenticateResponse> {

	private final EtcdUser user;

	private final BiConsumer<@Nullable String, Status> callback;

	private @Nullable String token;

	/**
	 * Create a request.
	 * @param user the user
	 * @param callback receives the token, {@code null} if etcd denies it, and the status
	 */
	TokenRequest(EtcdUser user, BiConsumer<@Nullable String, Status> callback) {
		this.user = user;
		this.callback = callback;
	}

	void send(Channel channel) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<AuthenticateRequest, AuthenticateResponse> call = channel
				.newCall(AuthGrpc.getAuthenticateMethod(), CallOptions.DEFAULT);
			call.start(this, new Metadata());
			call.request(2);
			call.sendMessage(AuthenticateRequest.newBuilder()
				.setName(this.user.name())
				.setPassword(this.user.password())
				.build());
			call.halfClose();
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

	@Override
	public void onMessage(AuthenticateResponse message) {
		this.token = message.getToken();
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.callback.accept(status.isOk() ? this.token : null, status);
	}

}
