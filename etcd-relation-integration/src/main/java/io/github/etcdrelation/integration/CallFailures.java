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

package io.github.etcdrelation.integration;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Counts consecutive failures of a repeatable call, for the delay between attempts.
 */
final class CallFailures {

	private static final long FIRST_DELAY_MILLIS = 20;

	private static final long MAX_DELAY_MILLIS = 2000;

	private static final int MAX_DOUBTFUL = 5;

	private int count;

	/**
	 * Return whether a failure may be transient.
	 */
	boolean isTransient(Throwable failure) {
		if (!isOfCall(failure)) {
			return false;
		}
		return switch (code(failure)) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION -> true;
			// A broken connection has many statuses, but these may also be intended
			case UNKNOWN, INTERNAL, CANCELLED, ABORTED -> this.count < MAX_DOUBTFUL;
			default -> false;
		};
	}

	/**
	 * Count a failure.
	 * @return the delay in nanoseconds before the call is repeated
	 */
	long next() {
		long millis = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(this.count, 10));
		this.count++;
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	void reset() {
		this.count = 0;
	}

	static boolean isNotFound(Throwable failure) {
		return code(failure) == Status.Code.NOT_FOUND;
	}

	/**
	 * Return whether etcd or the client will not carry out the call however often it is
	 * made.
	 */
	static boolean isRefused(Throwable failure) {
		return !isOfCall(failure) || switch (code(failure)) {
			case PERMISSION_DENIED, INVALID_ARGUMENT, UNIMPLEMENTED -> true;
			default -> false;
		};
	}

	private static boolean isOfCall(Throwable failure) {
		Throwable unwrapped = unwrap(failure);
		return unwrapped instanceof EtcdException || unwrapped instanceof StatusRuntimeException;
	}

	private static Status.Code code(Throwable failure) {
		return (unwrap(failure) instanceof EtcdException etcd) ? Status.Code.valueOf(etcd.getErrorCode().name())
				: Status.fromThrowable(failure).getCode();
	}

	static Throwable unwrap(Throwable failure) {
		boolean wrapper = failure instanceof ExecutionException || failure instanceof CompletionException;
		Throwable cause = failure.getCause();
		if (wrapper && cause != null) {
			return unwrap(cause);
		}
		return (failure instanceof CancellationException) ? Status.CANCELLED.withCause(failure).asRuntimeException()
				: failure;
	}

}
