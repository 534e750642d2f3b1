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

package io.github.etcdrelation.sample.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Presses one of the buttons every five seconds for a few minutes.
 */
class PageEnduranceTests {

	private static final Logger logger = LoggerFactory.getLogger(PageEnduranceTests.class);

	private static final Duration PERIOD = Duration.ofSeconds(5);

	@Test
	void nothingFailsAndNothingIsLost() throws Exception {
		int minutes = Integer.getInteger("page.minutes", 0);
		Assumptions.assumeTrue(minutes > 0, "Runs with -Dpage.minutes=10");
		long seed = Long.getLong("seed", System.nanoTime());
		try (Browser browser = Browser.start();
				TestQuickstartApplication.Demo demo = TestQuickstartApplication.startDemo("--server.port=0")) {
			browser.open(demo.application().getEnvironment().getRequiredProperty("local.server.port", Integer.class));
			List<Duration> answers = press(browser, new Random(seed), Duration.ofMinutes(minutes));
			answers.sort(null);
			Workload.Counts counts = demo.application().getBean(Workload.class).getCounts();
			logger.info("page     {} presses with seed {}, answered within p50 {} ms, max {} ms; {}", answers.size(),
					seed, answers.get(answers.size() / 2).toMillis(), answers.get(answers.size() - 1).toMillis(),
					counts);
			assertThat(counts.failedReads()).isZero();
			assertThat(counts.failedWrites()).isZero();
			assertThat(counts.lostEvents()).isZero();
			assertThat(browser.find(By.cssSelector("#failed dd")).getText()).isEqualTo("0");
			assertThat(browser.find(By.cssSelector("#lost dd")).getText()).isEqualTo("0");
			assertThat(browser.getConsole()).isEmpty();
			assertThat(answers.get(answers.size() - 1)).isLessThan(Duration.ofSeconds(2));
		}
	}

	private static List<Duration> press(Browser browser, Random random, Duration duration) throws InterruptedException {
		List<Duration> answers = new ArrayList<>();
		long begin = System.nanoTime();
		for (long due = begin; due - begin < duration.toNanos(); due += PERIOD.toNanos()) {
			TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
			List<?> enabled = (List<?>) browser
				.run("""
						return [...document.querySelectorAll("button[aria-disabled=false]")].map((button) => button.dataset.button)
						""");
			String name = String.valueOf(enabled.get(random.nextInt(enabled.size())));
			Duration answer = browser.press(name, "");
			String outcome = browser.byId("outcome").getText();
			logger.info("page     {}: {}", name, outcome);
			assertThat(outcome).doesNotStartWith("Refused").doesNotStartWith("Not now");
			answers.add(answer);
		}
		// What is on its way arrives, except where the relation is broken
		TimeUnit.NANOSECONDS.sleep(PERIOD.toNanos());
		return answers;
	}

}
