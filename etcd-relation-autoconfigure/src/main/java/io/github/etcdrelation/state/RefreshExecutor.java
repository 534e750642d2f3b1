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

package io.github.etcdrelation.state;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The thread on which all relations are refreshed, one after the other. It ends when
 * there is nothing to do.
 *
 * @since 0.1.0
 */
public final class RefreshExecutor extends ScheduledThreadPoolExecutor implements AutoCloseable {

	private static final long KEEP_ALIVE_SECONDS = 30;

	private volatile @Nullable Thread thread;

	/**
	 * Create the executor; its thread starts when it is needed.
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
	 * Start a refresh and wait for its end, except on the refresh thread itself, where
	 * that would be for ever.
	 * @param refresh starts the refresh
	 * @throws IllegalStateException if the executor is closed meanwhile
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
				// Look whether the end can still come
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
