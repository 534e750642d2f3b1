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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short run of what the fault suite does at length, with members on loopback addresses.
 */
class FaultSmokeTests {

	@TempDir
	private Path temporary;

	@Test
	void historyIsCorrectAfterAFreezeAndAKill() throws Exception {
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork();
				Application application = new Application(this.temporary.resolve("etcd"),
						cluster.etcd().getConnectionString(), cluster.etcd().getClientCredentials());
				Workload workload = new Workload(cluster, application.client(), 4, 4, 2, Duration.ofMillis(10));
				Contenders contenders = new Contenders(application.client(), workload.history())) {
			Experiment.pass(Duration.ofSeconds(2));
			int leader = cluster.leader();
			cluster.setBad(leader);
			cluster.member(leader).pause();
			Experiment.pass(Duration.ofSeconds(2));
			cluster.member(leader).resume();
			cluster.awaitWhole();
			int follower = cluster.follower();
			cluster.setBad(follower);
			cluster.member(follower).kill();
			Experiment.pass(Duration.ofSeconds(1));
			cluster.member(follower).start();
			cluster.awaitWhole();
			contenders.stop();
			History history = workload.stop();
			assertThat(history.calls()).anyMatch((call) -> call.isPut() && call.isSuccessful());
			assertThat(history.holds()).isNotEmpty();
			assertThat(HistoryChecker.check(history)).isEmpty();
		}
	}

}
