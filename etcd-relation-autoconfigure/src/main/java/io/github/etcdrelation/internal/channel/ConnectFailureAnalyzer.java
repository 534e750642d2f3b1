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

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.github.etcdrelation.internal.tls.RuntimeModules;
import io.grpc.Status;
import io.netty.handler.ssl.NotSslRecordException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a connection could not be opened, and names the property to look at.
 */
final class ConnectFailureAnalyzer {

	private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

	private static final String ANY_USAGE = "2.5.29.37.0";

	private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");

	private static final Set<String> CERTIFICATE_ALERTS = Set.of("bad_certificate", "unsupported_certificate",
			"certificate_revoked", "certificate_expired", "certificate_unknown", "certificate_required", "unknown_ca",
			"access_denied");

	private static final Set<String> PARAMETER_ALERTS = Set.of("handshake_failure", "protocol_version",
			"insufficient_security");

	private static final Pattern FIRST_BYTES = Pattern.compile("not SETTINGS. Hex dump for first 5 bytes: (\\w*)");

	private static final String TLS_ALERT = "1503";

	private static final String HTTP_1 = "485454502f";

	private final Endpoint endpoint;

	private final @Nullable TlsCredentials credentials;

	/**
	 * Create an analyzer.
	 * @param endpoint the endpoint that was connected to
	 * @param credentials the TLS material, {@code null} for plain text
	 */
	ConnectFailureAnalyzer(Endpoint endpoint, @Nullable TlsCredentials credentials) {
		this.endpoint = endpoint;
		this.credentials = credentials;
	}

	/**
	 * Return why a connection could not be opened.
	 * @param status the status of the first call on it
	 * @param former why it could not be opened before, or {@code null}
	 */
	ConnectFailure analyze(Status status, @Nullable ConnectFailure former) {
		String words = FailureReason.of(status);
		if (former != null && FailureReason.isVague(words) && isRefusedAgain(former)) {
			// It is chance whether the alert or the end of the connection comes first
			return former;
		}
		return (this.credentials != null) ? secure(this.credentials, status, words) : plainText(words);
	}

	private boolean isRefusedAgain(ConnectFailure former) {
		TlsHandshakes.Handshake handshake = (this.credentials != null)
				? this.credentials.getHandshakes().get(this.endpoint) : null;
		return former.permanent() && former.refusal() == ConnectFailure.Refusal.CLIENT && handshake != null
				&& handshake.latest() && handshake.certificateRequested();
	}

	private ConnectFailure plainText(String words) {
		String first = firstBytes(words);
		if (first.startsWith(TLS_ALERT)) {
			return ConnectFailure
				.passing("connection-string has an http endpoint, but a server with TLS answers there: "
						+ "use https, and give client-ca");
		}
		if (first.startsWith(HTTP_1)) {
			return noEtcd(words);
		}
		return ConnectFailure.passing(FailureReason.isVague(words)
				? words + "; if etcd has TLS there, connection-string needs https" : words);
	}

	private ConnectFailure secure(TlsCredentials used, Status status, String words) {
		for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof ServerCertificateException) {
				return ConnectFailure.ofServer(String.valueOf(cause.getMessage()));
			}
			if (cause instanceof NotSslRecordException) {
				return ConnectFailure.passing("connection-string has an https endpoint, but a server without TLS "
						+ "answers there: use http, or the port that has TLS");
			}
		}
		TlsHandshakes.Handshake handshake = used.getHandshakes().get(this.endpoint);
		boolean requested = handshake != null && handshake.certificateRequested();
		Matcher matcher = ALERT.matcher(words);
		String alert = matcher.find() ? matcher.group(1) : "";
		if (CERTIFICATE_ALERTS.contains(alert) || (alert.equals("handshake_failure") && requested)) {
			return ConnectFailure.ofClient(describeRefusal(used, handshake) + ": " + words);
		}
		if (alert.equals("no_application_protocol") || words.contains("ALPN")) {
			return noEtcd(words);
		}
		if (!alert.isEmpty() && !PARAMETER_ALERTS.contains(alert)) {
			return ConnectFailure.passing("etcd failed in the handshake, see its log: " + words);
		}
		if (!alert.isEmpty()) {
			String missing = RuntimeModules.missingForTls();
			return ConnectFailure.passing("etcd and this application have no TLS version or cipher suite in common: "
					+ words + ((missing != null) ? ". " + missing : ""));
		}
		if (firstBytes(words).startsWith(HTTP_1)) {
			return noEtcd(words);
		}
		if (!FailureReason.isVague(words)) {
			return ConnectFailure.passing(withInvalid(used, words));
		}
		if (requested) {
			return ConnectFailure.perhapsOfClient(words + "; perhaps " + describeRefusal(used, handshake));
		}
		String hint = (handshake != null) ? "" : "; if etcd has no TLS there, connection-string needs http";
		return ConnectFailure.passing(withInvalid(used, words + hint));
	}

	private static ConnectFailure noEtcd(String words) {
		return ConnectFailure.passing("connection-string has an endpoint where no etcd answers gRPC, but a server for "
				+ "HTTP/1, such as a proxy or another port of etcd: " + words);
	}

	private static String firstBytes(String words) {
		Matcher matcher = FIRST_BYTES.matcher(words);
		return matcher.find() ? matcher.group(1) : "";
	}

	private static String withInvalid(TlsCredentials used, String words) {
		List<String> reasons = new ArrayList<>();
		reasons.add(words);
		reasons.addAll(used.describeInvalid());
		return String.join("; ", reasons);
	}

	private static String describeRefusal(TlsCredentials used, TlsHandshakes.@Nullable Handshake handshake) {
		String item = used.getCertificateItem();
		if (!used.hasCertificate()) {
			return "etcd demands a client certificate, and %s".formatted(
					item.equals("client-cert") ? "client-cert and client-key are not given" : item + " has none");
		}
		if (handshake == null || !handshake.certificateRequested()) {
			return "etcd refused the client certificate of " + item + describeInvalid(used);
		}
		X509Certificate sent = handshake.sent();
		if (sent == null) {
			return "etcd accepts no client certificate with a key of type %s, as %s has"
				.formatted(String.join(", ", used.getKeyTypes()), item);
		}
		return "etcd refused the client certificate of %s (%s, issued by %s)%s".formatted(item,
				CertificateInfo.name(sent.getSubjectX500Principal()),
				CertificateInfo.name(sent.getIssuerX500Principal()), explain(used, sent, handshake.issuers()));
	}

	private static String describeInvalid(TlsCredentials used) {
		List<String> invalid = used.describeInvalidClient();
		return invalid.isEmpty() ? "" : ": " + String.join("; ", invalid);
	}

	private static String explain(TlsCredentials used, X509Certificate sent, List<String> announced) {
		String invalid = describeInvalid(used);
		if (!invalid.isEmpty()) {
			return invalid;
		}
		if (!isForClients(sent)) {
			return ": it is not issued for client authentication (extended key usage)";
		}
		if (announced.isEmpty() || announced.contains(CertificateInfo.name(sent.getIssuerX500Principal()))) {
			return ", although it announces that issuer or none: it may not trust this one yet, or the certificate is revoked or not allowed";
		}
		return ": the issuers that etcd announces are " + String.join(", ", announced);
	}

	private static boolean isForClients(X509Certificate certificate) {
		try {
			List<String> usages = certificate.getExtendedKeyUsage();
			return usages == null || usages.contains(CLIENT_AUTHENTICATION) || usages.contains(ANY_USAGE);
		}
		catch (CertificateParsingException ex) {
			return true;
		}
	}

}
