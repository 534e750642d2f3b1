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

package io.github.etcdrelation.soak;

import java.nio.file.Path;

import io.github.etcdrelation.faults.FaultCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hours of mixed load with rotations and faults in little memory. The system properties
 * {@code soak.minutes}, {@code soak.rate} and {@code soak.seed} tell how long, how much
 * and which.
 */
class MixedLoadSoakSuite {

	private static final int MINUTES = Integer.getInteger("soak.minutes", 120);

	private static final int RATE = Integer.getInteger("soak.rate", 200);

	private static final long SEED = Long.getLong("soak.seed", 1);

	@Test
	void nothingGrowsAndNothingIsLost(@TempDir Path temporary) throws Exception {
		// Keeps what the members have on disk and in memory small
		try (FaultCluster cluster = FaultCluster.start("--snapshot-count=5000", "--max-wals=2", "--max-snapshots=2");
				SoakRun run = new SoakRun(cluster, temporary.resolve("etcd"), Path.of("target/soak/report.md"),
						SoakPlan.ofMinutes(MINUTES, RATE, SEED))) {
			assertThat(run.run()).isEmpty();
		}
	}

}
