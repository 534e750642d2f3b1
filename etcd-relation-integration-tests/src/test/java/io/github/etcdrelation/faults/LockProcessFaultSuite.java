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

import io.github.etcdrelation.faults.Journal.Entry;
import io.github.etcdrelation.faults.Journal.Kind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight processes that write to one file under a lock, while holders are killed, stopped
 * and cut off, and members of etcd freeze and die.
 */
class LockProcessFaultSuite {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int ROUNDS = Integer.getInteger("lock.rounds", Budget.isShort() ? 4 : 12);

	@TempDir
	private Path temporary;

	@Test
	void oneProcessHoldsTheLockWhateverHappens() throws Exception {
		run(this.temporary, 8, ROUNDS);
	}

	/**
	 * Run some rounds.
	 */
	static void run(Path directory, int number, int rounds) throws Exception {
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork();
				JournalProcesses processes = new JournalProcesses(LockProcess.class, cluster, directory, number)) {
			List<String> late = new ArrayList<>();
			for (int round = 0; round < rounds; round++) {
				long begin = System.nanoTime();
				if (round % 4 == 3) {
					strikeMember(cluster, round);
				}
				else {
					strikeHolder(processes, HolderFault.of(round), late);
				}
				processes.awaitTurnOfEach(System.nanoTime());
				logger.info("Lock, round %d: %.1f s".formatted(round + 1, (System.nanoTime() - begin) / 1e9));
			}
			List<Entry> entries = processes.entries();
			List<String> violations = processes.checker().checkLock(entries);
			FaultReport.get()
				.note("Locks of %d processes: %d rounds, %d turns, %d turns lost, %d violations".formatted(number,
						rounds, count(entries, Kind.BEGIN), count(entries, Kind.LOST), violations.size()));
			assertThat(violations).isEmpty();
			assertThat(late).isEmpty();
		}
	}

	private static long count(List<Entry> entries, Kind kind) {
		return entries.stream().filter((entry) -> entry.kind() == kind).count();
	}

	private static void strikeHolder(JournalProcesses processes, HolderFault fault, List<String> late)
			throws Exception {
		Duration limit = Duration.ofSeconds(JournalProcesses.SECONDS + 2);
		JournalProcess holder = processes.awaitHolder();
		Duration taken = fault.strike(processes, holder, Duration.ofSeconds(2 * JournalProcesses.SECONDS));
		if (taken.compareTo(limit) > 0) {
			late.add("%s of %s: free after %s".formatted(fault, holder.name(), taken));
		}
		FaultReport.get().note("Lock, %s: free after %d ms".formatted(fault, taken.toMillis()));
	}

	private static void strikeMember(FaultCluster cluster, int round) throws Exception {
		int leader = cluster.leader();
		if (round % 8 == 3) {
			cluster.member(leader).pause();
			Experiment.pass(Duration.ofSeconds(3));
			cluster.member(leader).resume();
		}
		else {
			cluster.member(leader).kill();
			Experiment.pass(Duration.ofSeconds(1));
			cluster.member(leader).start();
		}
		cluster.awaitWhole();
	}

}
