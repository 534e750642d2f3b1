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

import java.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

/**
 * Ends calls that are not answered in time. All have the same timeout, so the one that
 * was added first expires first, and only for it a timer is set. It stays set when that
 * call is answered: calls follow each other so closely that a timer for each of them
 * would wake its thread for each, for nothing.
 */
final class RequestTimeouts {

	private final ChannelExecutors executors;

	// The list is a ring: this entry stands between the last and the first
	private final Entry ends = new Entry();

	private @Nullable ScheduledFuture<?> timer;

	private boolean closed;

	RequestTimeouts(ChannelExecutors executors) {
		this.executors = executors;
	}

	/**
	 * Have a task run at a time, on the timer's thread and without a lock.
	 * @param expiry the time by {@link System#nanoTime()}, not before that of what was
	 * added last; where calls begin at once and one overtakes the other, the later of
	 * both counts
	 * @param expired the task
	 * @return lets the task be forgotten
	 */
	Timeout add(long expiry, Runnable expired) {
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
	 * Let nothing expire any more: the calls are ended by other means.
	 */
	synchronized void close() {
		this.closed = true;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	/**
	 * A task and its neighbours, which are itself when it is in no list.
	 */
	private final class Entry implements Timeout {

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
			synchronized (RequestTimeouts.this) {
				unlink();
			}
		}

	}

}
