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

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls listeners of the application; one that throws affects its call alone.
 */
final class SafeListener {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private SafeListener() {
	}

	/**
	 * Deliver a response.
	 * @param relation the name of the relation for the log
	 * @param listener the listener
	 * @param message the response
	 * @return the status to end the call with if the listener failed, otherwise
	 * {@code null}
	 */
	static <RespT> @Nullable Status deliver(String relation, ClientCall.Listener<RespT> listener, RespT message) {
		try {
			listener.onMessage(message);
			return null;
		}
		catch (RuntimeException ex) {
			logger.error(relation + ": a listener failed on a response", ex);
			// As gRPC does
			return Status.CANCELLED.withCause(ex).withDescription("A listener failed on a response");
		}
	}

	/**
	 * Deliver the response to a unary call and its end.
	 * @param relation the name of the relation for the log
	 * @param listener the listener
	 * @param headers the headers of the response or {@code null}
	 * @param message the response or {@code null}
	 * @param status the status of the call
	 * @param trailers the trailers of the response
	 */
	static <RespT> void deliver(String relation, ClientCall.Listener<RespT> listener, @Nullable Metadata headers,
			@Nullable RespT message, Status status, Metadata trailers) {
		Status end = status;
		try {
			if (headers != null) {
				listener.onHeaders(headers);
			}
			if (message != null) {
				listener.onMessage(message);
			}
		}
		catch (RuntimeException ex) {
			end = Status.CANCELLED.withCause(ex).withDescription("A listener failed on the response");
		}
		close(relation, listener, end, trailers);
	}

	/**
	 * Deliver the end of a call.
	 * @param relation the name of the relation for the log
	 * @param listener the listener
	 * @param status the status of the call
	 * @param trailers the trailers of the response
	 */
	static void close(String relation, ClientCall.Listener<?> listener, Status status, Metadata trailers) {
		try {
			listener.onClose(status, trailers);
		}
		catch (RuntimeException ex) {
			logger.error(relation + ": a listener failed on the end of a call", ex);
		}
	}

}
