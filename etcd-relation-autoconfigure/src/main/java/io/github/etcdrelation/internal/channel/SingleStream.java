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

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A stream that cannot be resumed, on one connection. Operations on it are queued under
 * the lock of its call and run without it.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the responses
 */
final class SingleStream<ReqT, RespT> extends Attempt<RespT> {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final StreamCall<ReqT, RespT> owner;

	private final @Nullable String token;

	private final ClientCall<ReqT, RespT> call;

	private final SynchronizationContext operations = new SynchronizationContext(
			(thread, failure) -> logger.error("A stream failed", failure));

	private volatile boolean answered;

	SingleStream(StreamCall<ReqT, RespT> owner, Connection connection, @Nullable String token,
			MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		super(connection, System.nanoTime());
		this.owner = owner;
		this.token = token;
		Context previous = Context.ROOT.attach();
		try {
			this.call = connection.newCall(method, options.withStreamTracerFactory(tracerFactory()));
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

	void start(Metadata headers, int requested, @Nullable ReqT request) {
		this.operations.executeLater(() -> {
			this.call.start(this, headers);
			if (requested > 0) {
				this.call.request(requested);
			}
			if (request != null) {
				this.call.sendMessage(request);
			}
			this.call.halfClose();
		});
	}

	void request(int numMessages) {
		this.operations.executeLater(() -> this.call.request(numMessages));
	}

	void cancel() {
		this.operations.executeLater(() -> {
			this.call.cancel("the stream was ended", null);
			// If the connection broke before, gRPC still holds back received messages
			this.call.request(Integer.MAX_VALUE);
		});
	}

	/**
	 * Run the queued operations. Must be called without a lock.
	 */
	void drain() {
		this.operations.drain();
	}

	boolean isReady() {
		return this.call.isReady();
	}

	boolean isAnswered() {
		return this.answered;
	}

	@Nullable String getToken() {
		return this.token;
	}

	@Override
	void onUnusable(Unusable reason) {
		CallContext context = this.owner.getContext();
		if (reason == Unusable.RETIRED) {
			Status drained = Status.UNAVAILABLE.withDescription(
					context.relation() + " changed and the stream did not end by itself on the former connection");
			context.schedule(() -> context.offload(() -> this.owner.fail(drained)),
					context.settings().drainTimeout().toNanos());
		}
		else if (reason == Unusable.SILENT) {
			onGivenUp("no answer from etcd");
		}
	}

	@Override
	void onGivenUp(String reason) {
		this.owner.fail(this.owner.getContext().broken(getConnection(), reason, false));
	}

	@Override
	boolean isAnsweredSoon() {
		return false;
	}

	@Override
	public void onHeaders(Metadata headers) {
		ClientCall.Listener<RespT> listener = this.owner.listener(this);
		if (listener != null) {
			listener.onHeaders(headers);
		}
	}

	@Override
	public void onMessage(RespT message) {
		this.answered = true;
		ClientCall.Listener<RespT> listener = this.owner.listener(this);
		if (listener != null) {
			Status failure = SafeListener.deliver(this.owner.getContext().relation(), listener, message);
			if (failure != null) {
				this.owner.fail(failure);
			}
		}
	}

	@Override
	public void onReady() {
		ClientCall.Listener<RespT> listener = this.owner.listener(this);
		if (listener != null) {
			listener.onReady();
		}
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		getConnection().remove(this);
		this.owner.ended(this, status, trailers);
	}

}
