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

package io.github.etcdrelation.internal.channel;

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.time.Instant;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.security.auth.x500.X500Principal;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.internal.tls.PemSslBundles;
import io.grpc.Status;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectFailureAnalyzer}: what a real etcd is not provoked to do.
 */
class ConnectFailureAnalyzerTests {

	private static final Endpoint ENDPOINT = new Endpoint("10.0.0.1", 2379);

	private static final Status CLOSED = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");

	private static X509Bundle authority;

	@BeforeAll
	static void createAuthority() throws Exception {
		authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
	}

	@Test
	void certificateForServersOnly() throws Exception {
		X509Bundle server = client().addExtendedKeyUsageServerAuth().buildIssuedBy(authority);
		ConnectFailure failure = analyze(server, server.getCertificate(), alert("bad_certificate"), null);
		assertThat(failure.permanent()).isTrue();
		assertThat(failure.reason())
			.startsWith("etcd refused the client certificate of client-cert (CN=client, issued by CN=authority): "
					+ "it is not issued for client authentication");
	}

	@Test
	void issuerThatIsAnnounced() throws Exception {
		X509Bundle client = client().addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
		assertThat(analyze(client, client.getCertificate(), alert("certificate_unknown"), null).reason())
			.contains("although it announces that issuer or none");
	}

	@Test
	void keyTypeThatIsNotAccepted() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		assertThat(analyze(client, null, alert("handshake_failure"), null).reason())
			.startsWith("etcd accepts no client certificate with a key of type EC, as client-cert has");
	}

	@ParameterizedTest
	@ValueSource(strings = { "handshake_failure", "protocol_version", "insufficient_security" })
	void nothingInCommon(String alert) {
		ConnectFailure failure = new ConnectFailureAnalyzer(ENDPOINT, credentials(null)).analyze(alert(alert), null);
		assertThat(failure.permanent()).isFalse();
		assertThat(failure.reason()).contains("no TLS version or cipher suite in common").contains(alert);
	}

	@Test
	void endOfTheConnectionSaysLessThanTheAlertBefore() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		ConnectFailure former = analyze(client, client.getCertificate(), alert("bad_certificate"), null);
		assertThat(analyze(client, client.getCertificate(), CLOSED, former)).isSameAs(former);
	}

	@Test
	void endOfALaterConnectionBeforeItsHandshakeSaysNothingOfAnAlert() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		ConnectFailure former = analyze(client, client.getCertificate(), alert("bad_certificate"), null);
		TlsCredentials credentials = credentials(client);
		credentials.getHandshakes().certificateRequested(engine(), null, client.getCertificate());
		credentials.getHandshakes().begin(ENDPOINT);
		assertThat(new ConnectFailureAnalyzer(ENDPOINT, credentials).analyze(CLOSED, former).permanent()).isFalse();
	}

	@Test
	void refusalOfTheServerIsNotKept() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		assertThat(analyze(client, client.getCertificate(), CLOSED, ConnectFailure.ofServer("wrong")).permanent())
			.isFalse();
	}

	@Test
	void expiredAuthorityIsNoReasonToRefuseAClient() throws Exception {
		X509Bundle client = client().addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
		X509Bundle old = new CertificateBuilder().subject("CN=old")
			.setIsCertificateAuthority(true)
			.notBefore(Instant.now().minusSeconds(200))
			.notAfter(Instant.now().minusSeconds(100))
			.ecp256()
			.buildSelfSigned();
		TlsCredentials credentials = new TlsCredentials(
				PemSslBundles.create(new ClientCredentials(client.getCertificatePEM(), client.getPrivateKeyPEM(),
						authority.getCertificatePEM() + old.getCertificatePEM())),
				false);
		credentials.getHandshakes()
			.certificateRequested(engine(), new Principal[] { new X500Principal("CN=other") }, client.getCertificate());
		assertThat(new ConnectFailureAnalyzer(ENDPOINT, credentials).analyze(alert("bad_certificate"), null).reason())
			.contains("the issuers that etcd announces are CN=other")
			.doesNotContain("expired");
	}

	@Test
	void endOfTheConnectionAloneIsNoLastingReason() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		ConnectFailure failure = analyze(client, client.getCertificate(), CLOSED, null);
		assertThat(failure.permanent()).isFalse();
		assertThat(failure.reason()).contains("perhaps etcd refused the client certificate of client-cert");
	}

	@Test
	void refusedConnectionEndsALastingReason() throws Exception {
		X509Bundle client = client().buildIssuedBy(authority);
		ConnectFailure former = analyze(client, client.getCertificate(), alert("bad_certificate"), null);
		ConnectFailure failure = analyze(client, client.getCertificate(),
				Status.UNAVAILABLE.withDescription("Connection refused: /10.0.0.1:2379"), former);
		assertThat(failure.permanent()).isFalse();
		assertThat(failure.reason()).isEqualTo("Connection refused: /10.0.0.1:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1503010002", "1503030002" })
	void tlsInPlace(String bytes) {
		Status status = Status.INTERNAL
			.withDescription("First received frame was not SETTINGS. Hex dump for first 5 bytes: " + bytes);
		assertThat(new ConnectFailureAnalyzer(ENDPOINT, null).analyze(status, null).reason())
			.startsWith("connection-string has an http endpoint, but a server with TLS answers there");
	}

	@Test
	void namesInCertificatesStayOnTheirLine() throws Exception {
		X509Bundle client = new CertificateBuilder().subject("CN=app\\0AWARN").ecp256().buildIssuedBy(authority);
		TlsCredentials credentials = credentials(client);
		credentials.getHandshakes()
			.certificateRequested(engine(), new Principal[] { new X500Principal("CN=other\\1B[31m") },
					client.getCertificate());
		assertThat(new ConnectFailureAnalyzer(ENDPOINT, credentials).analyze(alert("bad_certificate"), null).reason())
			.contains("(CN=app\\u000aWARN, issued by CN=authority)", "announces are CN=other\\u001b[31m");
	}

	@Test
	void wordsOfTheServerStayOnTheirLine() {
		Status status = Status.UNAVAILABLE.withDescription("connection \u001b[31m refused\nERROR all is lost");
		assertThat(new ConnectFailureAnalyzer(ENDPOINT, credentials(null)).analyze(status, null).reason())
			.contains("connection \\u001b[31m refused")
			.doesNotContain("\u001b", "\n", "ERROR");
	}

	private static CertificateBuilder client() {
		return new CertificateBuilder().subject("CN=client").ecp256();
	}

	private static Status alert(String name) {
		return Status.UNAVAILABLE.withDescription("ssl exception")
			.withCause(new SSLHandshakeException("Received fatal alert: " + name));
	}

	private static ConnectFailure analyze(X509Bundle client, @Nullable X509Certificate sent, Status status,
			@Nullable ConnectFailure former) throws Exception {
		TlsCredentials credentials = credentials(client);
		credentials.getHandshakes()
			.certificateRequested(engine(), new Principal[] { authority.getCertificate().getSubjectX500Principal() },
					sent);
		return new ConnectFailureAnalyzer(ENDPOINT, credentials).analyze(status, former);
	}

	private static SSLEngine engine() throws Exception {
		return SSLContext.getDefault().createSSLEngine(ENDPOINT.host(), ENDPOINT.port());
	}

	private static TlsCredentials credentials(@Nullable X509Bundle client) {
		String cert = (client != null) ? client.getCertificatePEM() : null;
		String key = (client != null) ? client.getPrivateKeyPEM() : null;
		return new TlsCredentials(PemSslBundles.create(new ClientCredentials(cert, key, authority.getCertificatePEM())),
				false);
	}

}
