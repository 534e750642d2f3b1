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
import java.util.function.Consumer;
import java.util.function.Function;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends the steps of a call and delivers results in its synchronization context.
 */
final class QueueSteps {

	private final Channel channel;

	private final CallOptions options;

	private final Metadata headers;

	/**
	 * Without the deadline and the cancellation of the call, which must not end steps in
	 * flight or the cleanup.
	 */
	private final Context context;

	private final SynchronizationContext synchronization;

	private final Delays delays;

	QueueSteps(Channel channel, CallOptions options, Metadata headers, Context context,
			SynchronizationContext synchronization, Delays delays) {
		this.channel = channel;
		// The network thread only enters the synchronization context
		this.options = options.withDeadline(null).withExecutor(MoreExecutors.directExecutor());
		this.headers = headers;
		this.context = context.fork();
		this.synchronization = synchronization;
		this.delays = delays;
	}

	void transact(TxnRequest request, BiConsumer<Status, @Nullable TxnResponse> outcome) {
		send(KVGrpc.getTxnMethod(), request, outcome);
	}

	void read(RangeRequest request, BiConsumer<Status, @Nullable RangeResponse> outcome) {
		send(KVGrpc.getRangeMethod(), request, outcome);
	}

	/**
	 * Open a watch.
	 * @return cancels the watch; responses may still arrive afterwards
	 */
	Runnable watch(WatchRequest request, Consumer<WatchResponse> response, Consumer<Status> end) {
		ClientCall<WatchRequest, WatchResponse> call = start(WatchGrpc.getWatchMethod(),
				(started) -> new WatchListener(started, response, end), request);
		return () -> call.cancel("no longer needed", null);
	}

	@Nullable Cancellable later(Runnable task, long nanos) {
		return this.delays.schedule(() -> this.synchronization.execute(task), nanos);
	}

	private <ReqT, RespT> void send(MethodDescriptor<ReqT, RespT> method, ReqT request,
			BiConsumer<Status, @Nullable RespT> outcome) {
		ClientCall<ReqT, RespT> call = start(method, (started) -> new StepListener<>(outcome), request);
		call.halfClose();
	}

	private <ReqT, RespT> ClientCall<ReqT, RespT> start(MethodDescriptor<ReqT, RespT> method,
			Function<ClientCall<ReqT, RespT>, ClientCall.Listener<RespT>> listener, ReqT request) {
		Context previous = this.context.attach();
		try {
			ClientCall<ReqT, RespT> call = this.channel.newCall(method, this.options);
			// gRPC adds to the headers
			Metadata copy = new Metadata();
			copy.merge(this.headers);
			call.start(listener.apply(call), copy);
			call.request(2);
			call.sendMessage(request);
			return call;
		}
		finally {
			this.context.detach(previous);
		}
	}

	private final class StepListener<RespT> extends ClientCall.Listener<RespT> {

		private final BiConsumer<Status, @Nullable RespT> outcome;

		private @Nullable RespT response;

		private StepListener(BiConsumer<Status, @Nullable RespT> outcome) {
			this.outcome = outcome;
		}

		@Override
		public void onMessage(RespT message) {
			this.response = message;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			RespT received = status.isOk() ? this.response : null;
			Status end = (status.isOk() && received == null) ? Status.INTERNAL.withDescription("No response") : status;
			QueueSteps.this.synchronization.execute(() -> this.outcome.accept(end, received));
		}

	}

	private final class WatchListener extends ClientCall.Listener<WatchResponse> {

		private final ClientCall<WatchRequest, WatchResponse> call;

		private final Consumer<WatchResponse> response;

		private final Consumer<Status> end;

		private WatchListener(ClientCall<WatchRequest, WatchResponse> call, Consumer<WatchResponse> response,
				Consumer<Status> end) {
			this.call = call;
			this.response = response;
			this.end = end;
		}

		@Override
		public void onMessage(WatchResponse message) {
			this.call.request(1);
			QueueSteps.this.synchronization.execute(() -> this.response.accept(message));
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			QueueSteps.this.synchronization.execute(() -> this.end.accept(status));
		}

	}

}
