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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChannelExecutors}.
 */
class ChannelExecutorsTests {

	private static final int BLOCKED = 500;

	private final ChannelExecutors executors = new ChannelExecutors();

	private final Executor callbacks = this.executors.callbacks(false);

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger blocked = new AtomicInteger();

	@AfterEach
	void close() {
		this.release.countDown();
		this.executors.close();
	}

	@Test
	void callbacksThatBlockDoNotDelayOthers() throws Exception {
		block();
		CountDownLatch other = new CountDownLatch(1);
		this.callbacks.execute(other::countDown);
		assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.blocked).hasValue(BLOCKED);
	}

	@Test
	void callbacksThatBlockDoNotDelayTheTimer() throws Exception {
		block();
		CountDownLatch timer = new CountDownLatch(1);
		this.executors.schedule(timer::countDown, 0);
		assertThat(timer.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.blocked).hasValue(BLOCKED);
	}

	@Test
	void callbacksThatWereSubmittedTogetherDoNotWaitForEachOther() throws Exception {
		CountDownLatch met = new CountDownLatch(BLOCKED);
		CountDownLatch done = new CountDownLatch(BLOCKED);
		for (int i = 0; i < BLOCKED; i++) {
			this.callbacks.execute(() -> {
				met.countDown();
				await(met);
				done.countDown();
			});
		}
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void callbacksThatOnlyComputeGetFewThreads() throws Exception {
		int callbacks = 40_000;
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch done = new CountDownLatch(callbacks);
		for (int i = 0; i < callbacks; i++) {
			this.callbacks.execute(() -> {
				threads.add(Thread.currentThread());
				long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(50);
				while (System.nanoTime() < end) {
					Thread.onSpinWait();
				}
				done.countDown();
			});
		}
		assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).hasSizeLessThan(40);
	}

	@Test
	void closeRunsCallbacksThatWaitBehindOthersThatBlock() {
		int size = Math.max(2, Runtime.getRuntime().availableProcessors());
		CountDownLatch running = new CountDownLatch(size);
		AtomicInteger interrupted = new AtomicInteger();
		for (int i = 0; i < size; i++) {
			this.callbacks.execute(() -> {
				running.countDown();
				await(this.release);
				if (Thread.currentThread().isInterrupted()) {
					interrupted.incrementAndGet();
				}
			});
		}
		await(running);
		AtomicInteger finished = new AtomicInteger();
		for (int i = 0; i < 10; i++) {
			this.callbacks.execute(() -> {
				if (finished.incrementAndGet() == 10) {
					this.release.countDown();
				}
			});
		}
		this.executors.close();
		assertThat(finished).hasValue(10);
		assertThat(interrupted).hasValue(0);
	}

	private void block() {
		for (int i = 0; i < BLOCKED; i++) {
			this.callbacks.execute(() -> {
				this.blocked.incrementAndGet();
				await(this.release);
			});
		}
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.blocked.get() == BLOCKED);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void threadsOfCallbacksThatBlockedEndWhileOthersRun() {
		block();
		assertThat(((ThreadPoolExecutor) this.callbacks).getPoolSize()).isGreaterThanOrEqualTo(BLOCKED);
		this.release.countDown();
		int size = Math.max(2, Runtime.getRuntime().availableProcessors());
		// Sooner than an idle thread ends by itself
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(() -> {
				this.callbacks.execute(() -> {
				});
				return ((ThreadPoolExecutor) this.callbacks).getPoolSize() <= size;
			});
	}

	@Test
	void callbackThatThrowsDoesNotKeepOthersFromRunning() throws Exception {
		CountDownLatch failed = new CountDownLatch(10);
		for (int i = 0; i < 10; i++) {
			this.callbacks.execute(() -> {
				Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> failed.countDown());
				throw new IllegalStateException("Thrown by a callback");
			});
		}
		assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
		CountDownLatch other = new CountDownLatch(1);
		this.callbacks.execute(other::countDown);
		assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void callbacksRunInThePool() {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		this.callbacks.execute(() -> threads.add(Thread.currentThread()));
		Awaitility.await().until(() -> !threads.isEmpty());
		assertThat(threads.get(0).getName()).matches("etcd-relation-\\d+");
		assertThat(threads.get(0).isDaemon()).isTrue();
		assertThat(threads.get(0).getContextClassLoader()).isSameAs(ChannelExecutors.class.getClassLoader());
	}

	@Test
	void directCallbacksRunOnTheCallersThread() {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		this.executors.callbacks(true).execute(() -> threads.add(Thread.currentThread()));
		assertThat(threads).containsExactly(Thread.currentThread());
	}

	@Test
	void closeLetsCallbacksFinish() {
		AtomicInteger finished = new AtomicInteger();
		CountDownLatch running = new CountDownLatch(1);
		this.callbacks.execute(() -> {
			running.countDown();
			await(this.release);
			finished.incrementAndGet();
		});
		await(running);
		// From elsewhere, for close waits for it
		new Thread(() -> {
			Awaitility.await().until(() -> this.executors.schedule(() -> {
			}, 0) == null);
			this.release.countDown();
		}, "release").start();
		this.executors.close();
		assertThat(finished).hasValue(1);
	}

	@Test
	void whenClosedCallbacksRunOnTheCallersThread() {
		this.executors.close();
		List<Thread> threads = new CopyOnWriteArrayList<>();
		this.callbacks.execute(() -> threads.add(Thread.currentThread()));
		assertThat(threads).containsExactly(Thread.currentThread());
	}

	@Test
	void whenClosedNothingIsScheduled() {
		AtomicInteger scheduled = new AtomicInteger();
		ScheduledFuture<?> before = this.executors.schedule(scheduled::incrementAndGet, TimeUnit.HOURS.toNanos(1));
		this.executors.close();
		ScheduledFuture<?> after = this.executors.schedule(scheduled::incrementAndGet, 0);
		assertThat((Object) before).isNotNull();
		assertThat((Object) after).isNull();
		assertThat(scheduled).hasValue(0);
	}

}
