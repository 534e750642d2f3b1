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

package io.github.etcdrelation.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The thread on which all relations are refreshed, one after the other. It ends when
 * there is nothing to do.
 */
final class RefreshExecutor implements Executor, AutoCloseable {

	private static final long KEEP_ALIVE_SECONDS = 30;

	private final ThreadPoolExecutor executor;

	private volatile @Nullable Thread thread;

	RefreshExecutor() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("etcd-relation-refresh-");
		threadFactory.setDaemon(true);
		this.executor = new ThreadPoolExecutor(1, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				threadFactory, new ThreadPoolExecutor.DiscardPolicy());
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(() -> {
			this.thread = Thread.currentThread();
			task.run();
		});
	}

	/**
	 * Start a refresh and wait for its end, except on the refresh thread itself, where
	 * that would be for ever.
	 */
	void join(Supplier<CompletableFuture<Void>> refresh) {
		CompletableFuture<Void> end = refresh.get();
		if (Thread.currentThread() != this.thread) {
			end.join();
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
