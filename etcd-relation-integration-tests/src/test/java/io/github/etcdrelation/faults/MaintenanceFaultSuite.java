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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

/**
 * A member that is defragmented answers nothing meanwhile.
 */
class MaintenanceFaultSuite {

	private static final int MEGABYTES = Integer.getInteger("faults.megabytes", Budget.isShort() ? 100 : 400);

	@TempDir
	private Path temporary;

	@Test
	void defragmentationOfAMemberCostsItsShareAtMost() throws Exception {
		try (FaultCluster cluster = FaultCluster.start("--quota-backend-bytes=4294967296")) {
			String round = "defragmentation of a follower, %d MB".formatted(MEGABYTES);
			try (Experiment experiment = new Experiment(cluster, this.temporary, round)) {
				experiment.workload().setIdle(true);
				fill(experiment.application().client());
				experiment.workload().setIdle(false);
				int member = cluster.follower();
				experiment.rest(member)
					.disturb(() -> cluster.control().defragment(cluster.endpoint(member)), Duration.ZERO, () -> {
					})
					.awaitBack(member)
					.finish("Maintenance", new Bars(0.6, 0, 8, 5));
			}
		}
	}

	private static void fill(Client client) throws Exception {
		String value = "x".repeat(1000);
		Deque<CompletableFuture<?>> inFlight = new ArrayDeque<>();
		for (int i = 0; i < MEGABYTES * 10; i++) {
			Op[] puts = new Op[100];
			for (int j = 0; j < puts.length; j++) {
				puts[j] = Op.put(bytes("fill/" + i + "/" + j), bytes(value), PutOption.DEFAULT);
			}
			inFlight.add(client.getKVClient().txn().Then(puts).commit());
			if (inFlight.size() == 8) {
				get(inFlight.remove());
			}
		}
		for (CompletableFuture<?> txn : inFlight) {
			get(txn);
		}
	}

}
