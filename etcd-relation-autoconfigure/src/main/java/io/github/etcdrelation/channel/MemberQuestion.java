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

package io.github.etcdrelation.channel;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Asks a member for its status, and so whether it serves, on the connection in question.
 */
final class MemberQuestion extends ClientCall.Listener<StatusResponse> {

	private static final CallOptions OPTIONS = CallOptions.DEFAULT.withExecutor(MoreExecutors.directExecutor());

	private final long time;

	private final Callback callback;

	private @Nullable StatusResponse response;

	MemberQuestion(long time, Callback callback) {
		this.time = time;
		this.callback = callback;
	}

	void ask(Connection connection) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<StatusRequest, StatusResponse> call = connection.newCall(MaintenanceGrpc.getStatusMethod(),
					OPTIONS);
			Metadata headers = new Metadata();
			headers.put(EtcdHeaders.HAS_LEADER, "true");
			call.start(this, headers);
			call.request(2);
			call.sendMessage(StatusRequest.getDefaultInstance());
			call.halfClose();
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

	/**
	 * Return when it was asked.
	 * @return the time by {@link System#nanoTime()}
	 */
	long getTime() {
		return this.time;
	}

	@Override
	public void onMessage(StatusResponse message) {
		this.response = message;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.callback.answered(this, status.isOk() ? this.response : null, status);
	}

	/**
	 * Takes the answer, on any thread.
	 */
	@FunctionalInterface
	interface Callback {

		void answered(MemberQuestion question, @Nullable StatusResponse response, Status status);

	}

}
