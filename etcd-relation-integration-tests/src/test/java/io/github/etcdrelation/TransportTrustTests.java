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

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.ServerCertificate;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whom the channel trusts, and what it never does, whatever the server or the data say.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = Resources.SYSTEM_PROPERTIES, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class TransportTrustTests {

	private static final byte[] EMPTY_SETTINGS = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };

	private static final int HANDSHAKE = 22;

	private static final int ALERT = 21;

	private static final int FATAL = 2;

	private static final int PROTOCOL_VERSION = 70;

	private final CertificateAuthority authority = CertificateAuthority.create("trusted");

	private final ClientCredentials credentials = this.authority.issueClient("app");

	@Test
	void noPlainTextWhereTlsWasPromised() {
		List<byte[]> received = new CopyOnWriteArrayList<>();
		try (SocketServer server = new SocketServer((socket) -> {
			InputStream input = socket.getInputStream();
			byte[] first = input.readNBytes(24);
			received.add(first);
			// What an etcd without TLS would begin with
			socket.getOutputStream().write(EMPTY_SETTINGS);
			input.readAllBytes();
		})) {
			verifyRefused(server, this.credentials, "without TLS");
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> received.size() >= 3);
		}
		assertThat(received).allSatisfy((first) -> {
			assertThat(first).startsWith(HANDSHAKE, 3);
			assertThat(new String(first, StandardCharsets.ISO_8859_1)).doesNotContain("PRI");
		});
	}

	@Test
	void tlsBelowVersion12IsNeitherOfferedNorAccepted() {
		List<Integer> offered = new CopyOnWriteArrayList<>();
		List<byte[]> answers = new CopyOnWriteArrayList<>();
		try (SocketServer server = new SocketServer((socket) -> {
			DataInputStream input = new DataInputStream(socket.getInputStream());
			offered.addAll(versions(record(input, HANDSHAKE)));
			socket.getOutputStream().write(serverHello(0x0302));
			answers.add(record(input, ALERT));
		})) {
			verifyRefused(server, this.credentials, "protocol");
		}
		assertThat(offered).contains(0x0303, 0x0304).allMatch((version) -> version >= 0x0303);
		// Others are those of a handshake that the end of the application cancels
		assertThat(answers).filteredOn((answer) -> answer[0] == FATAL)
			.isNotEmpty()
			.allSatisfy((answer) -> assertThat(answer).containsExactly(FATAL, PROTOCOL_VERSION));
	}

	@Test
	void bundleThatEnablesOnlyTlsBelowVersion12IsRefused() {
		RelationTester.runner()
			.withPropertyValues("etcd.relation.connection-string=https://127.0.0.1:1",
					"etcd.relation.ssl.bundle=relation",
					"spring.ssl.bundle.pem.relation.truststore.certificate=" + this.authority.caPem(),
					"spring.ssl.bundle.pem.relation.options.enabled-protocols=TLSv1.1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("ssl.bundle enables only TLSv1.1, which HTTP/2 does not allow"));
	}

	@Test
	void expiredServerCertificateIsRefused() throws Exception {
		X509Bundle root = new CertificateBuilder().subject("CN=root")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		X509Bundle expired = new CertificateBuilder().subject("CN=late")
			.notBefore(Instant.now().minus(Duration.ofDays(2)))
			.notAfter(Instant.now().minus(Duration.ofHours(1)))
			.addExtendedKeyUsageServerAuth()
			.addSanIpAddress("127.0.0.1")
			.ecp256()
			.buildIssuedBy(root);
		ServerCertificate certificate = new ServerCertificate(expired.getCertificatePathPEM(),
				expired.getPrivateKeyPEM());
		try (SocketServer server = SocketServer.tls(certificate, (socket) -> socket.getInputStream().readAllBytes())) {
			verifyRefused(server, new ClientCredentials(null, null, root.getRootCertificatePEM()), "expired");
		}
	}

	@Test
	@ResourceLock(Resources.SYSTEM_PROPERTIES)
	void authoritiesThatTheJdkTrustsAreNotTrusted(@TempDir Path temporary) throws Exception {
		CertificateAuthority known = CertificateAuthority.create("publicly known");
		ServerCertificate certificate = known.issueServer("127.0.0.1");
		X509Certificate root = (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(known.caPem().getBytes(StandardCharsets.US_ASCII)));
		Path store = temporary.resolve("cacerts");
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("known", root);
		try (OutputStream stream = Files.newOutputStream(store)) {
			trusted.store(stream, "changeit".toCharArray());
		}
		System.setProperty("javax.net.ssl.trustStore", store.toString());
		System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
		try (SocketServer server = SocketServer.tls(certificate, (socket) -> socket.getInputStream().readAllBytes())) {
			TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			factory.init((KeyStore) null);
			assertThat(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()).contains(root);
			verifyRefused(server, this.credentials, "CN=publicly known", "PKIX path");
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + server.getUrl())
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("client-ca is missing"));
		}
		finally {
			System.clearProperty("javax.net.ssl.trustStore");
			System.clearProperty("javax.net.ssl.trustStorePassword");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void serverCannotRenegotiate(boolean resume) {
		AtomicInteger handshakes = new AtomicInteger();
		List<IOException> ends = new CopyOnWriteArrayList<>();
		try (SocketServer server = SocketServer.tls(this.authority.issueServer("127.0.0.1"), (socket) -> {
			socket.addHandshakeCompletedListener((event) -> handshakes.incrementAndGet());
			InputStream input = socket.getInputStream();
			input.readNBytes(24);
			socket.getOutputStream().write(EMPTY_SETTINGS);
			// The connection is in use from then on
			input.read();
			int before = handshakes.get();
			if (!resume) {
				socket.getSession().invalidate();
			}
			try {
				socket.startHandshake();
				input.readAllBytes();
				throw new IOException("ended after %d handshakes".formatted(handshakes.get() - before));
			}
			catch (IOException ex) {
				ends.add(ex);
				throw ex;
			}
		}, "TLSv1.2")) {
			RelationTester.runner(server.getUrl(), this.credentials)
				.withPropertyValues("etcd.relation.client.request-timeout=3s")
				.run((context) -> {
					failure(context.getBean(Client.class).getKVClient().get(bytes("key")));
					Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ends.size() >= 2);
				});
		}
		assertThat(ends).extracting(IOException::getMessage)
			.noneMatch((message) -> message != null && message.startsWith("ended after"));
	}

	@Test
	void serverCannotRenegotiateWhereAConnectionBeganWithTheSessionOfAnother() {
		Set<String> sessions = ConcurrentHashMap.newKeySet();
		AtomicInteger connections = new AtomicInteger();
		AtomicInteger renegotiations = new AtomicInteger();
		try (SocketServer server = SocketServer.tls(this.authority.issueServer("127.0.0.1"), (socket) -> {
			InputStream input = socket.getInputStream();
			input.readNBytes(24);
			socket.getOutputStream().write(EMPTY_SETTINGS);
			input.read();
			connections.incrementAndGet();
			if (!sessions.add(HexFormat.of().formatHex(socket.getSession().getId()))) {
				socket.addHandshakeCompletedListener((event) -> renegotiations.incrementAndGet());
				socket.startHandshake();
				input.readAllBytes();
			}
			// The connection ends in good order, so that its session could be used again
		}, "TLSv1.2")) {
			RelationTester.runner(server.getUrl(), this.credentials)
				.withPropertyValues("etcd.relation.client.request-timeout=20s")
				.run((context) -> {
					context.getBean(Client.class).getKVClient().get(bytes("key"));
					Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> connections.get() >= 4);
				});
		}
		assertThat(renegotiations).hasValue(0);
		assertThat(sessions).as("no session is used again").hasSizeGreaterThanOrEqualTo(4);
	}

	@Test
	void dataAloneCannotChangeTheAuthorityWithoutEvents(@TempDir Path temporary) {
		try (LocalEtcd first = LocalEtcd.builder().mutualTls().start();
				LocalEtcd second = LocalEtcd.builder().mutualTls().start()) {
			List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			directory.write(first.getConnectionString(), first.getClientCredentials());
			RelationTester.runner()
				.withBean("recorder", RotationTests.EventRecorder.class,
						() -> new RotationTests.EventRecorder(events::add))
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					KV calls = context.getBean(Client.class).getKVClient();
					get(calls.put(bytes("where"), bytes("first")));
					events.clear();
					// The members stay, the authority does not vouch for them
					directory.write("client_ca", second.getClientCredentials().clientCa());
					await(events, EtcdChangedEvent.class, 1);
					await(events, EtcdRotationFailedEvent.class, 1);
					assertThat(text(get(calls.get(bytes("where"))).getKvs().get(0).getValue())).isEqualTo("first");
					events.clear();
					directory.swap(second.getConnectionString(), second.getClientCredentials());
					for (String name : new String[] { "client_cert", "client_key", "client_ca", "connection_string" }) {
						Files.delete(directory.getPath().resolve(name));
					}
					Awaitility.await()
						.atMost(Duration.ofSeconds(20))
						.until(() -> get(calls.get(bytes("where"))).getKvs().isEmpty());
					await(events, EtcdChangedEvent.class, 1);
				});
		}
	}

	private static void await(List<EtcdRelationEvent> events, Class<?> type, int count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> events.stream().filter(type::isInstance).count() >= count);
	}

	private static void verifyRefused(SocketServer server, ClientCredentials credentials, String... reasons) {
		RelationTester.runner(server.getUrl(), credentials)
			.withPropertyValues("etcd.relation.client.request-timeout=2s")
			.run((context) -> {
				KV calls = context.getBean(Client.class).getKVClient();
				// It is chance whether the alert or the end of the connection comes first
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(failure(calls.get(bytes("key")))).hasMessageContainingAll(reasons));
			});
	}

	private static byte[] record(DataInputStream input, int type) throws IOException {
		int actual = input.read();
		if (actual != type) {
			// The client may have closed the connection before it began
			throw new IOException("a record of type " + actual);
		}
		input.readShort();
		return input.readNBytes(input.readUnsignedShort());
	}

	/**
	 * Return the versions that the extension supported_versions of a ClientHello names.
	 */
	private static List<Integer> versions(byte[] clientHello) {
		ByteBuffer hello = ByteBuffer.wrap(clientHello).position(4 + 2 + 32);
		hello.position(hello.position() + 1 + hello.get(hello.position()));
		hello.position(hello.position() + 2 + hello.getShort(hello.position()));
		hello.position(hello.position() + 1 + hello.get(hello.position()) + 2);
		List<Integer> versions = new ArrayList<>();
		while (hello.hasRemaining()) {
			int type = hello.getShort();
			ByteBuffer extension = hello.slice(hello.position() + 2, hello.getShort(hello.position()));
			hello.position(hello.position() + 2 + extension.capacity());
			if (type == 43) {
				extension.get();
				while (extension.hasRemaining()) {
					versions.add((int) extension.getShort());
				}
			}
		}
		return versions;
	}

	/**
	 * Create a record with a ServerHello that chooses a version.
	 */
	private static byte[] serverHello(int version) {
		// TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, which is offered, no session, no
		// compression
		return ByteBuffer.allocate(5 + 4 + 2 + 32 + 1 + 2 + 1)
			.put((byte) HANDSHAKE)
			.putShort((short) version)
			.putShort((short) (4 + 2 + 32 + 1 + 2 + 1))
			.putInt((2 << 24) + 2 + 32 + 1 + 2 + 1)
			.putShort((short) version)
			.put(new byte[32])
			.put((byte) 0)
			.putShort((short) 0xC02B)
			.put((byte) 0)
			.array();
	}

}
