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

import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Starts the calls of clients: at once on the caller's thread, for to start a call takes
 * no time, and in the pool when a call is repeated after a delay. That it can do so is
 * why jetcd does not start a thread for delays, which nothing would ever end.
 */
final class CallStarts extends AbstractExecutorService implements ScheduledExecutorService {

	private final ChannelExecutors executors;

	private final Set<Start<?>> delayed = ConcurrentHashMap.newKeySet();

	private volatile boolean shutdown;

	CallStarts(ChannelExecutors executors) {
		this.executors = executors;
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
		this.executors.schedule(() -> startDelayed(start), start.getDelay(TimeUnit.NANOSECONDS));
		if (this.shutdown) {
			startDelayed(start);
		}
		return start;
	}

	private void startDelayed(Start<?> start) {
		if (this.delayed.remove(start)) {
			this.executors.callbacks(false).execute(start);
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
	 * Start at once what is delayed: a call that is never started never ends.
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

		private Start(Callable<V> callable, long delay) {
			super(callable);
			this.time = (delay > 0) ? System.nanoTime() + delay : 0;
		}

		@Override
		protected void done() {
			if (this.time != 0) {
				CallStarts.this.delayed.remove(this);
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
