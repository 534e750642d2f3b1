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

package io.github.etcdrelation.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzzes each target for the seconds of {@code fuzz.seconds}, or the minutes of
 * {@code fuzz.minutes}, after the inputs that are kept were run in one process, and
 * {@code fuzz.processes} of them at a time. What is found is kept with the inputs of the
 * target, which it is run with from then on.
 */
@Order(Integer.MAX_VALUE)
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the inputs that are kept are run")
class FuzzingTests {

	private static final Path DIRECTORY = Path.of("target", "fuzz").toAbsolutePath();

	private static final Path REPORT = DIRECTORY.resolve("report.md");

	private static final List<FuzzTarget> TARGETS = List.of(
			FuzzTarget.of("internal.channel.ConnectionStringFuzzTests", "parse", 2000),
			FuzzTarget.of("internal.channel.StatusFuzzTests", "explain", 2000),
			FuzzTarget.of("internal.channel.AnswerFuzzTests", "answers", 4000),
			FuzzTarget.of("internal.channel.WatchFuzzTests", "watch", 1000),
			FuzzTarget.of("internal.channel.WireFuzzTests", "frames", 4000),
			FuzzTarget.of("internal.databag.DatabagFuzzTests", "derive", 8000),
			FuzzTarget.of("internal.juju.HookToolsFuzzTests", "read", 8000),
			FuzzTarget.of("internal.provider.RequestFuzzTests", "read", 8000),
			FuzzTarget.of("internal.provider.PublishedDirectoryFuzzTests", "publish", 4000),
			FuzzTarget.of("autoconfigure.ServiceBindingFuzzTests", "find", 4000),
			FuzzTarget.of("internal.source.DirectoryFuzzTests", "read", 8000),
			FuzzTarget.of("internal.tls.CertificateFuzzTests", "read", 4000),
			FuzzTarget.of("internal.tls.CredentialFilesFuzzTests", "read", 4000),
			FuzzTarget.of("internal.tls.PemTextFuzzTests", "read", 8000),
			FuzzTarget.of("internal.tls.PrivateKeyFuzzTests", "read", 4000));

	private static ExecutorService processes;

	@BeforeAll
	static void begin() throws IOException {
		processes = Executors.newFixedThreadPool(Integer.getInteger("fuzz.processes", 2));
		Files.createDirectories(DIRECTORY);
		Files.writeString(REPORT, "| target | inputs | time | edges | features |\n|---|---|---|---|---|\n");
	}

	@AfterAll
	static void end() {
		// Ends what still runs
		processes.shutdownNow();
	}

	@TestFactory
	Stream<DynamicTest> targets() {
		String selected = System.getProperty("fuzz.targets", ".*");
		// All of them before the first is waited for
		List<DynamicTest> tests = TARGETS.stream()
			.filter((target) -> target.getName().matches(selected))
			.map(FuzzingTests::begin)
			.toList();
		assertThat(tests).as("targets that match fuzz.targets=" + selected).isNotEmpty();
		return tests.stream();
	}

	private static DynamicTest begin(FuzzTarget target) {
		Future<String> row = processes.submit(() -> new FuzzRun(target, DIRECTORY).run(time()));
		return DynamicTest.dynamicTest(target.getName(),
				() -> Files.writeString(REPORT, row.get() + "\n", StandardOpenOption.APPEND));
	}

	private static Duration time() {
		String minutes = System.getProperty("fuzz.minutes", "");
		return minutes.matches("\\d+") ? Duration.ofMinutes(Long.parseLong(minutes))
				: Duration.ofSeconds(Long.getLong("fuzz.seconds", 2));
	}

}
