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

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.internal.channel.ChannelExecutors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ClientScheduler}.
 */
class ClientSchedulerTests {

	private static final Callable<String> THREAD_NAME = () -> Thread.currentThread().getName();

	private final ChannelExecutors executors = new ChannelExecutors();

	private final ClientScheduler scheduler = new ClientScheduler(this.executors.timer(),
			this.executors.callbacks(false));

	@AfterEach
	void close() {
		this.scheduler.shutdown();
		this.executors.close();
	}

	@Test
	void startsOnTheCallersThread() throws Exception {
		String own = Thread.currentThread().getName();
		assertThat(this.scheduler.submit(THREAD_NAME).get()).isEqualTo(own);
		ScheduledFuture<String> start = this.scheduler.schedule(THREAD_NAME, 0, TimeUnit.NANOSECONDS);
		assertThat(start.isDone()).isTrue();
		assertThat(start.get()).isEqualTo(own);
		assertThat(start.getDelay(TimeUnit.NANOSECONDS)).isZero();
	}

	@Test
	void startsInThePoolAfterDelay() throws Exception {
		long begin = System.nanoTime();
		ScheduledFuture<String> start = this.scheduler.schedule(THREAD_NAME, 50, TimeUnit.MILLISECONDS);
		assertThat(start.get(10, TimeUnit.SECONDS)).matches("etcd-relation-\\d+");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
	}

	@Test
	void delayedStartHasTheContextOfTheCallThatIsRepeated() throws Exception {
		Callable<String> caller = () -> String.valueOf(MDC.get("caller"));
		MDC.put("caller", "first");
		ScheduledFuture<String> start = this.scheduler.schedule(caller, 50, TimeUnit.MILLISECONDS);
		MDC.clear();
		assertThat(start.get(10, TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(this.scheduler.schedule(caller, 1, TimeUnit.MILLISECONDS).get(10, TimeUnit.SECONDS))
			.isEqualTo("null");
	}

	@Test
	void closeStartsWhatIsDelayed() throws Exception {
		AtomicInteger started = new AtomicInteger();
		ScheduledFuture<?> start = this.scheduler.schedule(started::incrementAndGet, 1, TimeUnit.HOURS);
		assertThat(start.getDelay(TimeUnit.MINUTES)).isBetween(58L, 60L);
		this.scheduler.shutdown();
		this.executors.close();
		start.get(10, TimeUnit.SECONDS);
		assertThat(started).hasValue(1);
	}

	@Test
	void whenClosedDelaysNothing() throws Exception {
		this.scheduler.shutdown();
		this.executors.close();
		assertThat(this.scheduler.schedule(THREAD_NAME, 1, TimeUnit.HOURS).get(10, TimeUnit.SECONDS)).isNotEmpty();
		assertThat(this.scheduler.isTerminated()).isTrue();
	}

	@Test
	void startThatIsCancelledDoesNotHappen() {
		AtomicInteger started = new AtomicInteger();
		ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) this.executors.timer();
		ScheduledFuture<?> start = this.scheduler.schedule((Runnable) started::incrementAndGet, 100,
				TimeUnit.MILLISECONDS);
		start.cancel(false);
		Awaitility.await().until(() -> timer.getQueue().isEmpty());
		this.scheduler.shutdown();
		this.executors.close();
		assertThat(started).hasValue(0);
	}

	@Test
	void startsNothingPeriodically() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.scheduler.scheduleAtFixedRate(() -> {
			}, 1, 1, TimeUnit.SECONDS));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.scheduler.scheduleWithFixedDelay(() -> {
			}, 1, 1, TimeUnit.SECONDS));
	}

}
