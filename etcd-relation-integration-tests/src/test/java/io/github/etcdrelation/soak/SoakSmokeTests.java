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

package io.github.etcdrelation.soak;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.etcdrelation.faults.FaultCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short run of what {@link MixedLoadSoakSuite} does for hours, and of its check.
 */
class SoakSmokeTests {

	@TempDir
	private Path temporary;

	@Test
	void shortRunHoldsToItsBars() throws Exception {
		SoakPlan plan = new SoakPlan(3, Duration.ofSeconds(4), 3, 0, Duration.ofSeconds(2), Duration.ofSeconds(2), 150,
				1);
		Path report = this.temporary.resolve("report.md");
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork();
				SoakRun run = new SoakRun(cluster, this.temporary.resolve("etcd"), report, plan)) {
			assertThat(run.run()).isEmpty();
			assertThat(run.report().samples()).hasSize(3);
			assertThat(report).content().contains("| heap KiB |").doesNotContain("BROKEN");
			assertThat(run.counters().get(Counters.CALLS)).isGreaterThan(100);
			assertThat(Files.size(report)).isPositive();
		}
	}

	@Test
	void checkerFindsWhatIsLostDoubledAndOutOfOrder() {
		Counters counters = new Counters();
		EventChecker checker = new EventChecker(counters, 1);
		checker.accept("a", 1, 10);
		checker.accept("b", 1, 11);
		checker.accept("a", 4, 12);
		assertThat(counters.get(Counters.LOST)).isEqualTo(2);
		checker.accept("a", 4, 12);
		assertThat(counters.get(Counters.DOUBLED)).isEqualTo(1);
		checker.accept("b", 2, 11);
		assertThat(counters.get(Counters.DISORDERED)).isEqualTo(1);
		assertThat(counters.get(Counters.LOST)).isEqualTo(2);
	}

}
