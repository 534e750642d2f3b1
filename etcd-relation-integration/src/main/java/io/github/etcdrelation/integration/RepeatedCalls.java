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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Makes repeatable calls for a thread that waits. Confined to that thread.
 */
final class RepeatedCalls {

	/**
	 * Longer than a call of the starter's client takes with its default timeouts.
	 */
	private static final long CALL_NANOS = Duration.ofSeconds(25).toNanos();

	private static final Status NO_ANSWER = Status.DEADLINE_EXCEEDED.withDescription("No answer from etcd");

	private final Patience patience;

	private final long repeatNanos;

	/**
	 * Create the calls.
	 * @param patience how long the thread waits
	 * @param repeatNanos how long a call that fails is repeated, in nanoseconds
	 */
	RepeatedCalls(Patience patience, long repeatNanos) {
		this.patience = patience;
		this.repeatNanos = repeatNanos;
	}

	/**
	 * Make a call until it has a result.
	 * @param <T> the type of the result
	 * @param call starts the call
	 * @return the result, {@code null} if the patience was over before
	 * @throws EtcdCallException if it failed and is not to be repeated
	 * @throws InterruptedException if the thread was interrupted
	 */
	<T> @Nullable T make(Supplier<CompletableFuture<T>> call) throws EtcdCallException, InterruptedException {
		CallFailures failures = new CallFailures();
		long begin = System.nanoTime();
		Throwable failure = null;
		while (true) {
			CompletableFuture<T> future = start(call);
			if (this.patience.await(future, CALL_NANOS)) {
				try {
					return future.join();
				}
				catch (RuntimeException ex) {
					failure = CallFailures.unwrap(ex);
				}
			}
			else if (!this.patience.isOver()) {
				failure = NO_ANSWER.asRuntimeException();
			}
			else if (failure == null) {
				return null;
			}
			if (!failures.isTransient(failure) || this.patience.isOver()
					|| System.nanoTime() - begin >= this.repeatNanos) {
				throw new EtcdCallException(failure);
			}
			this.patience.pause(failures.next());
		}
	}

	private static <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
