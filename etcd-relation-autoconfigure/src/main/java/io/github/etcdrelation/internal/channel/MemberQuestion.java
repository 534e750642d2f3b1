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

import java.time.Duration;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Asks a member for its status on one connection, which shows whether it serves.
 */
final class MemberQuestion extends ClientCall.Listener<StatusResponse> {

	private static final CallOptions OPTIONS = CallOptions.DEFAULT.withExecutor(MoreExecutors.directExecutor());

	private volatile long sentTime;

	private final long time;

	private final Callback callback;

	private volatile Duration roundTrip = Duration.ZERO;

	private @Nullable StatusResponse response;

	private volatile @Nullable ClientCall<StatusRequest, StatusResponse> call;

	MemberQuestion(long time, Callback callback) {
		this.time = time;
		this.callback = callback;
	}

	void ask(Connection connection) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<StatusRequest, StatusResponse> call = connection.newCall(MaintenanceGrpc.getStatusMethod(),
					OPTIONS.withStreamTracerFactory(new SentTime()));
			this.call = call;
			// Without requiring a leader: the response says whether there is one
			call.start(this, new Metadata());
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

	/**
	 * Return how long the answer took once connected.
	 */
	Duration getRoundTrip() {
		return this.roundTrip;
	}

	@Override
	public void onMessage(StatusResponse message) {
		ClientCall<StatusRequest, StatusResponse> running = this.call;
		if (this.response != null && running != null) {
			// gRPC would hold back the end behind further ones
			running.cancel("More than one answer", null);
			running.request(Integer.MAX_VALUE);
			return;
		}
		this.roundTrip = Duration.ofNanos(System.nanoTime() - this.sentTime);
		this.response = message;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		// Whoever ends calls well without an answer does not serve
		Status end = (status.isOk() && this.response == null)
				? Status.INTERNAL.withDescription("no response, which etcd does not send") : status;
		this.callback.answered(this, end.isOk() ? this.response : null, end);
	}

	private final class SentTime extends ClientStreamTracer.Factory {

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void streamCreated(Attributes transportAttributes, Metadata metadata) {
					MemberQuestion.this.sentTime = System.nanoTime();
				}

			};
		}

	}

	/**
	 * Receives the answer, on any thread.
	 */
	@FunctionalInterface
	interface Callback {

		void answered(MemberQuestion question, @Nullable StatusResponse response, Status status);

	}

}
