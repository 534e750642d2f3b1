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

import java.nio.channels.ClosedChannelException;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What a broken connection looks like: how a call ends that neither etcd nor this side
 * has ended. Everything else is etcd's own word.
 */
final class BrokenConnection {

	private static final String ETCD = "etcdserver: ";

	private static final String HTTP = "HTTP status code ";

	private static final int MAX_DEPTH = 20;

	private BrokenConnection() {
	}

	/**
	 * Return whether a call was ended by its connection, by a proxy on the way or by a
	 * server that stops, none of which says whether etcd carried it out.
	 * @param status how the call ended, which this side has not canceled
	 */
	static boolean is(Status status) {
		if (isEtcd(status)) {
			return false;
		}
		return switch (status.getCode()) {
			case UNAVAILABLE, CANCELLED -> true;
			case UNKNOWN -> isClosedChannel(status.getCause()) || isHttp(status);
			// Of HTTP/2, or a proxy's answer that gRPC maps to it
			case INTERNAL -> true;
			default -> false;
		};
	}

	/**
	 * Return whether a proxy may have made the end of a stream, which etcd itself does
	 * not end that way.
	 * @param status how the stream ended
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
