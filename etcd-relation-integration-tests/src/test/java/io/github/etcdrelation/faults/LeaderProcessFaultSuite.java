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

/**
 * Eight processes that elect a leader, which is killed, stopped for 20 s or cut from etcd
 * in each round, while members of etcd freeze, die and lose each other in between.
 */
class LeaderProcessFaultSuite {

	private static final int ROUNDS = Integer.getInteger("leader.rounds", Budget.isShort() ? 3 : 9);

	@TempDir
	private Path temporary;

	@Test
	void oneProcessLeadsWhateverHappens() throws Exception {
		try (FaultCluster cluster = FaultCluster.start();
				ProcessRounds rounds = new ProcessRounds(Contest.LEADER, cluster, this.temporary, 8)) {
			rounds.strike(ROUNDS, Duration.ofSeconds(20));
			rounds.check();
		}
	}

}
