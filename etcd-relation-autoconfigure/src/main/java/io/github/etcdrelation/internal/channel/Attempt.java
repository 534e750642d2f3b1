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

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a call on one connection. It is notified of that connection's changes
 * without a lock held, on threads that must not block.
 *
 * @param <RespT> the type of the responses
 */
abstract class Attempt<RespT> extends ClientCall.Listener<RespT> {

	private static final int PART_BYTES = 1024;

	// Guarded by the list of attempts that it is in
	boolean carried;

	@Nullable Attempt<?> previous;

	@Nullable Attempt<?> next;

	private final Connection connection;

	private final long startTime;

	private long startTerm;

	// Written before the end is delivered, which makes it visible to others
	private long endTime;

	private volatile boolean sent;

	/**
	 * Create an attempt.
	 * @param connection the connection of the attempt
	 * @param now the time by {@link System#nanoTime()}
	 */
	Attempt(Connection connection, long now) {
		this.connection = connection;
		this.startTime = now;
		this.endTime = now;
		this.startTerm = connection.getMember().getState().getTerm(this.startTime);
	}

	/**
	 * The connection broke, its member is out of use or the connection was replaced.
	 */
	abstract void onUnusable(Unusable reason);

	/**
	 * No response will arrive, or it would arrive too late: end the attempt if a response
	 * was due.
	 * @param reason what is wrong with the member
	 */
	abstract void onGivenUp(String reason);

	/**
	 * Return whether etcd responds soon, so that silence makes the member suspect.
	 */
	abstract boolean isAnsweredSoon();

	/**
	 * Run what is due; called periodically.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 */
	void onTick(long now, long since) {
	}

	/**
	 * The connection is out of use and silent.
	 */
	void onSilence() {
	}

	/**
	 * A message starts to arrive; called on the network thread.
	 */
	void onArrival() {
		this.connection.getLiveness().heard(System.nanoTime());
	}

	final Connection getConnection() {
		return this.connection;
	}

	final long getStartTime() {
		return this.startTime;
	}

	/**
	 * Return whether there was an election since the attempt started: a request that a
	 * member forwarded to the former leader may be lost silently.
	 */
	final boolean isOutlivedByTerm() {
		MemberState state = this.connection.getMember().getState();
		if (this.startTerm == 0) {
			// No term was observed recently: the first one observed counts
			this.startTerm = state.getTermSince(this.startTime);
			return false;
		}
		return this.startTerm != state.getTerm();
	}

	/**
	 * Return when etcd ended the attempt, its start time if it has not.
	 * @return the time by {@link System#nanoTime()}
	 */
	final long getEndTime() {
		return this.endTime;
	}

	/**
	 * Return whether gRPC has created the stream: the request may have reached etcd then.
	 */
	final boolean isSent() {
		return this.sent;
	}

	final ClientStreamTracer.Factory tracerFactory() {
		return new TracerFactory(this);
	}

	/**
	 * Why a connection accepts no more calls.
	 */
	enum Unusable {

		/**
		 * It broke: gRPC fails what was sent on it.
		 */
		BROKEN,

		/**
		 * Responses of the member are overdue and nothing was received.
		 */
		SILENT,

		/**
		 * The member responds that it cannot serve: it has no leader or is a learner.
		 */
		REFUSING,

		/**
		 * A proven connection replaces it.
		 */
		RETIRED

	}

	private static final class TracerFactory extends ClientStreamTracer.Factory {

		private final Attempt<?> attempt;

		private TracerFactory(Attempt<?> attempt) {
			this.attempt = attempt;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			// gRPC transparently retries what the server has certainly not processed
			if (this.attempt.sent) {
				this.attempt.sent = false;
			}
			return new Tracer(this.attempt);
		}

	}

	private static final class Tracer extends ClientStreamTracer {

		private final Attempt<?> attempt;

		private Tracer(Attempt<?> attempt) {
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.attempt.sent = true;
		}

		@Override
		public void inboundMessage(int seqNo) {
			this.attempt.onArrival();
		}

		@Override
		public void inboundWireSize(long bytes) {
			// The parts of a large response count; a small one ends with its trailers
			if (bytes >= PART_BYTES) {
				this.attempt.connection.getLiveness().heard(System.nanoTime());
			}
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			long now = System.nanoTime();
			this.attempt.endTime = now;
			this.attempt.connection.getLiveness().heard(now);
		}

	}

}
