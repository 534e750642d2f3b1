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

import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A unary call on one connection. The response is collected on the network thread.
 *
 * @param <ReqT> the type of the request
 * @param <RespT> the type of the response
 */
final class UnaryAttempt<ReqT, RespT> extends Attempt<RespT> implements Runnable {

	private final UnaryCall<ReqT, RespT> owner;

	private final @Nullable String token;

	private @Nullable ClientCall<ReqT, RespT> call;

	private boolean begun;

	private @Nullable Cancellation cancellation;

	private @Nullable String givenUp;

	private @Nullable Metadata responseHeaders;

	private @Nullable RespT response;

	private boolean surplus;

	private boolean malformed;

	private Status status = Status.UNKNOWN;

	private Metadata trailers = new Metadata();

	UnaryAttempt(UnaryCall<ReqT, RespT> owner, Connection connection, @Nullable String token, long now) {
		super(connection, now);
		this.owner = owner;
		this.token = token;
	}

	void begin(MethodDescriptor<ReqT, RespT> method, CallOptions options, Metadata headers, @Nullable ReqT request) {
		getConnection().add(this);
		// The call handles the caller's deadline and cancellation
		if (Context.current() == Context.ROOT) {
			send(method, options, headers, request);
		}
		else {
			Context.ROOT.run(() -> send(method, options, headers, request));
		}
		synchronized (this) {
			this.begun = true;
		}
		catchUp();
		getConnection().started(this);
	}

	private void send(MethodDescriptor<ReqT, RespT> method, CallOptions options, Metadata headers,
			@Nullable ReqT request) {
		ClientCall<ReqT, RespT> made = getConnection().newCall(method,
				options.withStreamTracerFactory(tracerFactory()));
		this.call = made;
		made.start(this, headers);
		int missing = this.owner.takeRequested(this);
		if (missing > 0) {
			made.request(missing);
		}
		if (request != null) {
			made.sendMessage(request);
		}
		made.halfClose();
	}

	/**
	 * Apply the requests and the cancellation since the attempt was started; those that
	 * come while it is started are deferred. gRPC may run callbacks of other calls
	 * meanwhile, so no lock is held.
	 */
	void catchUp() {
		ClientCall<ReqT, RespT> running;
		Cancellation canceled;
		synchronized (this) {
			running = this.call;
			if (running == null || !this.begun) {
				return;
			}
			canceled = this.cancellation;
		}
		if (canceled != null) {
			Status cancellation = this.owner.getCancellation();
			running.cancel((cancellation != null) ? cancellation.getDescription() : canceled.name(),
					(cancellation != null) ? cancellation.getCause() : null);
			// If it has ended before, gRPC still holds back the end, behind whatever was
			// sent
			running.request(Integer.MAX_VALUE);
			return;
		}
		int missing = this.owner.takeRequested(this);
		if (missing > 0) {
			running.request(missing);
		}
	}

	void cancel(Cancellation reason) {
		synchronized (this) {
			if (this.cancellation != null) {
				return;
			}
			this.cancellation = reason;
		}
		catchUp();
	}

	@Override
	void onUnusable(Unusable reason) {
		CallType type = this.owner.getType();
		boolean moves = switch (reason) {
			case BROKEN -> !isSent();
			case SILENT -> !isSent() || type == CallType.READ || type == CallType.SERIALIZABLE_READ;
			case REFUSING -> !this.owner.isOnlyMember() && type == CallType.READ;
			case RETIRED -> false;
		};
		if (moves) {
			cancel(Cancellation.MOVED);
		}
	}

	@Override
	void onGivenUp(String reason) {
		boolean readOnly = this.owner.getType().isReadOnly();
		if (!readOnly) {
			synchronized (this) {
				this.givenUp = (this.givenUp != null) ? this.givenUp : reason;
			}
		}
		cancel(readOnly ? Cancellation.MOVED : Cancellation.GIVEN_UP);
	}

	@Override
	boolean isAnsweredSoon() {
		return this.owner.getType().isAnsweredSoon();
	}

	boolean is(Cancellation reason) {
		synchronized (this) {
			return this.cancellation == reason;
		}
	}

	@Nullable String getGivenUp() {
		synchronized (this) {
			return this.givenUp;
		}
	}

	@Nullable String getToken() {
		return this.token;
	}

	/**
	 * Return whether the call succeeded without a response or with more than one.
	 */
	boolean isMalformed() {
		return this.malformed;
	}

	boolean isReady() {
		ClientCall<ReqT, RespT> running = this.call;
		return running != null && running.isReady();
	}

	@Override
	void onArrival() {
		// The trailers arrive with it
	}

	@Override
	public void onHeaders(Metadata headers) {
		this.responseHeaders = headers;
	}

	@Override
	public void onMessage(RespT message) {
		this.surplus |= this.response != null;
		this.response = message;
	}

	private void observeTerm(RespT response) {
		long term = term(response);
		if (term != 0) {
			getConnection().getMember().getState().observeTerm(term, getEndTime());
		}
	}

	private static long term(Object response) {
		if (response instanceof RangeResponse range) {
			return range.getHeader().getRaftTerm();
		}
		if (response instanceof PutResponse put) {
			return put.getHeader().getRaftTerm();
		}
		if (response instanceof TxnResponse txn) {
			return txn.getHeader().getRaftTerm();
		}
		return (response instanceof DeleteRangeResponse delete) ? delete.getHeader().getRaftTerm() : 0;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		getConnection().remove(this);
		if (this.response != null) {
			observeTerm(this.response);
		}
		this.trailers = trailers;
		this.owner.ended(this, judge(status));
	}

	/**
	 * Make an error of an end that jetcd would wait on forever.
	 */
	private Status judge(Status status) {
		this.malformed = status.isOk() && (this.response == null || this.surplus);
		if (!this.malformed) {
			return status;
		}
		return Status.INTERNAL
			.withDescription((this.surplus ? "more than one response" : "no response") + ", which etcd does not send");
	}

	void setEnd(Status end) {
		this.status = end;
	}

	/**
	 * Deliver what was collected.
	 */
	@Override
	public void run() {
		this.owner.deliver(this);
	}

	void deliver(String relation, ClientCall.Listener<RespT> listener) {
		// jetcd would take a response for the end
		SafeListener.deliver(relation, listener, this.responseHeaders, this.status.isOk() ? this.response : null,
				this.status, this.trailers);
	}

	/**
	 * Why the client has canceled an attempt.
	 */
	enum Cancellation {

		/**
		 * The caller has canceled the call.
		 */
		CALLER,

		/**
		 * The deadline has passed.
		 */
		EXPIRED,

		/**
		 * The call moves to another member.
		 */
		MOVED,

		/**
		 * The member will not answer.
		 */
		GIVEN_UP

	}

}
