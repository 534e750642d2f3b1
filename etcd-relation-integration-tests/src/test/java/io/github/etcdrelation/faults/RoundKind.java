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

import java.time.Duration;
import java.util.Locale;
import java.util.Random;

/**
 * The kinds of rounds. Each leaves the cluster as it found it, except that another member
 * may lead.
 */
enum RoundKind {

	KILL_OF_A_FOLLOWER((rounds) -> kill(rounds, rounds.cluster().follower())),

	KILL_OF_THE_LEADER((rounds) -> kill(rounds, rounds.cluster().leader())),

	KILL_OF_TWO((rounds) -> {
		int first = rounds.anyMember();
		kill(rounds, first, (first + 1) % FaultCluster.SIZE);
	}),

	FREEZE_OF_2_S((rounds) -> freeze(rounds, 2)),

	FREEZE_OF_20_S((rounds) -> freeze(rounds, 20)),

	CLIENT_CUT_BY_RESET((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		rounds.paths().reset(member);
		heal(rounds, member, 5);
	}),

	CLIENT_CUT_BY_FIN((rounds) -> {
		for (int i = 0; i < 10; i++) {
			rounds.paths().finish();
			Experiment.pass(Duration.ofMillis(500));
		}
	}),

	CLIENT_CUT_BY_DROPPED_PACKETS((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		rounds.paths().drop(member);
		heal(rounds, member, 8);
	}),

	PEERS_CUT_BY_RESET((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		rounds.cluster().network().resetPeers(member);
		heal(rounds, member, 8);
	}),

	PEERS_CUT_BY_DROPPED_PACKETS((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		rounds.cluster().network().dropPeers(member);
		heal(rounds, member, 8);
	}),

	SLOW_LINK((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		FaultReport.get().note("Slow link: " + rounds.paths().slow(member));
		heal(rounds, member, 8);
	}),

	ROLLING_RESTART((rounds) -> {
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			rounds.cluster().member(rounds.bad(i)).restart();
			Experiment.pass(Duration.ofSeconds(3));
		}
	}),

	CERTIFICATE_ROTATION((rounds) -> rounds.certificates().replaceClient()),

	CA_ROTATION((rounds) -> rounds.certificates().replaceAuthority()),

	COMPACTION((rounds) -> {
		rounds.cluster().compact();
		Experiment.pass(Duration.ofSeconds(1));
	}),

	DEFRAGMENTATION((rounds) -> {
		int member = rounds.bad(rounds.anyMember());
		rounds.cluster().compact();
		rounds.cluster().control().defragment(rounds.cluster().endpoint(member));
	});

	private final Round round;

	RoundKind(Round round) {
		this.round = round;
	}

	boolean isPossible(FaultCluster cluster) {
		return cluster.hasNetwork() || (this != PEERS_CUT_BY_RESET && this != PEERS_CUT_BY_DROPPED_PACKETS);
	}

	void run(Rounds rounds) throws Exception {
		this.round.run(rounds);
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private static void kill(Rounds rounds, Integer... members) throws Exception {
		rounds.cluster().setBad(members);
		for (int member : members) {
			rounds.cluster().member(member).kill();
		}
		Experiment.pass(Duration.ofSeconds(4));
		for (int member : members) {
			rounds.cluster().member(member).start();
		}
	}

	private static void freeze(Rounds rounds, int seconds) throws Exception {
		int member = rounds.bad(rounds.anyMember());
		rounds.cluster().member(member).pause();
		try {
			Experiment.pass(Duration.ofSeconds(seconds));
		}
		finally {
			rounds.cluster().member(member).resume();
		}
	}

	private static void heal(Rounds rounds, int member, int seconds) throws Exception {
		try {
			Experiment.pass(Duration.ofSeconds(seconds));
		}
		finally {
			rounds.paths().heal(member);
		}
	}

	/**
	 * What rounds work on.
	 */
	interface Rounds {

		FaultCluster cluster();

		ClientPaths paths();

		Certificates certificates();

		Random random();

		default int anyMember() {
			return random().nextInt(FaultCluster.SIZE);
		}

		default int bad(int member) {
			cluster().setBad(member);
			return member;
		}

	}

	private interface Round {

		void run(Rounds rounds) throws Exception;

	}

}
