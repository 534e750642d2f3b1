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

import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered by a stream which cannot be resumed. When its connection is
 * replaced it has to end within the drain timeout.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the responses
 */
final class StreamCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements PendingCall {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final CallContext context;

	private final MethodDescriptor<ReqT, RespT> method;

	private final CallOptions options;

	private final Executor executor;

	private final CallerLimit limit;

	@GuardedBy("this")
	private @Nullable Listener<RespT> listener;

	@GuardedBy("this")
	private @Nullable Metadata headers;

	@GuardedBy("this")
	private @Nullable ReqT request;

	@GuardedBy("this")
	private int requested;

	@GuardedBy("this")
	private @Nullable Running running;

	@GuardedBy("this")
	private boolean done;

	StreamCall(CallContext context, MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor sequentialExecutor) {
		this.context = context;
		this.method = method;
		this.options = options.withExecutor(sequentialExecutor).withoutWaitForReady().withDeadline(null);
		this.executor = sequentialExecutor;
		this.limit = new CallerLimit(context, options, false);
	}

	@Override
	public void start(Listener<RespT> listener, Metadata headers) {
		synchronized (this) {
			this.listener = listener;
			this.headers = headers;
		}
		this.limit.begin(this::fail);
	}

	@Override
	public void request(int numMessages) {
		Running current;
		synchronized (this) {
			this.requested += numMessages;
			current = this.running;
			if (current != null) {
				current.operations.executeLater(() -> current.call.request(numMessages));
			}
		}
		drain(current);
	}

	@Override
	public synchronized void sendMessage(ReqT message) {
		this.request = message;
	}

	@Override
	public void halfClose() {
		begin();
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		fail(Status.CANCELLED.withDescription(message).withCause(cause));
	}

	@Override
	public synchronized boolean isReady() {
		return this.running != null && this.running.call.isReady();
	}

	private void drain(StreamCall<ReqT, RespT>.@Nullable Running current) {
		if (current != null) {
			current.operations.drain();
		}
	}

	private void begin() {
		String token = null;
		if (this.context.authenticator().isActive()) {
			token = this.context.authenticator().getToken();
			if (token == null) {
				this.context.authenticator().enqueue(this);
				return;
			}
		}
		Connection connection = this.context.members().acquireForStream(null);
		if (connection == null) {
			this.context.members().enqueue(this);
			return;
		}
		Running next;
		synchronized (this) {
			next = (this.done || this.running != null) ? null : new Running(connection, token);
			this.running = (next != null) ? next : this.running;
			if (next != null) {
				next.start(EtcdHeaders.of(this.headers, true, token), this.requested, this.request);
			}
		}
		if (next == null) {
			connection.release();
			return;
		}
		connection.add(next);
		next.operations.drain();
		connection.started(next);
	}

	@Override
	public boolean isStream() {
		return true;
	}

	@Override
	public void onReady() {
		begin();
	}

	@Override
	public void onUnserved(Status status) {
		fail(status);
	}

	/**
	 * End the stream from this side.
	 */
	private void fail(Status status) {
		Running current;
		Listener<RespT> told;
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.done = true;
			current = this.running;
			told = this.listener;
			if (current != null) {
				current.operations.executeLater(() -> {
					current.call.cancel("the stream was ended", null);
					current.call.request(Integer.MAX_VALUE);
				});
			}
		}
		this.limit.end();
		this.context.members().forget(this);
		drain(current);
		if (told != null) {
			this.context.offload(() -> this.executor.execute(() -> close(told, status, new Metadata())));
		}
	}

	private void close(Listener<RespT> told, Status status, Metadata trailers) {
		try {
			told.onClose(status, trailers);
		}
		catch (RuntimeException ex) {
			logger.error(this.context.relation() + ": a listener failed on the end of a stream", ex);
		}
	}

	private synchronized @Nullable Listener<RespT> listener(Running from) {
		return (!this.done && this.running == from) ? this.listener : null;
	}

	private void ended(Running ended, Status status, Metadata trailers) {
		Listener<RespT> told;
		boolean again;
		synchronized (this) {
			if (this.done || this.running != ended) {
				return;
			}
			Refusal refusal = Refusal.of(status);
			boolean refused = refusal == Refusal.TOKEN && ended.token != null && !ended.answered
					&& this.context.authenticator().refused(ended.token);
			again = refused || (!ended.isSent() && BrokenConnection.is(status) && !this.context.members().isClosed());
			if (again) {
				this.running = null;
			}
			this.done = !again;
			told = this.listener;
		}
		if (again) {
			this.context.members().enqueue(this);
			return;
		}
		this.limit.end();
		if (told != null) {
			Status end = this.context.members().isClosed() ? this.context.members().getUnservedStatus() : status;
			close(told, BrokenConnection.is(end)
					? this.context.broken(ended.getConnection(), FailureReason.of(end), false) : end, trailers);
		}
	}

	/**
	 * The stream on one connection.
	 */
	private final class Running extends Attempt<RespT> {

		private final ClientCall<ReqT, RespT> call;

		private final @Nullable String token;

		private final SynchronizationContext operations = new SynchronizationContext(
				(thread, failure) -> logger.error("A stream failed", failure));

		private volatile boolean answered;

		private Running(Connection connection, @Nullable String token) {
			super(connection);
			this.token = token;
			this.call = connection.newCall(StreamCall.this.method,
					StreamCall.this.options.withStreamTracerFactory(tracerFactory()));
		}

		private void start(Metadata headers, int requested, @Nullable ReqT request) {
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

		@Override
		void onUnusable(Unusable reason) {
			if (reason == Unusable.RETIRED) {
				CallContext context = StreamCall.this.context;
				context.schedule(
						() -> context.offload(() -> fail(Status.UNAVAILABLE.withDescription(context.relation()
								+ " changed and the stream did not end by itself on the former connection"))),
						context.settings().drainTimeout().toNanos());
			}
			else if (reason == Unusable.SILENT) {
				fail(StreamCall.this.context.broken(getConnection(), "no answer from etcd", false));
			}
		}

		@Override
		void onGivenUp(String reason) {
			fail(StreamCall.this.context.broken(getConnection(), reason, false));
		}

		@Override
		boolean isAnsweredSoon() {
			return false;
		}

		@Override
		public void onHeaders(Metadata headers) {
			Listener<RespT> told = listener(this);
			if (told != null) {
				told.onHeaders(headers);
			}
		}

		@Override
		public void onMessage(RespT message) {
			this.answered = true;
			Listener<RespT> told = listener(this);
			if (told != null) {
				told.onMessage(message);
			}
		}

		@Override
		public void onReady() {
			Listener<RespT> told = listener(this);
			if (told != null) {
				told.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			getConnection().remove(this);
			ended(this, status, trailers);
		}

	}

}
