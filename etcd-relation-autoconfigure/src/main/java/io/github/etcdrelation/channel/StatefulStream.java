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

import java.util.List;

import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * What a stream knows of itself, so that it can be resumed. All but
 * {@link #prepareMove(StreamAttempt)} is called with the lock of the call.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
abstract class StatefulStream<ReqT, RespT> extends ClientCall<ReqT, RespT> {

	/**
	 * Take note of a request that the application sends.
	 * @return whether it is to be sent on a stream that is open
	 */
	abstract boolean remember(ReqT message);

	/**
	 * Return what to send first when the stream is opened, for the first time or again.
	 */
	abstract List<ReqT> openingMessages();

	/**
	 * Take note of a response.
	 * @return what to pass on, {@code null} if nothing
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
	 * Return whether an answer is owed for so long that another member may answer sooner.
	 * @param from the attempt
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
	 */
	boolean isOverdue(StreamAttempt<ReqT, RespT> from, long now, long since) {
		return false;
	}

	/**
	 * Return whether the stream has nothing left to wait for once it was half-closed.
	 */
	abstract boolean isAnswered();

	/**
	 * Return whether the last response was the last word of the server.
	 */
	abstract boolean isFinal();

	/**
	 * Prepare a move to another connection, as planned.
	 * @return whether the call moves by itself when it is prepared
	 */
	boolean prepareMove(StreamAttempt<ReqT, RespT> from) {
		return false;
	}

	/**
	 * Return what to ask now and then while the stream is open.
	 */
	@Nullable ReqT questionNow(StreamAttempt<ReqT, RespT> from, long now) {
		return null;
	}

	/**
	 * Take note that the stream has ended, whoever ended it.
	 */
	void onEnded() {
	}

	/**
	 * Return whether several callers share the stream, so that it is not the first one's
	 * to limit.
	 */
	boolean isShared() {
		return false;
	}

}
