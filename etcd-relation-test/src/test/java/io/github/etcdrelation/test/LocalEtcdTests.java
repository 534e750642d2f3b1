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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import javax.net.ssl.SSLException;

import io.github.etcdrelation.ClientCredentials;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link LocalEtcd}.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LocalEtcdTests {

	@Test
	void singlePlainMemberServes() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			assertThat(etcd.getConnectionString()).isEqualTo("http://127.0.0.1:" + member.getPort())
				.isEqualTo(member.getEndpoint());
			assertThat(etcd.getClientCredentials()).isEqualTo(new ClientCredentials(null, null, null));
			assertThat(etcd.getVersion()).matches("3\\.\\d+\\.\\d+.*");
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(member, "a", "1");
			assertThat(gateway.has(member, "a", "1")).isTrue();
			assertThatIllegalStateException().isThrownBy(() -> etcd.newClientCredentials("app"))
				.withMessage("The members speak plain text");
		}
	}

	@Test
	void usersThatCannotBeAreRefused() {
		LocalEtcd.Builder twice = LocalEtcd.builder().user("app", "a").user("app", "b");
		assertThatIllegalStateException().isThrownBy(twice::build).withMessage("There is more than one user 'app'");
		LocalEtcd.Builder unknown = LocalEtcd.builder().tls().user("app", null);
		assertThatIllegalStateException().isThrownBy(unknown::build)
			.withMessage("A user without password is known by a client certificate, which takes mutual TLS");
	}

	@Test
	void closeEndsProcessAndDeletesDirectory() {
		LocalEtcd etcd = LocalEtcd.builder().start();
		long pid = etcd.getMember(0).getProcess().pid();
		assertThat(isAlive(pid)).isTrue();
		assertThat(etcd.getMember(0).getDataDirectory()).isDirectory();
		etcd.close();
		etcd.close();
		assertThat(isAlive(pid)).isFalse();
		assertThat(etcd.getDirectory()).doesNotExist();
		assertThatIllegalStateException().isThrownBy(etcd::start).withMessage("etcd is closed");
		assertThatIllegalStateException().isThrownBy(etcd.getMember(0)::start).withMessage("member-1 is closed");
	}

	@Test
	void closeAndEndOfJvmDoNotDisturbEachOther(CapturedOutput output) throws Exception {
		for (int i = 0; i < 100; i++) {
			LocalEtcd etcd = LocalEtcd.builder().members(3).build();
			Thread hook = new Thread(etcd::deleteAbandoned);
			hook.start();
			etcd.close();
			hook.join();
			assertThat(etcd.getDirectory()).doesNotExist();
		}
		assertThat(output.getAll()).doesNotContain("Could not delete");
	}

	@Test
	void propertiesNameWhatThereIs() {
		try (LocalEtcd plain = LocalEtcd.builder().build();
				LocalEtcd secure = LocalEtcd.builder().mutualTls().build()) {
			assertThat(plain.getProperties("etcd.relation")).containsOnly(
					Map.entry("etcd.relation.connection-string", plain.getConnectionString()),
					Map.entry("etcd.relation.version", plain.getVersion()));
			ClientCredentials credentials = secure.getClientCredentials();
			assertThat(secure.getProperties("etcd.relations.audit")).containsOnly(
					Map.entry("etcd.relations.audit.connection-string", secure.getConnectionString()),
					Map.entry("etcd.relations.audit.version", secure.getVersion()),
					Map.entry("etcd.relations.audit.client-cert", credentials.clientCert()),
					Map.entry("etcd.relations.audit.client-key", credentials.clientKey()),
					Map.entry("etcd.relations.audit.client-ca", credentials.clientCa()));
		}
	}

	@ParameterizedTest
	@EnumSource(KeyFormat.class)
	void mutualTlsLetsClientWithCertificateIn(KeyFormat keyFormat) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().keyFormat(keyFormat).start()) {
			assertThat(etcd.getConnectionString()).startsWith("https://127.0.0.1:");
			assertThat(etcd.getClientCredentials().isComplete()).isTrue();
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(etcd.getMember(0), "a", "1");
			assertThat(gateway.has(etcd.getMember(0), "a", "1")).isTrue();
		}
	}

	@Test
	void mutualTlsRejectsOtherClients() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			CertificateAuthority authority = etcd.getCertificateAuthority();
			assertServes(etcd, etcd.newClientCredentials("app"));
			assertServes(etcd, authority.createIntermediate("Intermediate").issueClient("app", KeyFormat.SEC1));
			assertRejects(etcd, new ClientCredentials(null, null, authority.caPem()));
			assertRejects(etcd, authority.issueExpiredClient("app"));
			ClientCredentials foreign = CertificateAuthority.create().issueClient("app");
			assertRejects(etcd, new ClientCredentials(foreign.clientCert(), foreign.clientKey(), authority.caPem()));
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> assertServes(etcd, foreign));
		}
	}

	@Test
	void serverTlsNeedsNoClientCertificate() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().tls().start()) {
			ClientCredentials credentials = etcd.getClientCredentials();
			assertThat(credentials.clientCa()).isEqualTo(etcd.getCertificateAuthority().caPem());
			assertThat(credentials.clientCert()).isNull();
			assertThat(credentials.clientKey()).isNull();
			assertServes(etcd, credentials);
			assertThatIllegalStateException()
				.isThrownBy(() -> etcd.getMember(0).setTrustedCa(etcd.getCertificateAuthority().caPem()));
		}
	}

	@Test
	void clusterSurvivesLossOfMemberAndChangesMembers() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			assertThat(etcd.getMembers()).hasSize(3);
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(etcd.getMember(0), "a", "1");
			for (LocalEtcdMember member : etcd.getMembers()) {
				assertThat(gateway.has(member, "a", "1")).isTrue();
			}
			if (System.getProperty("os.name").startsWith("Linux")) {
				assertThat(etcd.getMembers()).extracting(LocalEtcdMember::getHost)
					.containsExactly("127.0.0.1", "127.0.0.2", "127.0.0.3");
			}
			etcd.getMember(2).kill();
			Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
				gateway.put(etcd.getMember(0), "b", "2");
				assertThat(gateway.has(etcd.getMember(1), "b", "2")).isTrue();
			});
			etcd.getMember(2).start();
			assertThat(gateway.has(etcd.getMember(2), "b", "2")).isTrue();
			LocalEtcdMember added = etcd.addMember();
			assertThat(etcd.getConnectionString()).endsWith("," + added.getEndpoint());
			assertThat(gateway.has(added, "b", "2")).isTrue();
			// The order in which etcd lists members is random
			for (LocalEtcdMember removed : etcd.getMembers().subList(0, 3)) {
				etcd.removeMember(removed);
				assertThat(removed.isRunning()).isFalse();
				assertThat(etcd.getMembers()).contains(added).doesNotContain(removed);
				assertThat(gateway.members(added)).contains("\"" + added.getName() + "\"")
					.doesNotContain("\"" + removed.getName() + "\"");
				assertThatIllegalArgumentException().isThrownBy(() -> etcd.removeMember(removed));
			}
			assertThat(gateway.has(added, "b", "2")).isTrue();
			assertThatIllegalStateException().isThrownBy(() -> etcd.removeMember(added))
				.withMessage("The only member cannot be removed");
		}
	}

	@Test
	void membersCanBeStartedOneByOne() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).start()) {
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(etcd.getMember(0), "a", "1");
			etcd.getMembers().forEach(LocalEtcdMember::kill);
			etcd.getMember(0).start();
			assertThatExceptionOfType(HttpTimeoutException.class)
				.isThrownBy(() -> impatient(etcd).has(etcd.getMember(0), "a", "1"));
			etcd.getMember(1).start();
			assertThat(gateway.has(etcd.getMember(1), "a", "1")).isTrue();
		}
	}

	@Test
	void singleMemberGrowsToCluster() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(etcd.getMember(0), "a", "1");
			LocalEtcdMember added = etcd.addMember();
			assertThat(gateway.has(added, "a", "1")).isTrue();
			etcd.removeMember(etcd.getMember(0));
			assertThat(etcd.getConnectionString()).isEqualTo(added.getEndpoint());
			assertThat(gateway.has(added, "a", "1")).isTrue();
		}
	}

	@Test
	void stopKillAndRestartKeepAddressAndData() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			String endpoint = member.getEndpoint();
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(member, "a", "1");
			member.stop();
			assertThat(member.isRunning()).isFalse();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> gateway.has(member, "a", "1"));
			member.start();
			assertThat(gateway.has(member, "a", "1")).isTrue();
			member.kill();
			assertThat(member.isRunning()).isFalse();
			member.restart();
			assertThat(member.isRunning()).isTrue();
			assertThat(gateway.has(member, "a", "1")).isTrue();
			assertThat(member.getEndpoint()).isEqualTo(endpoint);
		}
	}

	@Test
	void pausedMemberAnswersAfterResume() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			EtcdGateway gateway = new EtcdGateway(etcd.getClientCredentials());
			gateway.put(member, "a", "1");
			member.pause();
			assertThat(member.isRunning()).isTrue();
			assertThatExceptionOfType(HttpTimeoutException.class)
				.isThrownBy(() -> impatient(etcd).has(member, "a", "1"));
			member.resume();
			assertThat(gateway.has(member, "a", "1")).isTrue();
			member.pause();
			member.stop();
			assertThat(member.isRunning()).isFalse();
		}
	}

	@Test
	void unstartedEtcdRefusesConnectionsUntilStarted() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build()) {
			String connectionString = etcd.getConnectionString();
			ClientCredentials credentials = etcd.getClientCredentials();
			LocalEtcdMember member = etcd.getMember(0);
			assertThat(member.isRunning()).isFalse();
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> new Socket(member.getHost(), member.getPort()).close());
			etcd.start();
			assertThat(etcd.getConnectionString()).isEqualTo(connectionString);
			assertServes(etcd, credentials);
		}
	}

	@Test
	void replacedServerCertificateIsSeenByNewConnections() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			CertificateAuthority other = CertificateAuthority.create();
			ClientCredentials credentials = etcd.newClientCredentials("app");
			member.replaceServerCertificate(other.issueServer(member.getHost()));
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> assertServes(etcd, credentials));
			// Lets the gateway of etcd in too, which presents the server's certificate
			member.setTrustedCa(etcd.getCertificateAuthority().caPem() + other.caPem());
			member.restart();
			assertServes(etcd, new ClientCredentials(credentials.clientCert(), credentials.clientKey(), other.caPem()));
			assertServes(etcd, other.issueClient("app"));
			member.setTrustedCa(other.caPem());
			member.restart();
			assertServes(etcd, other.issueClient("app"));
			assertRejects(etcd,
					new ClientCredentials(credentials.clientCert(), credentials.clientKey(), other.caPem()));
		}
	}

	@Test
	void serverCertificateIsGoodForOwnAddressOnly() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().tls().loopbackAddresses("127.0.0.1").start()) {
			LocalEtcdMember member = etcd.getMember(0);
			member.replaceServerCertificate(etcd.getCertificateAuthority().issueServer("127.0.0.2", "example.org"));
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> assertServes(etcd, etcd.getClientCredentials()));
		}
	}

	@Test
	void failedStartShowsOutput() {
		try (LocalEtcd etcd = LocalEtcd.builder().argument("--no-such-flag").build()) {
			Path directory = etcd.getDirectory();
			assertThatIllegalStateException().isThrownBy(etcd::start)
				.withMessageContaining("member-1 did not start: etcd process")
				.withMessageContaining("no-such-flag");
			assertThat(directory).exists();
		}
	}

	@Test
	void takenPortIsReported() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().build(); LocalEtcd other = LocalEtcd.builder().start()) {
			try (LocalEtcd conflicting = LocalEtcd.builder()
				.argument("--listen-client-urls=" + other.getConnectionString())
				.build()) {
				assertThatExceptionOfType(PortInUseException.class).isThrownBy(conflicting::start)
					.withMessageContaining("address already in use");
			}
			assertThat(etcd.getMember(0).getPort()).isNotEqualTo(other.getMember(0).getPort());
		}
	}

	// For what never comes
	private static EtcdGateway impatient(LocalEtcd etcd) {
		return new EtcdGateway(etcd.getClientCredentials(), Duration.ofSeconds(1));
	}

	private static void assertServes(LocalEtcd etcd, ClientCredentials credentials)
			throws IOException, InterruptedException {
		EtcdGateway gateway = new EtcdGateway(credentials);
		gateway.put(etcd.getMember(0), "a", "1");
		assertThat(gateway.has(etcd.getMember(0), "a", "1")).isTrue();
	}

	private static void assertRejects(LocalEtcd etcd, ClientCredentials credentials) {
		EtcdGateway gateway = new EtcdGateway(credentials);
		// The end of the connection may come before the last message of the handshake has
		// left, and hides the alert then
		Awaitility.await()
			.untilAsserted(() -> assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> gateway.awaitAlert(etcd.getMember(0)))
				.withMessageContaining("alert"));
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
	}

}
