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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What keeps a connection from being opened is described with the property to look at,
 * and does not cost each call its whole deadline if it does not pass by itself.
 */
@WithLocalEtcd(mutualTls = true)
class ConnectFailureTests {

	private static final ClientCredentials NONE = new ClientCredentials(null, null, null);

	private final LocalEtcd etcd;

	ConnectFailureTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void wrongAuthority() {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		verify(this.etcd.getConnectionString(),
				new ClientCredentials(credentials.clientCert(), credentials.clientKey(),
						CertificateAuthority.create("stranger").caPem()),
				"was issued by", "CN=Test CA", "client-ca has only", "CN=stranger", "PKIX path");
	}

	@Test
	void authorityOfTheSameNameWithAnotherKey() {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			CertificateAuthority first = CertificateAuthority.create("twin");
			other.getMember(0).replaceServerCertificate(first.issueServer("127.0.0.1"));
			ClientCredentials credentials = other.getClientCredentials();
			verify(other.getConnectionString(),
					new ClientCredentials(credentials.clientCert(), credentials.clientKey(),
							CertificateAuthority.create("twin").caPem()),
					"names an issuer that client-ca has", "CN=twin", "but does not verify with it");
		}
	}

	@Test
	void noClientCertificate() {
		verify(this.etcd.getConnectionString(),
				new ClientCredentials(null, null, this.etcd.getClientCredentials().clientCa()),
				"etcd demands a client certificate, and client-cert and client-key are not given");
	}

	@Test
	void foreignClientCertificate() {
		ClientCredentials stranger = CertificateAuthority.create("stranger").issueClient("guest");
		verify(this.etcd.getConnectionString(),
				new ClientCredentials(stranger.clientCert(), stranger.clientKey(),
						this.etcd.getClientCredentials().clientCa()),
				"etcd refused the client certificate of client-cert", "(CN=guest, issued by CN=stranger)",
				"the issuers that etcd announces are", "CN=Test CA");
	}

	@Test
	void expiredClientCertificate() {
		verify(this.etcd.getConnectionString(), this.etcd.getCertificateAuthority().issueExpiredClient("late"),
				"etcd refused the client certificate of client-cert", "(CN=late", "the client certificate expired at");
	}

	@Test
	void hostNotInCertificate() {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			member
				.replaceServerCertificate(other.getCertificateAuthority().issueServer("etcd.example.org", "10.1.2.3"));
			verify(other.getConnectionString(), other.getClientCredentials(), "connection-string has the host",
					"'127.0.0.1'", "but etcd's certificate is for", "etcd.example.org, 10.1.2.3",
					"No subject alternative names matching IP address 127.0.0.1");
		}
	}

	@Test
	void plainTextToTls() {
		verify(this.etcd.getConnectionString().replace("https:", "http:"), NONE, "connection-string needs https");
	}

	@Test
	void tlsToPlainText() {
		try (LocalEtcd plain = LocalEtcd.builder().start()) {
			verify(plain.getConnectionString().replace("http:", "https:"), this.etcd.getClientCredentials(),
					"connection-string needs http");
			verify(plain.getConnectionString().replace("http:", "https:"),
					new ClientCredentials(null, null, this.etcd.getClientCredentials().clientCa()),
					"connection-string needs http");
		}
	}

	@Test
	void http1Server() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.start();
		try {
			verify("http://127.0.0.1:" + server.getAddress().getPort(), NONE,
					"where no etcd answers gRPC, but a server for HTTP/1");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void portForPeers() {
		try (LocalEtcd plain = LocalEtcd.builder().start()) {
			AtomicReference<String> peer = new AtomicReference<>();
			RelationTester.runner(plain)
				.run((context) -> peer
					.set(get(context.getBean(Client.class).getClusterClient().listMember()).getMembers()
						.get(0)
						.getPeerURIs()
						.get(0)
						.toString()));
			assumeThat(plain.getVersion()).as("serves clients there").doesNotStartWith("3.4.");
			verify(peer.get(), NONE, "where no etcd answers gRPC, but a server for HTTP/1", "another port of etcd");
		}
	}

	@Test
	void serverOfAnotherProtocol() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> {
				while (!server.isClosed()) {
					try (Socket accepted = server.accept()) {
						accepted.getOutputStream()
							.write("220 mail.example.org\r\n".getBytes(StandardCharsets.US_ASCII));
						accepted.getInputStream().read();
					}
					catch (IOException ex) {
						// Closed
					}
				}
			});
			verify("https://127.0.0.1:" + server.getLocalPort(), this.etcd.getClientCredentials(),
					"a server without TLS answers there");
		}
	}

	private static void verify(String connectionString, ClientCredentials credentials, String... reasons) {
		runner(connectionString, credentials).withPropertyValues("etcd.relation.client.request-timeout=2s")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				// It is chance whether the alert or the end of the connection comes first
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(failure(client.getKVClient().get(bytes("key"))))
						.hasMessageContaining("Relation 'etcd': etcd at " + connectionString)
						.hasMessageContainingAll(reasons)
						.message()
						.doesNotContain("-----BEGIN"));
			});
	}

	@Test
	void documentationHasTheTexts() throws IOException {
		assertThat(Files.readString(Path.of("../docs/failures.md"))).contains("was issued by", "client-ca has only",
				"names an issuer that client-ca has", "but does not verify with it", "connection-string has the host",
				"but etcd's certificate is for",
				"etcd demands a client certificate, and client-cert and client-key are not given",
				"etcd refused the client certificate of client-cert", "the issuers that etcd announces are",
				"the client certificate expired at", "it is not issued for client authentication",
				"connection-string needs https", "connection-string needs http", "a server without TLS answers there",
				"where no etcd answers gRPC, but a server for HTTP/1", "etcd refuses the user",
				"etcd demands a user, see client.user and client.password", "has no role for reading",
				"has no role for writing");
	}

	private static ApplicationContextRunner runner(String connectionString, ClientCredentials credentials) {
		return RelationTester.runner(connectionString, credentials);
	}

	static Stream<String> permanent() {
		return Stream.of("authority", "client certificate", "host");
	}

	@ParameterizedTest
	@MethodSource("permanent")
	void callsFailSoonWhileTheReasonDoesNotPass(String kind) {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			CertificateAuthority authority = other.getCertificateAuthority();
			switch (kind) {
				case "authority" ->
					member.replaceServerCertificate(CertificateAuthority.create("stranger").issueServer("127.0.0.1"));
				case "client certificate" -> {
					member.setTrustedCa(CertificateAuthority.create("stranger").caPem());
					member.restart();
				}
				default -> member.replaceServerCertificate(authority.issueServer("10.1.2.3"));
			}
			runner(other.getConnectionString(), other.getClientCredentials()).run((context) -> {
				Client client = context.getBean(Client.class);
				long begin = System.nanoTime();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(4),
						Duration.ofSeconds(9));
				long then = System.nanoTime();
				assertThat(failure(client.getKVClient().put(bytes("key"), bytes("value"))))
					.hasMessageContaining("cannot be reached");
				assertThat(failure(client.getLockClient().lock(bytes("lock"), 0)))
					.hasMessageContaining("cannot be reached");
				assertThat(Duration.ofNanos(System.nanoTime() - then)).isLessThan(Duration.ofSeconds(2));
				if (kind.equals("client certificate")) {
					member.setTrustedCa(authority.caPem());
					member.restart();
				}
				else {
					member.replaceServerCertificate(authority.issueServer("127.0.0.1"));
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(10))
					.ignoreExceptions()
					.untilAsserted(() -> get(client.getKVClient().put(bytes("key"), bytes("value"))));
			});
		}
	}

	@Test
	void callsWaitWithoutFailFast() {
		runner(this.etcd.getConnectionString(), CertificateAuthority.create("stranger").issueClient("guest"))
			.withPropertyValues("etcd.relation.client.fail-fast=false", "etcd.relation.client.request-timeout=7s")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				long begin = System.nanoTime();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("DEADLINE_EXCEEDED");
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("DEADLINE_EXCEEDED");
				assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.SECONDS.toNanos(13));
			});
	}

	@Test
	void lockThatWaitsOutlivesRefusals() throws Exception {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			runner(other.getConnectionString(), other.getClientCredentials()).run((context) -> {
				Client client = context.getBean(Client.class);
				long first = get(client.getLeaseClient().grant(120)).getID();
				long second = get(client.getLeaseClient().grant(120)).getID();
				var key = get(client.getLockClient().lock(bytes("lock"), first)).getKey();
				var waiting = client.getLockClient().lock(bytes("lock"), second);
				Awaitility.await()
					.untilAsserted(() -> assertThat(
							get(client.getKVClient().get(bytes("lock/"), GetOption.builder().isPrefix(true).build()))
								.getCount())
						.isEqualTo(2));
				member.setTrustedCa(CertificateAuthority.create("stranger").caPem());
				member.restart();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(waiting).isNotDone();
				member.setTrustedCa(other.getCertificateAuthority().caPem());
				member.restart();
				Awaitility.await().ignoreExceptions().untilAsserted(() -> get(client.getLockClient().unlock(key)));
				assertThat(get(waiting).getKey()).isNotNull();
			});
		}
	}

}
