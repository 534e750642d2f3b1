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

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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

	private static final int MINIMUM_PARALLELISM = 4;

	private static final int MAXIMUM_POOL_SIZE = 256;

	private static final long KEEP_ALIVE_SECONDS = 30;

	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final ForkJoinPool pool;

	private final Executor callbacks;

	private final ScheduledThreadPoolExecutor timer;

	private final CallStarts starts = new CallStarts(this);

	/**
	 * Create the executors; threads start when they are needed.
	 */
	public ChannelExecutors() {
		int parallelism = Math.max(MINIMUM_PARALLELISM, Runtime.getRuntime().availableProcessors());
		// In async mode, for callbacks are events; it makes up for workers that wait for
		// a future, so that a callback which joins another call cannot starve the pool
		this.pool = new ForkJoinPool(parallelism, ChannelExecutors::newWorker, null, true, parallelism,
				MAXIMUM_POOL_SIZE, 1, null, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		this.callbacks = new NeverRejectingExecutor(this.pool);
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("etcd-relation-timer-");
		threadFactory.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threadFactory);
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.timer.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	private static ForkJoinWorkerThread newWorker(ForkJoinPool pool) {
		ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
		thread.setName("etcd-relation-" + thread.getPoolIndex());
		// The default is the system class loader, which does not see an executable jar
		thread.setContextClassLoader(ChannelExecutors.class.getClassLoader());
		return thread;
	}

	/**
	 * Return the executor of callbacks. It goes on to run what is given to it after this
	 * object was closed, on the caller's thread.
	 * @param direct whether callbacks run on the network threads instead of the pool
	 * @return the executor
	 */
	Executor callbacks(boolean direct) {
		return direct ? MoreExecutors.directExecutor() : this.callbacks;
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
				this.pool.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.pool.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Runs callbacks in the pool; a rejected one would be a future that never completes.
	 */
	private record NeverRejectingExecutor(Executor pool) implements Executor {

		@Override
		public void execute(Runnable command) {
			try {
				this.pool.execute(command);
			}
			catch (RejectedExecutionException ex) {
				command.run();
			}
		}

	}

}
