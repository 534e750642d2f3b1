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
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight processes that elect a leader, which is killed, stopped for 20 s or cut from etcd
 * in each round.
 */
class LeaderProcessFaultSuite {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int ROUNDS = Integer.getInteger("leader.rounds", Budget.isShort() ? 3 : 9);

	@TempDir
	private Path temporary;

	@Test
	void oneProcessLeadsWhateverHappens() throws Exception {
		run(this.temporary, 8, ROUNDS, Duration.ofSeconds(20));
	}

	/**
	 * Run some rounds.
	 */
	static void run(Path directory, int number, int rounds, Duration stop) throws Exception {
		Duration limit = Duration.ofSeconds(JournalProcesses.SECONDS + 2);
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork();
				JournalProcesses processes = new JournalProcesses(LeaderProcess.class, cluster, directory, number)) {
			List<String> late = new ArrayList<>();
			Duration longest = Duration.ZERO;
			for (int round = 0; round < rounds; round++) {
				HolderFault fault = HolderFault.of(round);
				JournalProcess leader = processes.awaitHolder();
				Duration taken = fault.strike(processes, leader, stop);
				logger.info("Leader, round %d, %s: another after %d ms".formatted(round + 1, fault, taken.toMillis()));
				longest = (taken.compareTo(longest) > 0) ? taken : longest;
				if (taken.compareTo(limit) > 0) {
					late.add("%s of %s: another leader after %s".formatted(fault, leader.name(), taken));
				}
			}
			List<String> violations = processes.checker().checkLeader(processes.entries());
			FaultReport.get()
				.note("Leaders of %d processes: %d rounds, another one after %d ms at most, %d violations"
					.formatted(number, rounds, longest.toMillis(), violations.size()));
			assertThat(violations).isEmpty();
			assertThat(late).isEmpty();
		}
	}

}
