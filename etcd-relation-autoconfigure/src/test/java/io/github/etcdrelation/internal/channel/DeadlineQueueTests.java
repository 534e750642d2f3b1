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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadlineQueue}.
 */
class DeadlineQueueTests {

	private final ChannelExecutors executors = new ChannelExecutors();

	private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) this.executors.timer();

	private final DeadlineQueue timeouts = new DeadlineQueue(this.executors);

	private final List<String> expired = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.executors.close();
	}

	@Test
	void tasksRunInOrderAtTheirDeadlines() {
		add("first", 100);
		add("second", 100);
		add("third", 400);
		Awaitility.await().until(() -> this.expired.size() >= 2);
		assertThat(this.expired).containsExactly("first", "second");
		Awaitility.await().until(() -> this.expired.size() == 3);
		assertThat(this.expired).last().isEqualTo("third");
	}

	@Test
	void taskDoesNotRunBeforeItsDeadline() {
		long expiry = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
		this.timeouts.add(expiry, () -> this.expired.add(String.valueOf(System.nanoTime() - expiry >= 0)));
		Awaitility.await().until(() -> !this.expired.isEmpty());
		assertThat(this.expired).containsExactly("true");
	}

	@Test
	void taskThatIsCancelledDoesNotRun() {
		Cancellable first = add("first", 100);
		add("second", 150);
		Cancellable third = add("third", 150);
		add("fourth", 200);
		first.cancel();
		third.cancel();
		third.cancel();
		Awaitility.await().until(() -> this.expired.contains("fourth"));
		assertThat(this.expired).containsExactly("second", "fourth");
	}

	@Test
	void taskThatIsAddedAfterAllHaveEndedRuns() {
		add("first", 10);
		Awaitility.await().until(() -> this.expired.contains("first") && this.timer.getQueue().isEmpty());
		add("second", 10);
		Awaitility.await().until(() -> this.expired.contains("second"));
	}

	@Test
	void oneTimerIsEnoughHoweverManyTasksComeAndGo() {
		add("task", 60_000).cancel();
		List<Runnable> scheduled = List.copyOf(this.timer.getQueue());
		assertThat(scheduled).hasSize(1);
		for (int i = 0; i < 1000; i++) {
			add("task", 60_000).cancel();
		}
		add("task", 60_000);
		assertThat(this.timer.getQueue()).containsExactlyElementsOf(scheduled);
	}

	@Test
	void timerIsNotSetWhenThereIsNothingToWaitFor() {
		add("task", 10).cancel();
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> this.timer.getQueue().isEmpty());
		assertThat(this.expired).isEmpty();
	}

	@Test
	void whenClosedForgetsTasksAndTakesNone() {
		add("task", 60_000);
		this.timeouts.close();
		assertThat(this.timer.getQueue()).isEmpty();
		add("task", 60_000);
		assertThat(this.timer.getQueue()).isEmpty();
	}

	@Test
	void whenExecutorsAreClosedTakesTask() {
		this.executors.close();
		add("task", 10).cancel();
		assertThat(this.expired).isEmpty();
	}

	private Cancellable add(String name, long millis) {
		return this.timeouts.add(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis),
				() -> this.expired.add(name));
	}

}
