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

import java.util.List;

import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * The state from which a stream is resumed. All methods but
 * {@link #prepareMove(StreamAttempt)} are called with the lock of the call.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class StatefulStream<ReqT, RespT> extends ClientCall<ReqT, RespT> {

	/**
	 * Record a request of the application.
	 * @return whether to send it on an open stream
	 */
	abstract boolean remember(ReqT message);

	/**
	 * Return what to send first whenever the stream is opened.
	 */
	abstract List<ReqT> openingMessages();

	/**
	 * Record a response.
	 * @return the response to deliver, {@code null} if none
	 */
	abstract @Nullable RespT received(RespT message, StreamAttempt<ReqT, RespT> from);

	/**
	 * Return whether a response shows that the stream works.
	 */
	abstract boolean isFruitful(RespT message);

	/**
	 * Return why etcd has refused to open the stream, in a response instead of a status.
	 */
	@Nullable Refusal refusal(RespT message) {
		return null;
	}

	/**
	 * Return whether a response is so overdue that another member may respond sooner.
	 * @param from the attempt
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 */
	boolean isOverdue(StreamAttempt<ReqT, RespT> from, long now, long since) {
		return false;
	}

	/**
	 * Return whether the stream has nothing left to wait for once it was half-closed.
	 */
	abstract boolean isAnswered();

	/**
	 * Return whether the last response ends the stream.
	 */
	abstract boolean isFinal();

	/**
	 * Prepare a planned move to another connection.
	 * @return whether the call moves by itself once prepared
	 */
	boolean prepareMove(StreamAttempt<ReqT, RespT> from) {
		return false;
	}

	/**
	 * Return the request that is due on an open stream, {@code null} if none.
	 */
	@Nullable ReqT questionNow(StreamAttempt<ReqT, RespT> from, long now) {
		return null;
	}

	/**
	 * The stream has ended, whoever ended it.
	 */
	void onEnded() {
	}

	/**
	 * Return whether several callers share the stream, so that the first one does not
	 * limit it.
	 */
	boolean isShared() {
		return false;
	}

}
