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

package io.github.etcdrelation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Credentials that do not fit say so, once.
 */
@ExtendWith(OutputCaptureExtension.class)
@WithLocalEtcd(mutualTls = true)
class TlsFailureTests {

	private final LocalEtcd etcd;

	TlsFailureTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void credentialsThatDoNotFit(CapturedOutput output) {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		CertificateAuthority stranger = CertificateAuthority.create("stranger");
		ClientCredentials guest = stranger.issueClient("stranger");
		List<Runnable> cases = List.of(
				() -> verifyFailure("authority",
						new ClientCredentials(credentials.clientCert(), credentials.clientKey(), stranger.caPem()),
						"PKIX path"),
				() -> verifyFailure("stranger",
						new ClientCredentials(guest.clientCert(), guest.clientKey(), credentials.clientCa()),
						"certificate"),
				() -> verifyFailure("expired", this.etcd.getCertificateAuthority().issueExpiredClient("late"),
						"certificate", "expired"),
				() -> verifyFailure("none", new ClientCredentials(null, null, credentials.clientCa()), "certificate"));
		// Together, as each waits until calls fail fast
		CompletableFuture
			.allOf(cases.stream()
				.map((verification) -> CompletableFuture.runAsync(verification, (task) -> new Thread(task).start()))
				.toArray(CompletableFuture[]::new))
			.join();
		assertThat(warnings(output)).hasSize(cases.size());
		for (String relation : List.of("authority", "stranger", "expired", "none")) {
			assertThat(warnings(output)).filteredOn((line) -> line.contains("Relation '" + relation + "'")).hasSize(1);
		}
		assertThat(output.toString()).doesNotContain("-----BEGIN");
	}

	@Test
	void hostNotInCertificate(CapturedOutput output) {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			member.replaceServerCertificate(other.getCertificateAuthority().issueServer("etcd.example.org"));
			RelationTester.runner(other)
				.withPropertyValues("etcd.relation.client.request-timeout=3s")
				.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("key"))))
					.hasMessageContaining("No subject alternative names matching IP address 127.0.0.1"));
		}
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	void plainTextClientOfSecureEtcd() {
		RelationTester.runner()
			.withPropertyValues(
					"etcd.relation.connection-string=" + this.etcd.getConnectionString().replace("https:", "http:"),
					"etcd.relation.client.request-timeout=2s")
			.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("key"))))
				.hasMessageContaining("cannot be reached"));
	}

	@Test
	void serverTlsNeedsNoClientCertificate() {
		try (LocalEtcd serverTls = LocalEtcd.builder().tls().start()) {
			RelationTester.runner(serverTls)
				.run((context) -> get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value"))));
		}
	}

	@Test
	void sslBundleReplacesCredentials() {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		RelationTester.runner()
			.withPropertyValues("etcd.relation.connection-string=" + this.etcd.getConnectionString(),
					"etcd.relation.ssl.bundle=relation",
					"spring.ssl.bundle.pem.relation.keystore.certificate=" + credentials.clientCert(),
					"spring.ssl.bundle.pem.relation.keystore.private-key=" + credentials.clientKey(),
					"spring.ssl.bundle.pem.relation.truststore.certificate=" + credentials.clientCa())
			.run((context) -> get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value"))));
	}

	private void verifyFailure(String relation, ClientCredentials credentials, String... reasons) {
		RelationTester.runner(this.etcd.getConnectionString(), credentials)
			.withPropertyValues("etcd.relation.name=" + relation, "etcd.relation.client.request-timeout=3s")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				Throwable failure = failure(client.getKVClient().get(bytes("key")));
				assertThat(failure).hasMessageContaining(this.etcd.getConnectionString())
					.hasMessageContainingAll(reasons);
				Awaitility.await()
					.atMost(Duration.ofSeconds(10))
					.untilAsserted(() -> assertThat(failure(client.getKVClient().put(bytes("key"), bytes("value"))))
						.hasMessageContainingAll(reasons));
			});
	}

	private static String[] warnings(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> line.contains("WARN") && line.contains("RelationChannel"))
			.toArray(String[]::new);
	}

}
