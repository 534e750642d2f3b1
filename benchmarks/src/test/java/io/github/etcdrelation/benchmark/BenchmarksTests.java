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

package io.github.etcdrelation.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Smoke test of all benchmarks: that they work and that their figures are possible, not
 * whether they are good.
 */
class BenchmarksTests {

	@TempDir
	private Path results;

	static Stream<Work> works() {
		return Benchmarks.WORKS.stream();
	}

	@ParameterizedTest
	@MethodSource("works")
	@Execution(ExecutionMode.CONCURRENT)
	void measuresAllSubjects(Work work) throws Exception {
		Settings settings = Settings.parse("--smoke", "--rounds=1", "--seconds=0.1", "--warm-ups=0",
				"--jvm=-XX:TieredStopAtLevel=1", "--results=" + this.results);
		Report report;
		try (Laboratory laboratory = new Laboratory(settings)) {
			report = work.run(laboratory);
		}
		assertThat(report.bars()).isNotEmpty().allSatisfy((bar) -> {
			if (bar.limit() == 0) {
				assertThat(bar.measured()).as(bar.what()).isZero();
			}
			else {
				assertThat(bar.measured()).as(bar.what()).isFinite();
			}
			if (bar.unit().isEmpty() && bar.limit() > 0 && !bar.what().startsWith("time for each further")) {
				// Cold code on a busy machine may be anything but this
				assertThat(bar.measured()).as(bar.what()).isPositive().isLessThan(10_000);
			}
		});
		report.write(this.results, "A smoke test.");
		assertThat(Files.readString(this.results.resolve(work.name() + ".md"))).contains("A smoke test.")
			.doesNotContain("| ? |", "not measured");
	}

}
