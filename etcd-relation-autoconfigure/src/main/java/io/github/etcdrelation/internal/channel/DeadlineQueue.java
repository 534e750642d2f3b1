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

import java.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

/**
 * Expires calls that are not answered in time. All have the same timeout, so the first
 * one added expires first, and only that one has a timer. It stays set when that call is
 * answered: calls are so frequent that a timer for each would wake its thread for each,
 * for nothing.
 */
final class DeadlineQueue {

	private final ChannelExecutors executors;

	// Sentinel of the circular list, between its last and first entry
	private final Entry ends = new Entry();

	private @Nullable ScheduledFuture<?> timer;

	private boolean closed;

	DeadlineQueue(ChannelExecutors executors) {
		this.executors = executors;
	}

	/**
	 * Schedule a task on the timer's thread, run without a lock.
	 * @param expiry the time by {@link System#nanoTime()}, not before that of the task
	 * added last; where concurrent calls are added out of order, the later time counts
	 * for both
	 * @param expired the task
	 * @return cancels the task
	 */
	Cancellable add(long expiry, Runnable expired) {
		Entry entry = new Entry(expiry, expired);
		synchronized (this) {
			entry.linkBefore(this.ends);
			if (this.timer == null) {
				setTimer(expiry);
			}
		}
		return entry;
	}

	private void setTimer(long expiry) {
		this.timer = this.closed ? null : this.executors.schedule(this::expire, expiry - System.nanoTime());
	}

	private void expire() {
		for (Entry expired = takeExpired(); expired != null; expired = takeExpired()) {
			expired.task.run();
		}
	}

	/**
	 * Take the first entry if it has expired, otherwise set the timer for it.
	 */
	private synchronized @Nullable Entry takeExpired() {
		Entry first = this.ends.next;
		if (first == this.ends) {
			this.timer = null;
			return null;
		}
		if (first.expiry - System.nanoTime() > 0) {
			setTimer(first.expiry);
			return null;
		}
		first.unlink();
		return first;
	}

	/**
	 * Expire nothing any more: the calls are ended by other means.
	 */
	synchronized void close() {
		this.closed = true;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	/**
	 * A task and its neighbors, itself when it is in no list.
	 */
	private final class Entry implements Cancellable {

		private final long expiry;

		private final Runnable task;

		private Entry previous = this;

		private Entry next = this;

		private Entry() {
			this(0, () -> {
			});
		}

		private Entry(long expiry, Runnable task) {
			this.expiry = expiry;
			this.task = task;
		}

		private void linkBefore(Entry other) {
			this.previous = other.previous;
			this.next = other;
			other.previous.next = this;
			other.previous = this;
		}

		private void unlink() {
			this.previous.next = this.next;
			this.next.previous = this.previous;
			this.previous = this;
			this.next = this;
		}

		@Override
		public void cancel() {
			synchronized (DeadlineQueue.this) {
				unlink();
			}
		}

	}

}
