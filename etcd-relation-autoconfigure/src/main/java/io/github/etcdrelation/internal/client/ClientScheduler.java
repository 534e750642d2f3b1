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

package io.github.etcdrelation.internal.client;

import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs calls of clients on the caller's thread and delayed retries in the pool. It is a
 * {@link ScheduledExecutorService} so that Failsafe, which jetcd retries with, does not
 * start a static scheduler of its own, which would never be shut down.
 */
public final class ClientScheduler extends AbstractExecutorService implements ScheduledExecutorService {

	private final ScheduledExecutorService timer;

	private final Executor pool;

	private final Set<Start<?>> delayed = ConcurrentHashMap.newKeySet();

	private volatile boolean shutdown;

	/**
	 * Create a scheduler.
	 * @param timer schedules delayed retries
	 * @param pool runs delayed retries
	 */
	public ClientScheduler(ScheduledExecutorService timer, Executor pool) {
		this.timer = timer;
		this.pool = pool;
	}

	@Override
	public void execute(Runnable command) {
		command.run();
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		return schedule(Executors.callable(command), delay, unit);
	}

	@Override
	public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
		Start<V> start = new Start<>(callable, unit.toNanos(delay));
		if (delay <= 0) {
			start.run();
			return start;
		}
		this.delayed.add(start);
		try {
			this.timer.schedule(() -> startDelayed(start), start.getDelay(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			startDelayed(start);
		}
		if (this.shutdown) {
			startDelayed(start);
		}
		return start;
	}

	private void startDelayed(Start<?> start) {
		if (this.delayed.remove(start)) {
			this.pool.execute(start.inContext);
		}
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
		throw new UnsupportedOperationException("Starts each call once");
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
		throw new UnsupportedOperationException("Starts each call once");
	}

	/**
	 * Start delayed retries immediately: a call that is never started never completes.
	 */
	@Override
	public void shutdown() {
		this.shutdown = true;
		this.delayed.forEach(this::startDelayed);
	}

	@Override
	public List<Runnable> shutdownNow() {
		shutdown();
		return List.of();
	}

	@Override
	public boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public boolean isTerminated() {
		return this.shutdown;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return this.shutdown;
	}

	private final class Start<V> extends FutureTask<V> implements ScheduledFuture<V> {

		private final long time;

		// An observation of the retry, too, is a child of the caller's
		private final Runnable inContext;

		private Start(Callable<V> callable, long delay) {
			super(callable);
			this.time = (delay > 0) ? System.nanoTime() + delay : 0;
			this.inContext = (delay > 0) ? ContextPropagation.wrap(this) : this;
		}

		@Override
		protected void done() {
			if (this.time != 0) {
				ClientScheduler.this.delayed.remove(this);
			}
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return (this.time != 0) ? unit.convert(this.time - System.nanoTime(), TimeUnit.NANOSECONDS) : 0;
		}

		@Override
		public int compareTo(Delayed other) {
			return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
		}

	}

}
