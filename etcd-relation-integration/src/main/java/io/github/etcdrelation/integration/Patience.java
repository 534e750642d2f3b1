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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a thread waits, and whether an interrupt ends that. Confined to that thread.
 */
final class Patience implements AutoCloseable {

	private final long start = System.nanoTime();

	private final long nanos;

	private final boolean interruptible;

	private boolean interrupted;

	private Patience(long nanos, boolean interruptible) {
		this.nanos = nanos;
		this.interruptible = interruptible;
	}

	static Patience unlimited() {
		return new Patience(Long.MAX_VALUE, true);
	}

	static Patience limited(long nanos) {
		return new Patience(nanos, true);
	}

	Patience uninterruptible() {
		return new Patience(this.nanos, false);
	}

	boolean isOver() {
		return getRemaining() == 0;
	}

	private long getRemaining() {
		return (this.nanos == Long.MAX_VALUE) ? Long.MAX_VALUE
				: Math.max(0, this.nanos - (System.nanoTime() - this.start));
	}

	/**
	 * Wait for a result or a failure.
	 * @param future what is waited for
	 * @param limit how long at most, in nanoseconds
	 * @return whether it is there
	 * @throws InterruptedException if the thread was interrupted and that ends the wait
	 */
	boolean await(Future<?> future, long limit) throws InterruptedException {
		long begin = System.nanoTime();
		while (true) {
			long left = Math.min(getRemaining(), limit - (System.nanoTime() - begin));
			try {
				future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
				return true;
			}
			catch (TimeoutException ex) {
				return false;
			}
			catch (ExecutionException | CancellationException ex) {
				return true;
			}
			catch (InterruptedException ex) {
				if (this.interruptible) {
					throw ex;
				}
				this.interrupted = true;
			}
		}
	}

	void pause(long pause) throws InterruptedException {
		await(new CompletableFuture<>(), pause);
	}

	/**
	 * Interrupt the thread again if it was interrupted while that did not end the wait.
	 */
	@Override
	public void close() {
		if (this.interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
