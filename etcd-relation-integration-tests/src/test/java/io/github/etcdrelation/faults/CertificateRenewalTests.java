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

import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.RelationLayout;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short run of {@link CertificateRenewalFaultSuite}.
 */
class CertificateRenewalTests {

	private static final int RENEWALS = 2;

	private static final int WRITERS = 8;

	@TempDir
	private Path temporary;

	@ParameterizedTest
	@EnumSource(names = { "ETCD_CLIENT_FILES", "ETCD_CLIENT_SPOOL" })
	void callsGoOnWhileCertificateIsRenewed(RelationLayout layout) throws Exception {
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork()) {
			Path directory = this.temporary.resolve("etcd");
			CertificateRenewal renewal = new CertificateRenewal(new CharmedEtcd(cluster), layout, directory,
					"application", "faults/");
			renewal.write();
			try (Application application = new Application(new RelationDirectory(directory));
					Workload workload = new Workload(cluster, application.client(), WRITERS, 4, 2,
							Duration.ofMillis(5))) {
				for (int i = 0; i < RENEWALS; i++) {
					Experiment.pass(Duration.ofSeconds(1));
					renewal.renew(application.events());
				}
				Experiment.pass(Duration.ofSeconds(1));
				History history = workload.stop();
				assertThat(history.calls()).anyMatch((call) -> call.isPut() && call.isSuccessful());
				List<Call> failed = history.calls().stream().filter((call) -> !call.isSuccessful()).toList();
				// What a member that stops or a leader that changes takes with it
				assertThat(failed).allSatisfy((call) -> {
					assertThat(call.isPut()).isTrue();
					assertThat(call.failure()).contains("the write was sent and may have been carried out");
				}).hasSizeLessThanOrEqualTo(RENEWALS * FaultCluster.SIZE * WRITERS);
				assertThat(workload.told()).isEmpty();
				assertThat(HistoryChecker.check(history)).isEmpty();
				assertThat(application.events()).noneMatch(EtcdRotationFailedEvent.class::isInstance);
			}
		}
	}

}
