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
 * A stream on one connection. Operations on it are queued under the lock of its call and
 * run without it: gRPC may run callbacks of other calls meanwhile, which have locks of
 * their own.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
final class StreamAttempt<ReqT, RespT> extends Attempt<RespT> {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final StreamLife<ReqT, RespT> owner;

	private final @Nullable String token;

	private final ClientCall<ReqT, RespT> call;

	private final SynchronizationContext operations = new SynchronizationContext(
			(thread, failure) -> logger.error("A stream failed", failure));

	private volatile boolean moving;

	private volatile long lastMessageTime = getStartTime();

	private boolean answered;

	StreamAttempt(StreamLife<ReqT, RespT> owner, Connection connection, @Nullable String token,
			MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		super(connection, System.nanoTime());
		this.owner = owner;
		this.token = token;
		this.call = inRoot(() -> connection.newCall(method, options.withStreamTracerFactory(tracerFactory())));
	}

	/**
	 * The call handles the caller's deadline and cancellation, and a stream that callers
	 * share belongs to none of them.
	 */
	private static <T> T inRoot(java.util.function.Supplier<T> supplier) {
		Context previous = Context.ROOT.attach();
		try {
			return supplier.get();
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

	void start(Metadata headers) {
		this.operations.executeLater(() -> this.call.start(this, headers));
	}

	void request(int numMessages) {
		this.operations.executeLater(() -> this.call.request(numMessages));
	}

	void send(ReqT message) {
		this.operations.executeLater(() -> this.call.sendMessage(message));
	}

	void halfClose() {
		this.operations.executeLater(this.call::halfClose);
	}

	void cancel(String reason) {
		this.operations.executeLater(() -> {
			this.call.cancel(reason, null);
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

	@Nullable String getToken() {
		return this.token;
	}

	/**
	 * Return {@code true} once, for the first response. Guarded by the lock of the call.
	 */
	boolean isFirstAnswer() {
		boolean first = !this.answered;
		this.answered = true;
		return first;
	}

	@Override
	void onUnusable(Unusable reason) {
		if (reason == Unusable.BROKEN && isSent()) {
			return;
		}
		if (reason != Unusable.RETIRED) {
			this.owner.move(this, reason);
			return;
		}
		if (this.moving) {
			return;
		}
		this.moving = true;
		if (!this.owner.prepareMove(this)) {
			this.owner.move(this, Unusable.RETIRED);
		}
	}

	@Override
	void onGivenUp(String reason) {
		this.owner.move(this, Unusable.SILENT);
	}

	@Override
	void onTick(long now, long since) {
		this.owner.askNow(this, now, since);
	}

	@Override
	void onSilence() {
		this.owner.move(this, Unusable.SILENT);
	}

	@Override
	void onArrival() {
		super.onArrival();
		this.lastMessageTime = System.nanoTime();
	}

	/**
	 * Return when the last message arrived, which may still be queued for delivery.
	 * @return the time by {@link System#nanoTime()}
	 */
	long getLastMessageTime() {
		return this.lastMessageTime;
	}

	@Override
	boolean isAnsweredSoon() {
		return false;
	}

	@Override
	public void onHeaders(Metadata headers) {
		this.owner.headers(this, headers);
	}

	@Override
	public void onMessage(RespT message) {
		this.owner.message(this, message);
	}

	@Override
	public void onReady() {
		this.owner.ready(this);
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		getConnection().remove(this);
		this.owner.ended(this, status, trailers);
	}

}
