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

package io.github.etcdrelation.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A short run of what the suites with processes do at length. Mostly it waits for leases,
 * so that one cluster serves both. Only on Linux do processes surely share the clock.
 */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class ProcessFaultSmokeTests {

	private static FaultCluster cluster;

	@BeforeAll
	static void start() {
		cluster = FaultCluster.startWithoutNetwork();
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@Test
	void oneProcessHoldsTheLock(@TempDir Path directory) throws Exception {
		run(Contest.LOCK, directory);
	}

	@Test
	void oneProcessLeads(@TempDir Path directory) throws Exception {
		run(Contest.LEADER, directory);
	}

	private static void run(Contest contest, Path directory) throws Exception {
		try (ProcessRounds rounds = new ProcessRounds(contest, cluster, directory, 2)) {
			// The kill comes last, as it takes a new process to go on
			for (HolderFault fault : List.of(HolderFault.STOP, HolderFault.CUT, HolderFault.KILL)) {
				rounds.strikeHolder(fault, Duration.ofSeconds(JournalProcesses.SECONDS + 1));
			}
			rounds.check();
		}
	}

}
