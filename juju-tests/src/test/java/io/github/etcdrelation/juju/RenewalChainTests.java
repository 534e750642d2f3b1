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

package io.github.etcdrelation.juju;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.faults.Application;
import io.github.etcdrelation.faults.Call;
import io.github.etcdrelation.faults.CharmedEtcd;
import io.github.etcdrelation.faults.FaultCluster;
import io.github.etcdrelation.faults.History;
import io.github.etcdrelation.faults.HistoryChecker;
import io.github.etcdrelation.faults.RepeatableWrites;
import io.github.etcdrelation.faults.Texts;
import io.github.etcdrelation.faults.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Renews the certificate of an application under load, through charms with Canonical's
 * library on both sides, down to three members that are restarted one after the other.
 * {@code -Djuju.renewals=} says how often; what it cost is in
 * {@code target/renewals.txt}.
 */
@EnabledWithPython
class RenewalChainTests {

	private static final int RENEWALS = Integer.getInteger("juju.renewals", 3);

	private static final int WRITERS = 8;

	private static final int WATCHES = 4;

	@TempDir
	private Path directory;

	@Test
	void nothingFailsAndNothingIsLostWhileCertificatesAreRenewed() throws Exception {
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork()) {
			CharmedEtcd etcd = new CharmedEtcd(cluster);
			try (RenewalChain chain = new RenewalChain(this.directory, etcd)) {
				chain.relate();
				try (Application application = new Application(new RelationDirectory(chain.directory()))) {
					RepeatableWrites writes = new RepeatableWrites(application.client(),
							RenewalChain.PREFIX + "counters/");
					try (Workload workload = new Workload(cluster, application.client(), RenewalChain.PREFIX, writes,
							WRITERS, WATCHES, 0, Duration.ofMillis(5))) {
						renew(cluster, etcd, chain, application, writes, workload);
					}
				}
			}
		}
	}

	private static void renew(FaultCluster cluster, CharmedEtcd etcd, RenewalChain chain, Application application,
			RepeatableWrites writes, Workload workload) throws Exception {
		int restarts = etcd.getRestarts();
		int movedLeaders = etcd.getMovedLeaders();
		long begin = System.nanoTime();
		for (int i = 0; i < RENEWALS; i++) {
			TimeUnit.SECONDS.sleep(1);
			chain.renew(application.events());
		}
		TimeUnit.SECONDS.sleep(1);
		long end = System.nanoTime();
		History history = workload.stop();
		List<Call> calls = history.calls();
		List<Call> failed = calls.stream().filter((call) -> !call.isSuccessful()).toList();
		List<String> violations = HistoryChecker.check(history);
		long lost = violations.stream().filter((violation) -> violation.contains(" missed ")).count();
		double longest = calls.stream().mapToLong((call) -> call.end() - call.begin()).max().orElse(0) / 1e9;
		String figures = String.format(Locale.ROOT,
				"etcd %s: %d renewals, %d restarts, %d leaders moved, %d writes and %d reads by %d writers,"
						+ " %d failed, %d repeated (%d of them had been carried out), %d events at %d watches, %d lost,"
						+ " longest call %.1f s, %.0f s%n",
				cluster.etcd().getVersion(), RENEWALS, etcd.getRestarts() - restarts,
				etcd.getMovedLeaders() - movedLeaders, calls.stream().filter(Call::isPut).count(),
				calls.stream().filter(Call::isGet).count(), WRITERS, failed.size(), writes.repeated().size(),
				writes.foundCarriedOut(), history.watches().stream().mapToInt((watch) -> watch.events().size()).sum(),
				WATCHES, lost, longest, (end - begin) / 1e9);
		Files.writeString(Path.of("target/renewals.txt"),
				figures + String.join("\n", Texts.count(writes.repeated())) + "\n");
		assertThat(failed).as(figures).extracting(Call::failure).isEmpty();
		assertThat(violations).as(figures).isEmpty();
		assertThat(workload.told()).isEmpty();
		assertThat(application.events()).noneMatch(EtcdRotationFailedEvent.class::isInstance);
		assertThat(etcd.getRestarts() - restarts).isEqualTo(RENEWALS * cluster.etcd().getMembers().size());
		assertThat(calls).anyMatch(Call::isPut).anyMatch(Call::isGet);
		assertThat(history.watches()).hasSize(WATCHES).allMatch((watch) -> !watch.events().isEmpty());
	}

}
