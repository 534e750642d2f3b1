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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.ServerCertificate;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What keeps a connection from being opened is described with the property to look at.
 */
@WithLocalEtcd(mutualTls = true)
@Execution(ExecutionMode.CONCURRENT)
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
		verify(this.etcd.getConnectionString().replace("https:", "http:"), NONE,
				"if etcd has TLS there, connection-string needs https");
	}

	@Test
	void tlsToPlainText() {
		try (LocalEtcd plain = LocalEtcd.builder().start()) {
			verify(plain.getConnectionString().replace("http:", "https:"), this.etcd.getClientCredentials(),
					"if etcd has no TLS there, connection-string needs http");
			verify(plain.getConnectionString().replace("http:", "https:"),
					new ClientCredentials(null, null, this.etcd.getClientCredentials().clientCa()),
					"if etcd has no TLS there, connection-string needs http");
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
	void http1ServerWithTls() throws Exception {
		ServerCertificate certificate = this.etcd.getCertificateAuthority().issueServer("127.0.0.1");
		HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.setHttpsConfigurator(
				new HttpsConfigurator(SslBundle
					.of(new PemSslStoreBundle(PemSslStoreDetails.forCertificate(certificate.certificate())
						.withPrivateKey(certificate.key()), null))
					.createSslContext()));
		server.start();
		try {
			verify("https://127.0.0.1:" + server.getAddress().getPort(), this.etcd.getClientCredentials(),
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
		RelationTester.runner(connectionString, credentials)
			.withPropertyValues("etcd.relation.client.request-timeout=2s")
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

}
