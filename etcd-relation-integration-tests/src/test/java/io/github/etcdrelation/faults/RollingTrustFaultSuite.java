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
import io.github.etcdrelation.test.CertificateAuthority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that take over another trust store, one after the other, as they restart.
 */
class RollingTrustFaultSuite {

	@TempDir
	private Path temporary;

	@Test
	void eachMemberIsServedWithTheCertificateThatItAccepts() throws Exception {
		CertificateAuthority before = CertificateAuthority.create();
		CertificateAuthority after = CertificateAuthority.create();
		try (FaultCluster cluster = FaultCluster.start()) {
			String servers = cluster.etcd().getCertificateAuthority().caPem();
			for (int i = 0; i < FaultCluster.SIZE; i++) {
				// The servers' own lets in whoever is not what is tested
				cluster.member(i).setTrustedCa(servers + before.caPem());
				cluster.member(i).restart();
			}
			String endpoints = cluster.etcd().getConnectionString();
			try (Application application = new Application(this.temporary.resolve("etcd"), endpoints,
					credentials(before, servers));
					Experiment experiment = new Experiment(cluster, application, "rolling trust store")) {
				experiment.rest().disturb(() -> {
					application.directory().write(endpoints, credentials(after, servers));
					for (int i = 0; i < FaultCluster.SIZE; i++) {
						cluster.setBad(i);
						cluster.member(i).setTrustedCa(servers + after.caPem());
						cluster.member(i).restart();
						Experiment.pass(Duration.ofSeconds(5));
					}
				}, Duration.ofSeconds(2), () -> {
				}).finish("Credentials", new Bars(0, 0, 24, 5));
			}
		}
	}

	private static ClientCredentials credentials(CertificateAuthority authority, String serverCa) {
		ClientCredentials issued = authority.issueClient("client");
		return new ClientCredentials(issued.clientCert(), issued.clientKey(), serverCa);
	}

}
