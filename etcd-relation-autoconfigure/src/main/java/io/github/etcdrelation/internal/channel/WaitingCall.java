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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered when its lease has its turn. etcd handles it as one long
 * request, which cannot be repeated when its connection breaks: the second attempt adopts
 * the key that the first one deletes on its way out, and both are granted their turn.
 * Here it is split into steps that can be repeated.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the response
 */
abstract class WaitingCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements QueueOwner {

	private final WaitingCalls calls;

	private final CallOptions options;

	private final Executor executor;

	private final Supplier<ClientCall<ReqT, RespT>> rpc;

	private final Context context = Context.current();

	private final Context.CancellationListener contextListener = this::contextCancelled;

	// The fields below are confined to this context
	private final SynchronizationContext synchronization = new SynchronizationContext(
			(thread, failure) -> abandon(Status.INTERNAL.withDescription("Failed to wait").withCause(failure)));

	private @Nullable Listener<RespT> listener;

	private Metadata headers = new Metadata();

	private @Nullable ReqT request;

	private int requested;

	private @Nullable ClientCall<ReqT, RespT> delegate;

	private @Nullable QueuePlace place;

	private @Nullable Cancellable deadline;

	private @Nullable RespT response;

	private @Nullable Status end;

	/**
	 * Create a call.
	 * @param calls the waiting calls of the channel
	 * @param options the options
	 * @param executor runs the callbacks, not on the caller's thread unless configured
	 * @param rpc creates the call of etcd's RPC, which is never repeated once it was sent
	 */
	WaitingCall(WaitingCalls calls, CallOptions options, Executor executor, Supplier<ClientCall<ReqT, RespT>> rpc) {
		this.calls = calls;
		this.options = options;
		this.executor = executor;
		this.rpc = rpc;
	}

	/**
	 * Return the lease, 0 if etcd is to create one, which only its own RPC does.
	 */
	abstract long lease(ReqT request);

	abstract QueueRequests requests(ReqT request);

	abstract RespT response(ReqT request, ResponseHeader header, ByteString key, long createRevision);

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		this.synchronization.execute(() -> {
			this.listener = listener;
			this.headers = headers;
			if (this.end != null) {
				deliver(listener, null, this.end);
			}
		});
	}

	@Override
	public void request(int numMessages) {
		this.synchronization.execute(() -> {
			this.requested += numMessages;
			if (this.delegate != null) {
				this.delegate.request(numMessages);
			}
			answer();
		});
	}

	@Override
	public void sendMessage(ReqT message) {
		this.synchronization.execute(() -> this.request = message);
	}

	@Override
	public void halfClose() {
		this.synchronization.execute(() -> {
			if (this.request != null && this.listener != null && this.end == null) {
				begin(this.request);
			}
		});
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.synchronization.execute(() -> {
			if (this.delegate != null) {
				this.delegate.cancel(message, cause);
			}
			else {
				abandon(Status.CANCELLED.withDescription(message).withCause(cause));
			}
		});
	}

	/**
	 * End the call because the channel is closed.
	 */
	final void close(Status status) {
		this.synchronization.execute(() -> abandon(status));
	}

	private void begin(ReqT request) {
		long lease = lease(request);
		if (lease == 0) {
			delegate(request);
			return;
		}
		this.place = this.calls.place(this, requests(request), this.options, this.headers, this.context,
				this.synchronization);
		this.place.enter();
		Deadline given = this.options.getDeadline();
		if (given != null) {
			this.deadline = this.calls.schedule(() -> this.synchronization.execute(this::expired),
					given.timeRemaining(TimeUnit.NANOSECONDS));
		}
		// After the place, which this may abandon at once
		this.context.addListener(this.contextListener, Runnable::run);
	}

	private void expired() {
		abandon(Status.DEADLINE_EXCEEDED
			.withDescription("%s: the call's turn did not come in time".formatted(this.calls)));
	}

	private void contextCancelled(Context cancelled) {
		Status status = Contexts.statusFromCancelled(cancelled);
		this.synchronization.execute(() -> abandon(status));
	}

	/**
	 * Delegate to etcd's own RPC.
	 */
	private void delegate(ReqT request) {
		stopWaiting();
		Listener<RespT> listener = this.listener;
		Context previous = this.context.attach();
		try {
			ClientCall<ReqT, RespT> call = this.rpc.get();
			this.delegate = call;
			if (listener != null) {
				call.start(listener, this.headers);
				call.request(this.requested);
				call.sendMessage(request);
				call.halfClose();
			}
		}
		finally {
			this.context.detach(previous);
		}
	}

	@Override
	public void reached(ResponseHeader header, ByteString key, long createRevision) {
		if (this.request != null) {
			this.response = response(this.request, header, key, createRevision);
			answer();
		}
	}

	private void answer() {
		if (this.response != null && this.requested > 0 && this.end == null) {
			if (this.place != null) {
				this.place.hold();
			}
			end(Status.OK);
		}
	}

	@Override
	public void lost(Status status) {
		end(status);
	}

	@Override
	public void refused() {
		if (this.request != null) {
			delegate(this.request);
		}
	}

	private void abandon(Status status) {
		if (this.end == null) {
			if (this.place != null) {
				this.place.abandon();
			}
			this.response = null;
			end(status);
		}
	}

	private void end(Status status) {
		this.end = status;
		stopWaiting();
		Listener<RespT> listener = this.listener;
		if (listener != null && this.delegate == null) {
			deliver(listener, this.response, status);
		}
	}

	private void stopWaiting() {
		this.calls.remove(this);
		this.context.removeListener(this.contextListener);
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	private void deliver(Listener<RespT> listener, @Nullable RespT response, Status status) {
		Metadata responseHeaders = (response != null) ? new Metadata() : null;
		this.executor.execute(this.context.wrap(() -> SafeListener.deliver(this.calls.toString(), listener,
				responseHeaders, response, status, new Metadata())));
	}

}
