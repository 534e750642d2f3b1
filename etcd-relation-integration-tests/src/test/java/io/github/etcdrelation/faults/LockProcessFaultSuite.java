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
 * Eight processes that write to one file under a lock, whose holder is killed, stopped or
 * cut from etcd in each round, while members of etcd freeze, die and lose each other in
 * between.
 */
class LockProcessFaultSuite {

	private static final int ROUNDS = Integer.getInteger("lock.rounds", Budget.isShort() ? 3 : 9);

	@TempDir
	private Path temporary;

	@Test
	void oneProcessHoldsTheLockWhateverHappens() throws Exception {
		try (FaultCluster cluster = FaultCluster.start();
				ProcessRounds rounds = new ProcessRounds(Contest.LOCK, cluster, this.temporary, 8)) {
			rounds.strike(ROUNDS, Duration.ofSeconds(2 * JournalProcesses.SECONDS));
			rounds.check();
		}
	}

}
