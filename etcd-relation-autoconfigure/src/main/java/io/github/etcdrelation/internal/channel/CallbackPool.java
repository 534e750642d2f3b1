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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;

/**
 * Runs callbacks on a few threads, which costs the fewest context switches; threads are
 * added while callbacks are queued because those are blocked, but not while short ones
 * follow each other, and end when no more are queued.
 */
final class CallbackPool extends ThreadPoolExecutor {

	/**
	 * How many callbacks may block at the same time before others are queued.
	 */
	private static final int MAXIMUM_SIZE = 4096;

	/**
	 * How long a callback may be queued before a thread is added.
	 */
	private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/**
	 * How many callbacks each of the few threads begins in that time if they do not block
	 * for long enough to be worth more threads.
	 */
	private static final int BRISK = 20;

	private final int size;

	private final ObjLongConsumer<Runnable> timer;

	private final AtomicBoolean observed = new AtomicBoolean();

	private final AtomicLong submitted = new AtomicLong();

	private final AtomicLong taken = new AtomicLong();

	// Confined to the timer's thread
	private int joined;

	/**
	 * Create a pool.
	 * @param threadFactory creates its threads, on demand
	 * @param keepAlive how long a thread waits for work before it ends
	 * @param timer schedules a task after a delay in nanoseconds
	 */
	CallbackPool(ThreadFactory threadFactory, Duration keepAlive, ObjLongConsumer<Runnable> timer) {
		this(Math.max(2, Runtime.getRuntime().availableProcessors()), threadFactory, keepAlive, timer);
	}

	private CallbackPool(int size, ThreadFactory threadFactory, Duration keepAlive, ObjLongConsumer<Runnable> timer) {
		super(size, MAXIMUM_SIZE, keepAlive.toNanos(), TimeUnit.NANOSECONDS, new CallbackQueue(size), threadFactory,
				// Once shut down: a rejected callback would never complete its future
				(callback, pool) -> callback.run());
		this.size = size;
		this.timer = timer;
		allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable callback) {
		super.execute(callback);
		this.submitted.incrementAndGet();
		if (!getQueue().isEmpty() && this.observed.compareAndSet(false, true)) {
			observeLater();
		}
	}

	@Override
	protected void beforeExecute(Thread thread, Runnable callback) {
		this.taken.incrementAndGet();
	}

	/**
	 * Run the submitted callbacks, none behind another that may be blocked, and end.
	 */
	@Override
	public void shutdown() {
		super.shutdown();
		join(getQueue().size());
	}

	private void observeLater() {
		long due = this.submitted.get();
		long before = this.taken.get();
		long begin = System.nanoTime();
		this.timer.accept(() -> observe(due, before, begin), PATIENCE_NANOS);
	}

	private void observe(long due, long before, long begin) {
		long now = this.taken.get();
		int waiting = getQueue().size();
		try {
			this.joined = (now < due && waiting > 0) ? join(wanted(now - before, waiting, System.nanoTime() - begin))
					: 0;
		}
		finally {
			observeWhileNeeded();
		}
	}

	/**
	 * Return how many threads to add.
	 * @param begun how many callbacks began since the last observation
	 * @param waiting how many are queued
	 * @param nanos how long ago the last observation was
	 */
	private int wanted(long begun, int waiting, long nanos) {
		if (getActiveCount() < getPoolSize()) {
			// There are threads for them that have not got a processor yet
			return 0;
		}
		// Callbacks of added threads do not prove that the others run
		if (begun <= this.joined) {
			return Math.min(waiting, getPoolSize());
		}
		return (begun >= BRISK * this.size * nanos / PATIENCE_NANOS) ? 0 : 1;
	}

	private void observeWhileNeeded() {
		if (!getQueue().isEmpty()) {
			observeLater();
			return;
		}
		this.observed.set(false);
		if (!getQueue().isEmpty() && this.observed.compareAndSet(false, true)) {
			observeLater();
		}
	}

	/**
	 * Add threads for queued callbacks; each ends when it is idle.
	 * @return how many were added
	 */
	private synchronized int join(int threads) {
		int before = getPoolSize();
		int started = 0;
		while (started < threads && prestartCoreThread()) {
			started++;
		}
		int desired = Math.min(MAXIMUM_SIZE, getPoolSize() + threads - started);
		if (started < threads && desired > this.size) {
			try {
				// Needed only to start threads for queued callbacks
				setCorePoolSize(desired);
			}
			finally {
				setCorePoolSize(this.size);
			}
		}
		return Math.max(0, getPoolSize() - before);
	}

}
