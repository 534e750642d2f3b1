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

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Has few threads wait for callbacks, and lets the others end at once. Threads wait in
 * turn, so that with a steady load none of many would ever be idle for long enough to end
 * by itself.
 */
@SuppressWarnings("serial")
final class CallbackQueue extends LinkedBlockingQueue<Runnable> {

	private final int maximumIdle;

	private final AtomicInteger idle = new AtomicInteger();

	/**
	 * Create a queue.
	 * @param maximumIdle how many threads may wait at the same time
	 */
	CallbackQueue(int maximumIdle) {
		this.maximumIdle = maximumIdle;
	}

	@Override
	public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
		Runnable next = poll();
		if (next != null) {
			return next;
		}
		try {
			return (this.idle.incrementAndGet() <= this.maximumIdle) ? super.poll(timeout, unit) : poll();
		}
		finally {
			this.idle.decrementAndGet();
		}
	}

}
