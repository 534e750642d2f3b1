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

import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Notifies the listener of a stream serially: a response on the new connection never
 * overtakes one on the former, and nothing is delivered after the end.
 *
 * @param <RespT> the type of the responses
 */
final class StreamDelivery<RespT> {

	private final CallContext context;

	/**
	 * Runs the callbacks of all attempts.
	 */
	private final Executor executor;

	@GuardedBy("this")
	private ClientCall.@Nullable Listener<RespT> listener;

	@GuardedBy("this")
	private boolean headersDelivered;

	StreamDelivery(CallContext context, Executor sequentialExecutor) {
		this.context = context;
		this.executor = sequentialExecutor;
	}

	synchronized void setListener(ClientCall.Listener<RespT> listener) {
		this.listener = listener;
	}

	private synchronized ClientCall.@Nullable Listener<RespT> listener() {
		return this.listener;
	}

	/**
	 * Deliver headers, once.
	 */
	void headers(Metadata headers) {
		ClientCall.Listener<RespT> listener;
		synchronized (this) {
			listener = this.headersDelivered ? null : this.listener;
			this.headersDelivered = true;
		}
		if (listener != null) {
			listener.onHeaders(headers);
		}
	}

	void ready() {
		ClientCall.Listener<RespT> listener = listener();
		if (listener != null) {
			listener.onReady();
		}
	}

	/**
	 * Deliver a response.
	 * @return the status to end the stream with if the listener failed, otherwise
	 * {@code null}
	 */
	@Nullable Status message(RespT message) {
		ClientCall.Listener<RespT> listener = listener();
		return (listener != null) ? SafeListener.deliver(this.context.relation(), listener, message) : null;
	}

	/**
	 * Deliver the end, on the thread of the other callbacks.
	 */
	void close(Status status, Metadata trailers) {
		ClientCall.Listener<RespT> listener = listener();
		if (listener != null) {
			SafeListener.close(this.context.relation(), listener, status, trailers);
		}
	}

	/**
	 * Run a task after pending deliveries, and not on the caller's thread.
	 */
	void later(Runnable task) {
		this.context.offload(() -> this.executor.execute(task));
	}

}
