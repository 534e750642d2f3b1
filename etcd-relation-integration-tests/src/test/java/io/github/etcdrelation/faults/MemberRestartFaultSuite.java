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

import io.github.etcdrelation.test.LocalEtcdMember;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that stop under watches, leases, waiting locks and campaigns.
 */
class MemberRestartFaultSuite {

	private static final String SECTION = "Members that stop";

	private static final int QUEUE = 30;

	private FaultCluster cluster;

	@TempDir
	private Path temporary;

	@BeforeEach
	void startCluster() {
		this.cluster = FaultCluster.start();
	}

	@AfterEach
	void stopCluster() {
		this.cluster.close();
	}

	@Test
	void rollingRestartDisturbsNobody() throws Exception {
		run("rolling restart by SIGTERM", 24, 0, () -> restartAll(LocalEtcdMember::stop));
	}

	@Test
	void rollingKillDisturbsNobody() throws Exception {
		Budget.assumeLong("rolling restart by SIGKILL");
		run("rolling restart by SIGKILL", 24, 0, () -> restartAll(LocalEtcdMember::kill));
	}

	@Test
	void frozenLeaderDisturbsNobody() throws Exception {
		Budget.assumeLong("leader frozen for 20 s");
		int leader = this.cluster.leader();
		run("leader frozen for 20 s", 8, 16, () -> {
			this.cluster.setBad(leader);
			this.cluster.member(leader).pause();
			try {
				Experiment.pass(Duration.ofSeconds(20));
			}
			finally {
				this.cluster.member(leader).resume();
			}
		});
	}

	private void run(String round, int failedPuts, int lostLeases, Experiment.Action fault) throws Exception {
		Application application = new Application(this.temporary.resolve("etcd"),
				this.cluster.etcd().getConnectionString(), this.cluster.etcd().getClientCredentials());
		Workload workload = new Workload(this.cluster, application.client(), 8, 400, QUEUE, Duration.ofMillis(20));
		try (Experiment experiment = new Experiment(this.cluster, application, workload, round);
				Queue queue = new Queue(application.client(), workload.history(), QUEUE, Duration.ofMillis(500));
				EtcdctlLock etcdctl = EtcdctlLock.start(this.cluster, this.temporary, Queue.lockName())) {
			experiment.expectLostLeases(lostLeases).rest().disturb(() -> {
				queue.open();
				fault.run();
			}, Duration.ofSeconds(2), () -> {
			});
			List<String> failures = queue.awaitTurns();
			etcdctl.awaitTurn(workload.history());
			experiment.figures()
				.told(failures)
				.told(queue.told())
				.expect(failures.isEmpty(), "each lock and each campaign gets its turn");
			experiment.finish(SECTION, new Bars(0, 0, failedPuts, 5));
		}
	}

	private void restartAll(Stop stop) throws Exception {
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			this.cluster.setBad(i);
			stop.apply(this.cluster.member(i));
			Experiment.pass(Duration.ofSeconds(1));
			this.cluster.member(i).start();
			Experiment.pass(Duration.ofSeconds(3));
		}
	}

	private interface Stop {

		void apply(LocalEtcdMember member);

	}

}
