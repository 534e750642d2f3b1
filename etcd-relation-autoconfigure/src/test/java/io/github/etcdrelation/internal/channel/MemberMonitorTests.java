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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import io.github.etcdrelation.internal.channel.MemberMonitor.Pace;
import io.grpc.SynchronizationContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemberMonitor}.
 */
class MemberMonitorTests {

	private static final Duration WHILE = Duration.ofMillis(500);

	private final ChannelExecutors executors = new ChannelExecutors();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final SynchronizationContext sync = new SynchronizationContext(
			(thread, failure) -> this.failures.add(failure));

	private final List<Tick> ticks = new CopyOnWriteArrayList<>();

	private volatile Pace pace = Pace.NEVER;

	private volatile boolean failing;

	private final MemberMonitor monitor = new MemberMonitor(this.executors, this.sync, (now, since) -> {
		Pace next = this.pace;
		if (this.failing) {
			throw new IllegalStateException("A look that fails");
		}
		this.ticks.add(new Tick(now, since));
		return next;
	});

	@AfterEach
	void close() {
		this.executors.close();
		assertThat(this.failures).isEmpty();
	}

	@Test
	void sleepsUntilItIsWoken() {
		assertNoTickAfter(0);
		this.monitor.wake();
		awaitTicks(1);
	}

	@Test
	void looksOnceAndSleepsWhenThereIsNothingToSeeTo() {
		this.monitor.wake();
		awaitTicks(1);
		assertNoTickAfter(1);
	}

	@Test
	void leavesNoTimerWhileItSleeps() {
		this.monitor.wake();
		awaitTicks(1);
		ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) this.executors.timer();
		Awaitility.await().until(() -> timer.getQueue().isEmpty());
	}

	@Test
	void isWokenAgain() {
		this.monitor.wake();
		awaitTicks(1);
		// The first time it may not have gone to sleep yet
		Awaitility.await().until(() -> {
			this.monitor.wake();
			return this.ticks.size() >= 2;
		});
	}

	@Test
	void looksOnWhileThereIsSomethingToSeeTo() {
		this.pace = Pace.OFTEN;
		this.monitor.wake();
		awaitTicks(5);
		this.pace = Pace.NEVER;
		int seen = this.ticks.size();
		// One look may have begun with the former answer
		Awaitility.await().during(WHILE).atMost(Duration.ofSeconds(30)).until(() -> this.ticks.size() <= seen + 2);
	}

	@Test
	void wakingOneThatIsAwakeDoesNotHaveItLookMore() {
		this.pace = Pace.OFTEN;
		for (int i = 0; i < 1000; i++) {
			this.monitor.wake();
		}
		awaitTicks(3);
		for (int i = 1; i < this.ticks.size(); i++) {
			assertThat(Duration.ofNanos(this.ticks.get(i).now() - this.ticks.get(i - 1).now()))
				.isGreaterThanOrEqualTo(Duration.ofMillis(100));
		}
	}

	@Test
	void looksEachSecondWhereLessIsToBeSeenTo() {
		this.pace = Pace.SELDOM;
		this.monitor.wake();
		awaitTicks(2);
		assertThat(Duration.ofNanos(this.ticks.get(1).now() - this.ticks.get(0).now()))
			.isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void silenceBeforeItWasWokenDoesNotCount() {
		long before = System.nanoTime();
		this.monitor.wake();
		awaitTicks(1);
		assertThat(this.ticks.get(0).since() - before).isNotNegative();
	}

	@Test
	void silenceWhileThisProcessWasHeldUpDoesNotCount() {
		CountDownLatch held = new CountDownLatch(1);
		// The timer has one thread
		this.executors.schedule(() -> await(held), 0);
		this.monitor.wake();
		long until = System.nanoTime() + Duration.ofMillis(800).toNanos();
		Awaitility.await().until(() -> System.nanoTime() - until > 0);
		held.countDown();
		awaitTicks(1);
		assertThat(this.ticks.get(0).since()).isEqualTo(this.ticks.get(0).now());
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
	void looksAgainAfterALookThatFailed() {
		this.failing = true;
		this.monitor.wake();
		Awaitility.await().until(() -> !this.failures.isEmpty());
		this.failures.clear();
		this.failing = false;
		this.monitor.wake();
		awaitTicks(1);
	}

	@Test
	void sleepsWhenExecutorsAreClosed() {
		this.executors.close();
		this.monitor.wake();
		this.monitor.wake();
		assertNoTickAfter(0);
	}

	private void awaitTicks(int count) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.ticks.size() >= count);
	}

	private void assertNoTickAfter(int count) {
		Awaitility.await().during(WHILE).atMost(Duration.ofSeconds(30)).until(() -> this.ticks.size() == count);
	}

	private record Tick(long now, long since) {

	}

}
