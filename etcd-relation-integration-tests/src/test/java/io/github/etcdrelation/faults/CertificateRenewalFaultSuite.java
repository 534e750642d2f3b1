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

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.RelationLayout;
import io.github.etcdrelation.RelationValues;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Certificates that members trust one by one are renewed many times, each time with a
 * restart of one member after the other.
 */
class CertificateRenewalFaultSuite {

	private static final int RENEWALS = Integer.getInteger("faults.renewals", Budget.isShort() ? 5 : 20);

	@TempDir
	private Path temporary;

	@ParameterizedTest
	@EnumSource(names = { "ETCD_FILES", "ETCD_CLIENT_FILES", "ETCD_CLIENT_SPOOL" })
	void callsGoOnWhileCertificatesAreRenewed(RelationLayout layout) throws Exception {
		if (layout != RelationLayout.ETCD_CLIENT_SPOOL) {
			Budget.assumeLong("certificates renewed (%s)".formatted(layout));
		}
		try (FaultCluster cluster = FaultCluster.start()) {
			Path directory = this.temporary.resolve("etcd");
			CertificateRenewal renewal = new CertificateRenewal(new CharmedEtcd(cluster), layout, directory,
					"application", "faults/");
			renewal.write();
			Application application = new Application(new RelationDirectory(directory));
			Workload workload = new Workload(cluster, application.client(), 8, 4, 3, Duration.ZERO);
			String round = "%d certificates renewed (%s)".formatted(RENEWALS, layout);
			try (Experiment experiment = new Experiment(cluster, application, workload, round)) {
				experiment.rest().disturb(() -> {
					for (int i = 0; i < RENEWALS; i++) {
						renewal.renew(application.events());
					}
				}, Duration.ofSeconds(2), () -> {
				}).finish("Credentials", new Bars(0, 0, 24 * RENEWALS, 5));
				// What a member that stops or a leader that changes takes with it
				assertThat(experiment.figures().failures())
					.allMatch((failure) -> failure.endsWith("the write was sent and may have been carried out"));
				assertThat(application.events())
					.noneMatch((event) -> layout.isEtcdClient() && event instanceof EtcdRotationFailedEvent);
			}
		}
	}

	@Test
	void certificateThatStaysUnknownIsReported() throws Exception {
		Budget.assumeLong("certificate that no member gets to know");
		try (FaultCluster cluster = FaultCluster.startWithoutNetwork()) {
			CharmedEtcd charm = new CharmedEtcd(cluster);
			CertificateAuthority authority = CertificateAuthority.create();
			RelationValues granted = charm.request("faults/", authority.issueClient("application"));
			Path directory = this.temporary.resolve("etcd");
			RelationLayout.ETCD_CLIENT_SPOOL.write(directory, granted);
			try (Application application = new Application(new RelationDirectory(directory))) {
				get(application.client().getKVClient().put(bytes("faults/key"), bytes("value")));
				ClientCredentials unknown = authority.issueClient("application");
				RelationLayout.ETCD_CLIENT_SPOOL.write(directory,
						granted.withCredentials(new ClientCredentials(unknown.clientCert(), unknown.clientKey(),
								granted.credentials().clientCa())));
				Awaitility.await()
					.atMost(Duration.ofSeconds(90))
					.until(() -> application.events().stream().anyMatch(EtcdRotationFailedEvent.class::isInstance));
				get(application.client().getKVClient().put(bytes("faults/key"), bytes("value")));
			}
		}
	}

}
