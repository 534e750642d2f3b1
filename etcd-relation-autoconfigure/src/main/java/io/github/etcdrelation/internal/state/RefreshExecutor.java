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

package io.github.etcdrelation.internal.state;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The thread on which all relations are refreshed, one after the other. It ends when it
 * has been idle for 30 seconds.
 */
public final class RefreshExecutor extends ScheduledThreadPoolExecutor implements AutoCloseable {

	/**
	 * Phase of the lifecycles that publish events at start: before web servers, which
	 * start at {@code DEFAULT_PHASE - 2048}.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private static final Duration SHORTEST_POLL_INTERVAL = Duration.ofMillis(100);

	private static final long KEEP_ALIVE_SECONDS = 30;

	private volatile @Nullable Thread thread;

	/**
	 * Create the executor; its thread starts when it is first needed.
	 */
	public RefreshExecutor() {
		super(1, threadFactory(), new ThreadPoolExecutor.DiscardPolicy());
		setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		allowCoreThreadTimeOut(true);
		setRemoveOnCancelPolicy(true);
	}

	private static CustomizableThreadFactory threadFactory() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("etcd-relation-refresh-");
		threadFactory.setDaemon(true);
		return threadFactory;
	}

	@Override
	protected void beforeExecute(Thread thread, Runnable task) {
		this.thread = thread;
	}

	/**
	 * Check a poll interval.
	 * @param interval the interval
	 * @return the interval
	 * @throws InvalidRelationDataException if it is less than 100 ms
	 */
	public static Duration checkPollInterval(Duration interval) {
		if (interval.compareTo(SHORTEST_POLL_INTERVAL) < 0) {
			throw new InvalidRelationDataException("poll-interval",
					"is less than %d ms".formatted(SHORTEST_POLL_INTERVAL.toMillis()),
					"Give a longer time, such as 10s");
		}
		return interval;
	}

	/**
	 * Start a refresh and wait for its completion, except on the refresh thread itself,
	 * where that would be a deadlock.
	 * @param refresh starts the refresh
	 * @throws IllegalStateException if the refresh fails, the wait is interrupted or the
	 * executor is closed meanwhile
	 */
	public void join(Supplier<CompletableFuture<Void>> refresh) {
		CompletableFuture<Void> end = refresh.get();
		if (Thread.currentThread() == this.thread) {
			return;
		}
		while (!isShutdown()) {
			try {
				end.get(1, TimeUnit.SECONDS);
				return;
			}
			catch (TimeoutException ex) {
				// Check whether it can still complete
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException("The refresh failed", ex.getCause());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while waiting for the refresh", ex);
			}
		}
		throw new IllegalStateException("The application is closed");
	}

	@Override
	public void close() {
		shutdownNow();
	}

}
