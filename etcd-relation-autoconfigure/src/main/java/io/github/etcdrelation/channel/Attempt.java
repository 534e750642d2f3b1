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

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, carried by one connection. Notified about that connection
 * without any lock being held, on threads where nothing may wait.
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

	// Written before the end is delivered, which others learn of it from
	private long endTime;

	private volatile boolean sent;

	/**
	 * Create an attempt.
	 * @param connection the connection that carries it
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
	 * Nothing will be heard of the attempt any more, or what is heard comes too late: end
	 * it if it waits for an answer that was due.
	 * @param reason what is wrong with the member
	 */
	abstract void onGivenUp(String reason);

	/**
	 * Return whether etcd answers soon, so that silence is to be suspected.
	 */
	abstract boolean isAnsweredSoon();

	/**
	 * A second has passed: see to what is due.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
	 */
	void onTick(long now, long since) {
	}

	/**
	 * The connection, which is out of use, is silent.
	 */
	void onSilence() {
	}

	/**
	 * A message begins to arrive, on the network thread.
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
	 * Return whether the cluster elected since the attempt began: what a member passed on
	 * to the former leader then may be lost without a word.
	 */
	final boolean isOutlivedByTerm() {
		MemberState state = this.connection.getMember().getState();
		if (this.startTerm == 0) {
			// Nobody had heard of it for long: what is heard first counts
			this.startTerm = state.getTermSince(this.startTime);
			return false;
		}
		return this.startTerm != state.getTerm();
	}

	/**
	 * Return when etcd ended it, when it began if it did not.
	 * @return the time by {@link System#nanoTime()}
	 */
	final long getEndTime() {
		return this.endTime;
	}

	/**
	 * Return whether gRPC has created the stream: from then on the request may reach
	 * etcd.
	 */
	final boolean isSent() {
		return this.sent;
	}

	final ClientStreamTracer.Factory tracerFactory() {
		return new TracerFactory(this);
	}

	/**
	 * Why a connection takes no more calls.
	 */
	enum Unusable {

		/**
		 * It broke: gRPC ends what was sent on it.
		 */
		BROKEN,

		/**
		 * The member owes answers and is silent.
		 */
		SILENT,

		/**
		 * The member answers that it cannot serve: it has no leader or is a learner.
		 */
		REFUSING,

		/**
		 * Another connection replaces it, which has been proven.
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
			// gRPC repeats by itself what the server has certainly not processed
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
			// Of a large response parts count; what ends a small one comes with it
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
