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
import java.util.Locale;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One bad member of three must cost next to nothing.
 */
class BadMemberFaultSuite {

	private static final String SECTION = "One bad member of three";

	private static final Duration DURATION = Duration.ofSeconds(Budget.isShort() ? 8 : 12);

	private static FaultCluster cluster;

	private static ClientPaths paths;

	@TempDir
	private Path temporary;

	@BeforeAll
	static void startCluster() {
		cluster = FaultCluster.start();
		paths = ClientPaths.direct(cluster);
	}

	@AfterAll
	static void stopCluster() {
		paths.close();
		cluster.close();
	}

	@ParameterizedTest(name = "{0} as {1}")
	@CsvSource({ "CUT_FROM_PEERS, FOLLOWER", "CUT_FROM_PEERS, LEADER", "CUT_FROM_CLIENTS, FOLLOWER",
			"CUT_FROM_CLIENTS, LEADER", "FROZEN, FOLLOWER", "FROZEN, LEADER" })
	void callsGoOnAtTheOtherMembers(Fault fault, Role role) throws Exception {
		assumePossible(fault != Fault.CUT_FROM_PEERS, "cutting peers");
		int member = (role == Role.LEADER) ? cluster.leader() : cluster.follower();
		String round = "%s %s".formatted(role, fault).toLowerCase(Locale.ROOT).replace('_', ' ');
		try (Experiment experiment = experiment(round)) {
			experiment.rest(member)
				.disturb(() -> fault.begin(member), DURATION, () -> fault.end(member))
				.awaitBack(member)
				.finish(SECTION, new Bars((role == Role.LEADER) ? 0.8 : 0.9, 0, 8, 5));
		}
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource({ "FOLLOWER", "LEADER" })
	void memberThatIsFrozenForTwoSecondsFailsNoCall(Role role) throws Exception {
		// etcd elects another leader meanwhile, and what was proposed to the former one
		// is
		// lost without a word
		int lost = (role == Role.LEADER) ? 8 : 0;
		int member = (role == Role.LEADER) ? cluster.leader() : cluster.follower();
		String round = role.name().toLowerCase(Locale.ROOT) + " frozen for 2 s";
		try (Experiment experiment = experiment(round)) {
			experiment.rest(member)
				.disturb(() -> Fault.FROZEN.begin(member), Duration.ofSeconds(2), () -> Fault.FROZEN.end(member))
				.finish(SECTION, new Bars(0, 0, lost, 5));
		}
	}

	@Test
	void connectionsDroppedInTrafficAreReplaced() throws Exception {
		assumePossible(false, "dropping connections");
		try (Experiment experiment = experiment("connections dropped in traffic")) {
			experiment.rest()
				.disturb(BadMemberFaultSuite::dropConnections, DURATION, BadMemberFaultSuite::heal)
				.finish(SECTION, new Bars(0, 0, 8, 5));
		}
	}

	@Test
	void connectionsDroppedWhileIdleFailNoCall() throws Exception {
		assumePossible(false, "dropping connections");
		Duration idle = Duration.ofSeconds(70);
		String round = "connections dropped, first calls after %d s".formatted(idle.toSeconds());
		Budget.assumeLong(round);
		try (Experiment experiment = experiment(round)) {
			experiment.rest();
			experiment.workload().endStreams();
			experiment.workload().setIdle(true);
			dropConnections();
			Experiment.pass(idle);
			experiment
				.disturb(() -> experiment.workload().setIdle(false), Duration.ofSeconds(5), BadMemberFaultSuite::heal)
				.finish(SECTION, new Bars(0, 0, 0, 2.5));
		}
	}

	private static void dropConnections() {
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			cluster.network().dropExistingClients(i);
		}
	}

	private static void heal() {
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			cluster.network().heal(i);
		}
	}

	private Experiment experiment(String round) throws Exception {
		return new Experiment(cluster, new Application(this.temporary.resolve("etcd"), paths.connectionString(),
				cluster.etcd().getClientCredentials()), round);
	}

	private static void assumePossible(boolean always, String what) {
		if (!always && !cluster.hasNetwork()) {
			FaultReport.get().note("Did not run: %s needs root, ip and iptables".formatted(what));
			Assumptions.abort("needs root, ip and iptables");
		}
	}

	enum Role {

		FOLLOWER, LEADER

	}

	enum Fault {

		CUT_FROM_PEERS {

			@Override
			void begin(int member) {
				cluster.network().dropPeers(member);
			}

			@Override
			void end(int member) {
				cluster.network().heal(member);
			}

		},

		CUT_FROM_CLIENTS {

			@Override
			void begin(int member) {
				paths.drop(member);
			}

			@Override
			void end(int member) {
				paths.heal(member);
			}

		},

		FROZEN {

			@Override
			void begin(int member) {
				cluster.member(member).pause();
			}

			@Override
			void end(int member) {
				cluster.member(member).resume();
			}

		};

		abstract void begin(int member);

		abstract void end(int member);

	}

}
