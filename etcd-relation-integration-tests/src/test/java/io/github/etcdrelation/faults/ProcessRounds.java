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
import java.util.Collections;
import java.util.List;
import java.util.Random;

import io.github.etcdrelation.faults.Journal.Entry;
import io.github.etcdrelation.faults.Journal.Kind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rounds of faults while processes contend for a lock or for leadership: one of them
 * holds it at any time, and another one soon after the fault.
 */
final class ProcessRounds implements RoundKind.Rounds, AutoCloseable {

	private static final Log logger = LogFactory.getLog("figures");

	/**
	 * After how many faults of holders there is one of members.
	 */
	private static final int HOLDERS = 3;

	private static final List<RoundKind> MEMBERS = List.of(RoundKind.FREEZE_OF_2_S, RoundKind.KILL_OF_THE_LEADER,
			RoundKind.PEERS_CUT_BY_DROPPED_PACKETS, RoundKind.KILL_OF_TWO, RoundKind.ROLLING_RESTART,
			RoundKind.COMPACTION, RoundKind.FREEZE_OF_20_S);

	private final Contest contest;

	private final FaultCluster cluster;

	private final int number;

	/** Of nobody, as each process has its own, but members are healed by it. */
	private final ClientPaths paths;

	private final JournalProcesses processes;

	private final Random random = new Random(Long.getLong("seed", 1));

	private final List<String> late = new ArrayList<>();

	private Duration longest = Duration.ZERO;

	private int rounds;

	/**
	 * Start processes.
	 * @param directory where they have their files
	 * @param number how many there are
	 */
	ProcessRounds(Contest contest, FaultCluster cluster, Path directory, int number) throws Exception {
		this.contest = contest;
		this.cluster = cluster;
		this.number = number;
		this.paths = ClientPaths.direct(cluster);
		this.processes = new JournalProcesses(contest, cluster, directory, number);
	}

	/**
	 * Strike holders in turn with all faults, and members in between.
	 * @param strikes how many holders are struck
	 * @param stop how long a process is stopped
	 */
	void strike(int strikes, Duration stop) throws Exception {
		List<RoundKind> kinds = new ArrayList<>(MEMBERS);
		kinds.removeIf((kind) -> !kind.isPossible(this.cluster));
		Collections.shuffle(kinds, this.random);
		for (int i = 0; i < strikes; i++) {
			strikeHolder(HolderFault.of(i), stop);
			if (i % HOLDERS == HOLDERS - 1) {
				strikeMembers(kinds.get((i / HOLDERS) % kinds.size()));
			}
		}
	}

	/**
	 * Strike the holder.
	 * @param stop how long a process is stopped
	 */
	void strikeHolder(HolderFault fault, Duration stop) throws Exception {
		long begin = System.nanoTime();
		this.processes.fill(this.number);
		JournalProcess holder = this.processes.awaitHolder();
		Duration taken = fault.strike(this.processes, holder, stop);
		end(fault + " of " + holder.name(), taken, begin);
	}

	private void strikeMembers(RoundKind kind) throws Exception {
		long begin = System.nanoTime();
		this.processes.fill(this.number);
		kind.run(this);
		this.cluster.awaitWhole();
		end(kind.toString(), this.processes.awaitEntry(System.nanoTime()), begin);
	}

	private void end(String fault, Duration taken, long begin) {
		this.rounds++;
		if (taken.compareTo(Duration.ofSeconds(JournalProcesses.SECONDS + 2)) > 0) {
			this.late.add("%s: another holder after %s".formatted(fault, taken));
		}
		this.longest = (taken.compareTo(this.longest) > 0) ? taken : this.longest;
		this.contest.awaitUndisturbed(this.processes);
		logger.info("%s, round %d, %s: a holder after %d ms, over after %.1f s".formatted(this.contest, this.rounds,
				fault, taken.toMillis(), (System.nanoTime() - begin) / 1e9));
	}

	/**
	 * Check that nobody has lost its place for ever, and what was written.
	 */
	void check() throws Exception {
		this.processes.awaitAll();
		List<Entry> entries = this.processes.entries();
		List<String> violations = this.contest.check(this.processes.checker(), entries);
		FaultReport.get()
			.note("%s of %d processes: %d rounds, %d turns, %d turns lost, a holder after %d ms at most, %d violations"
				.formatted(this.contest, this.number, this.rounds, count(entries, Kind.BEGIN),
						count(entries, Kind.LOST), this.longest.toMillis(), violations.size()));
		assertThat(violations).isEmpty();
		assertThat(this.late).isEmpty();
	}

	private static long count(List<Entry> entries, Kind kind) {
		return entries.stream().filter((entry) -> entry.kind() == kind).count();
	}

	@Override
	public FaultCluster cluster() {
		return this.cluster;
	}

	@Override
	public ClientPaths paths() {
		return this.paths;
	}

	@Override
	public Certificates certificates() {
		throw new UnsupportedOperationException("The processes keep their certificates");
	}

	@Override
	public Random random() {
		return this.random;
	}

	@Override
	public void close() {
		this.processes.close();
		this.paths.close();
	}

}
