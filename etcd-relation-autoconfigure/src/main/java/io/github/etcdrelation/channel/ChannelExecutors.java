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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
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
 * Threads that the channels of all relations share: a pool for callbacks and a timer that
 * never runs code of the application.
 *
 * @since 0.1.0
 */
public final class ChannelExecutors implements AutoCloseable {

	private static final long KEEP_ALIVE_SECONDS = 30;

	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final CallbackPool pool;

	private final ScheduledThreadPoolExecutor timer;

	private final CallStarts starts = new CallStarts(this);

	/**
	 * Create the executors; threads start when they are needed.
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
				// That of the creator may be one that is to be unloaded
				thread.setContextClassLoader(ChannelExecutors.class.getClassLoader());
				return thread;
			}

		};
		factory.setDaemon(true);
		return factory;
	}

	/**
	 * Return the executor of callbacks. It goes on to run what is given to it after this
	 * object was closed, on the caller's thread.
	 * @param direct whether callbacks run on the network threads instead of the pool
	 * @return the executor
	 */
	Executor callbacks(boolean direct) {
		return direct ? MoreExecutors.directExecutor() : this.pool;
	}

	/**
	 * Return the executor that clients start their calls with: on the caller's thread,
	 * and repeated ones in the pool.
	 * @return the executor
	 */
	public ExecutorService starts() {
		return this.starts;
	}

	/**
	 * Run a task later, on the timer's thread, where it must not run callbacks.
	 * @return the scheduled task, {@code null} if these executors are closed: all calls
	 * are told so
	 */
	@Nullable ScheduledFuture<?> schedule(Runnable task, long nanos) {
		try {
			return this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	ScheduledExecutorService timer() {
		return this.timer;
	}

	/**
	 * Let the callbacks that were submitted finish, for at most 5 seconds, and end the
	 * threads.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.starts.shutdown();
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
	 * Interrupt the callbacks that still run; those that wait have a thread of their own,
	 * for a callback that never runs is a future that never completes.
	 */
	private void abandon() {
		List<Runnable> waiting = this.pool.shutdownNow();
		if (!waiting.isEmpty()) {
			this.pool.getThreadFactory().newThread(() -> waiting.forEach(Runnable::run)).start();
		}
	}

}
