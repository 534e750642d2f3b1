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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.MoreExecutors;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads shared by the channels of all relations: a pool for callbacks and a timer
 * that never runs application code.
 */
public final class ChannelExecutors implements AutoCloseable {

	private static final long KEEP_ALIVE_SECONDS = 30;

	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final CallbackPool pool;

	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Create the executors; threads start on demand.
	 */
	public ChannelExecutors() {
		this.timer = new ScheduledThreadPoolExecutor(1, threadFactory("etcd-relation-timer-"));
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.timer.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.pool = new CallbackPool(threadFactory("etcd-relation-"), Duration.ofSeconds(KEEP_ALIVE_SECONDS),
				this::schedule);
	}

	private static ThreadFactory threadFactory(String prefix) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix) {

			@Override
			public Thread createThread(Runnable runnable) {
				Thread thread = super.createThread(runnable);
				// The class loader of the creator may be unloaded later
				thread.setContextClassLoader(ChannelExecutors.class.getClassLoader());
				return thread;
			}

		};
		factory.setDaemon(true);
		return factory;
	}

	/**
	 * Return the executor of callbacks. Once closed it runs them on the caller's thread.
	 * @param direct whether callbacks run on the network threads instead of the pool
	 * @return the executor
	 */
	public Executor callbacks(boolean direct) {
		return direct ? MoreExecutors.directExecutor() : this.pool;
	}

	/**
	 * Schedule a task on the timer's thread, where no callback may run.
	 * @return the scheduled task, {@code null} if these executors are closed, which ends
	 * all calls
	 */
	@Nullable ScheduledFuture<?> schedule(Runnable task, long nanos) {
		try {
			return this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	/**
	 * Return the timer, on whose thread no callback may run.
	 * @return the timer
	 */
	public ScheduledExecutorService timer() {
		return this.timer;
	}

	/**
	 * Wait up to 5 seconds for submitted callbacks, and end the threads.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.pool.shutdown();
		try {
			if (!this.pool.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				abandon();
			}
		}
		catch (InterruptedException ex) {
			abandon();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Interrupt the running callbacks; queued ones get a thread of their own, because a
	 * callback that never runs is a future that never completes.
	 */
	private void abandon() {
		List<Runnable> waiting = this.pool.shutdownNow();
		if (!waiting.isEmpty()) {
			this.pool.getThreadFactory().newThread(() -> waiting.forEach(Runnable::run)).start();
		}
	}

}
