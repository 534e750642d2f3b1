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

package io.github.etcdrelation.internal.state;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExpiryWatch}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExpiryWatchTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final TestClock clock = new TestClock(START);

	private final ManualExecutor executor = new ManualExecutor();

	private final ExpiryWatch watch = new ExpiryWatch("etcd", this.executor, this.clock);

	@AfterEach
	void stop() {
		this.watch.stop();
		this.executor.shutdownNow();
	}

	@Test
	void warnsAtAThirdAWeekADayAndTheEnd(CapturedOutput output) {
		this.watch.update(data(client("a", Duration.ofDays(90))));
		this.watch.start();
		this.executor.runUntil(START.plus(Duration.ofDays(100)));
		assertThat(warnings(output)).containsExactly(
				"Relation 'etcd': the client certificate CN=a expires in 30 days, at 2026-04-01T00:00:00Z, replace it before",
				"Relation 'etcd': the client certificate CN=a expires in 7 days, at 2026-04-01T00:00:00Z, replace it before",
				"Relation 'etcd': the client certificate CN=a expires in 24 hours, at 2026-04-01T00:00:00Z, replace it before",
				"Relation 'etcd': the client certificate CN=a expired at 2026-04-01T00:00:00Z, replace it");
		assertThat(this.executor.delay).isNull();
	}

	@Test
	void shortLifeHasNoWarningBeforeItsLastThird(CapturedOutput output) {
		this.watch.update(data(client("a", Duration.ofSeconds(45))));
		this.watch.start();
		assertThat(warnings(output)).isEmpty();
		this.clock.now = START.plusSeconds(29);
		this.executor.run();
		assertThat(warnings(output)).isEmpty();
		this.executor.runUntil(START.plusSeconds(60));
		assertThat(warnings(output)).containsExactly(
				"Relation 'etcd': the client certificate CN=a expires in 15 seconds, at 2026-01-01T00:00:45Z, replace it before",
				"Relation 'etcd': the client certificate CN=a expired at 2026-01-01T00:00:45Z, replace it");
	}

	@Test
	void warnsWithoutAnyoneAsking(CapturedOutput output) {
		ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
		ExpiryWatch scheduled = new ExpiryWatch("etcd", scheduler, Clock.systemUTC());
		try {
			Instant now = Instant.now();
			scheduled.update(data(new CertificateInfo("CN=brief", "CN=ca", "00", now, now.plusMillis(600))));
			scheduled.start();
			Awaitility.await().untilAsserted(() -> assertThat(warnings(output)).hasSize(2));
			assertThat(warnings(output).get(0)).contains("CN=brief expires in 0 seconds");
			assertThat(warnings(output).get(1)).contains("CN=brief expired at");
		}
		finally {
			scheduled.stop();
			scheduler.shutdownNow();
		}
	}

	@Test
	void atStartOnlyTheMostUrgentStageIsLogged(CapturedOutput output) {
		this.clock.now = START.plus(Duration.ofDays(89).plusHours(1));
		this.watch.update(data(client("a", Duration.ofDays(90))));
		this.watch.start();
		assertThat(warnings(output)).singleElement().asString().contains("expires in 23 hours");
	}

	@Test
	void restartRepeatsNothing(CapturedOutput output) {
		this.clock.now = START.plusSeconds(44);
		this.watch.update(data(client("a", Duration.ofSeconds(45))));
		this.watch.start();
		this.watch.stop();
		this.watch.start();
		this.watch.update(null);
		this.watch.update(data(client("a", Duration.ofSeconds(45))));
		assertThat(warnings(output)).hasSize(1);
		this.watch.stop();
		this.clock.now = START.plusSeconds(46);
		this.watch.start();
		assertThat(warnings(output)).hasSize(2);
	}

	@Test
	void replacedCertificateIsForgottenAndItsSuccessorWatched(CapturedOutput output) {
		this.watch.update(data(client("a", Duration.ofSeconds(45))));
		this.watch.start();
		this.watch.update(data(client("b", Duration.ofSeconds(90))));
		this.executor.runUntil(START.plusSeconds(59));
		assertThat(warnings(output)).isEmpty();
		this.executor.runUntil(START.plusSeconds(60));
		assertThat(warnings(output)).singleElement().asString().contains("CN=b expires in 30 seconds");
	}

	@Test
	void chainAndAuthoritiesAreWatchedToo(CapturedOutput output) {
		CertificateInfo client = client("a", Duration.ofDays(90));
		CertificateInfo chain = client("intermediate", Duration.ofSeconds(1));
		CertificateInfo authority = client("root", Duration.ofSeconds(2));
		this.clock.now = START.plusSeconds(3);
		this.watch.update(new DataInUse(List.of("https://a:2379"), null, null, true, List.of(client, chain),
				List.of(authority, chain)));
		this.watch.start();
		assertThat(warnings(output)).containsExactly(
				"Relation 'etcd': the certificate in the chain of the client certificate, CN=intermediate expired at "
						+ "2026-01-01T00:00:01Z, replace it",
				"Relation 'etcd': the certificate authority CN=root expired at 2026-01-01T00:00:02Z, replace it");
	}

	@Test
	void checksAtLeastOnceAnHour() {
		this.watch.update(data(client("a", Duration.ofDays(90))));
		this.watch.start();
		assertThat(this.executor.delay).isEqualTo(Duration.ofHours(1).plusMillis(1));
	}

	@Test
	void nothingIsScheduledWithoutCertificatesOrBeforeTheStart() {
		this.watch.update(data(client("a", Duration.ofDays(90))));
		assertThat(this.executor.delay).isNull();
		this.watch.update(new DataInUse(List.of("http://a:2379"), null, null, false, List.of(), List.of()));
		this.watch.start();
		assertThat(this.executor.delay).isNull();
	}

	private static DataInUse data(CertificateInfo client) {
		return new DataInUse(List.of("https://a:2379"), null, null, true, List.of(client), List.of());
	}

	private static CertificateInfo client(String name, Duration life) {
		return new CertificateInfo("CN=" + name, "CN=ca", name, START, START.plus(life));
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> line.contains("WARN"))
			.map((line) -> line.substring(line.indexOf("Relation '")))
			.toList();
	}

	/**
	 * Keeps the one task that is scheduled, until it is run.
	 */
	private final class ManualExecutor extends ScheduledThreadPoolExecutor {

		private @Nullable Runnable task;

		private @Nullable Duration delay;

		ManualExecutor() {
			super(1);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			this.task = command;
			this.delay = Duration.of(delay, unit.toChronoUnit());
			return super.schedule(() -> {
			}, 1, TimeUnit.HOURS);
		}

		@Override
		public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
			throw new UnsupportedOperationException();
		}

		void run() {
			Runnable due = this.task;
			this.task = null;
			this.delay = null;
			if (due != null) {
				due.run();
			}
		}

		void runUntil(Instant end) {
			Duration wait = this.delay;
			while (wait != null && !ExpiryWatchTests.this.clock.now.plus(wait).minusMillis(1).isAfter(end)) {
				ExpiryWatchTests.this.clock.now = ExpiryWatchTests.this.clock.now.plus(wait).minusMillis(1);
				run();
				wait = this.delay;
			}
		}

	}

}
