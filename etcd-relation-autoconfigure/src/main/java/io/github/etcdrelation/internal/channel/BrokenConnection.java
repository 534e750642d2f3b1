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

import java.nio.channels.ClosedChannelException;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a broken connection by the status of a call that neither etcd nor this
 * client has ended. Any other status is etcd's own.
 */
final class BrokenConnection {

	private static final String ETCD = "etcdserver: ";

	private static final String HTTP = "HTTP status code ";

	private static final int MAX_DEPTH = 20;

	private BrokenConnection() {
	}

	/**
	 * Return whether a call was ended by its connection, by a proxy on the way or by a
	 * stopping server, none of which shows whether etcd applied it.
	 * @param status the status of a call that this client has not canceled
	 */
	static boolean is(Status status) {
		if (isEtcd(status)) {
			return false;
		}
		return switch (status.getCode()) {
			case UNAVAILABLE, CANCELLED -> true;
			case UNKNOWN -> isClosedChannel(status.getCause()) || isHttp(status);
			// An HTTP/2 error, or a proxy's response that gRPC maps to it
			case INTERNAL -> true;
			default -> false;
		};
	}

	/**
	 * Return whether a proxy may have ended a stream: etcd itself does not do so.
	 * @param status the status of the stream
	 */
	static boolean maybe(Status status) {
		if (isEtcd(status)) {
			return false;
		}
		return switch (status.getCode()) {
			case UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED -> true;
			default -> false;
		};
	}

	private static boolean isEtcd(Status status) {
		String description = status.getDescription();
		return description != null && description.startsWith(ETCD);
	}

	/**
	 * A TLS member that stops by SIGTERM ends calls with status 200 and no gRPC headers.
	 */
	private static boolean isHttp(Status status) {
		String description = status.getDescription();
		return description != null && description.startsWith(HTTP);
	}

	private static boolean isClosedChannel(@Nullable Throwable cause) {
		Throwable current = cause;
		for (int depth = 0; current != null && depth < MAX_DEPTH; depth++) {
			if (current instanceof ClosedChannelException) {
				return true;
			}
			current = current.getCause();
		}
		return false;
	}

}
