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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Asks a member through its JSON gateway, so that nothing of what is tested takes part.
 */
final class MemberControl {

	private static final Pattern CALLS = Pattern
		.compile("(?m)^grpc_server_started_total\\{[^}]*grpc_method=\"(?:Range|Put|Txn)\"[^}]*} ([0-9.e+]+)$");

	private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"([^\"]+)\"");

	private final ClientCredentials credentials;

	private volatile SSLContext sslContext;

	private volatile @Nullable User user;

	private volatile @Nullable String token;

	private MemberControl(ClientCredentials credentials) {
		this.credentials = credentials;
		trust(credentials.clientCa());
	}

	static MemberControl of(LocalEtcd etcd) {
		// With users, the gateway refuses certificates with a common name
		return new MemberControl(etcd.newClientCredentials(""));
	}

	/**
	 * Trust other authorities from now on.
	 */
	void trust(String authorities) {
		PemSslStoreDetails key = new PemSslStoreDetails("PKCS12", this.credentials.clientCert(),
				this.credentials.clientKey());
		PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(authorities);
		this.sslContext = SslBundle.of(new PemSslStoreBundle(PemSslStore.load(key), PemSslStore.load(trust)))
			.createSslContext();
	}

	/**
	 * Act as a user from now on. The gateway does not pass on who a certificate is for.
	 */
	void authenticate(String name, String password) {
		this.user = new User(name, password);
	}

	/**
	 * Return whether the member takes itself for the leader, {@code false} if it does not
	 * answer.
	 */
	boolean isLeader(String endpoint) {
		try {
			String status = request(endpoint + "/v3/maintenance/status", "{}", 2000);
			return field(status, "leader").equals(field(status, "member_id"));
		}
		catch (IOException | IllegalStateException ex) {
			return false;
		}
	}

	/**
	 * Have the leader hand over to another member, and wait until it has.
	 */
	void moveLeader(String leader, String successor) {
		try {
			String target = field(request(successor + "/v3/maintenance/status", "{}", 2000), "member_id");
			request(leader + "/v3/maintenance/transfer-leadership", "{\"targetID\":\"%s\"}".formatted(target), 10_000);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not move the leader from " + leader, ex);
		}
	}

	boolean hasLeader(String endpoint) {
		try {
			String status = request(endpoint + "/v3/maintenance/status", "{}", 2000);
			return status.contains("\"leader\"") && !field(status, "leader").equals("0");
		}
		catch (IOException | IllegalStateException ex) {
			return false;
		}
	}

	/**
	 * Return how many calls of keys have reached the member since it was started.
	 */
	long calls(String endpoint) {
		try {
			double calls = 0;
			Matcher matcher = CALLS.matcher(request(endpoint + "/metrics", null, 2000));
			while (matcher.find()) {
				calls += Double.parseDouble(matcher.group(1));
			}
			return (long) calls;
		}
		catch (IOException ex) {
			return -1;
		}
	}

	/**
	 * Write a key.
	 * @return the revision
	 */
	long put(String endpoint, String key, String value) throws IOException {
		String body = "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64(key), base64(value));
		return Long.parseLong(field(request(endpoint + "/v3/kv/put", body, 2000), "revision"));
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Count the keys that begin with an ASCII prefix.
	 */
	int count(String endpoint, String prefix) {
		int last = prefix.length() - 1;
		String end = prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
		String answer = post(endpoint, "/v3/kv/range",
				"{\"key\":\"%s\",\"range_end\":\"%s\",\"count_only\":true}".formatted(base64(prefix), base64(end)));
		return answer.contains("\"count\"") ? Integer.parseInt(field(answer, "count")) : 0;
	}

	void defragment(String endpoint) {
		post(endpoint, "/v3/maintenance/defragment", "{}");
	}

	/**
	 * Compact at the revision that the cluster is at.
	 */
	void compact(String endpoint) {
		String revision = field(post(endpoint, "/v3/kv/range", "{\"key\":\"eA==\"}"), "revision");
		post(endpoint, "/v3/kv/compaction", "{\"revision\":\"" + revision + "\"}");
	}

	String post(String endpoint, String path, String body) {
		try {
			return request(endpoint + path, body, 60_000);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(endpoint + path, ex);
		}
	}

	private String request(String url, String body, int timeoutMillis) throws IOException {
		User current = this.user;
		if (current == null) {
			return send(url, body, null, timeoutMillis);
		}
		String known = this.token;
		if (known != null) {
			try {
				return send(url, body, known, timeoutMillis);
			}
			catch (IOException ex) {
				// A member that was restarted knows no token
				if (!String.valueOf(ex.getMessage()).contains("invalid auth token")) {
					throw ex;
				}
			}
		}
		String answer = send(URI.create(url).resolve("/v3/auth/authenticate").toString(),
				"{\"name\":\"%s\",\"password\":\"%s\"}".formatted(current.name(), current.password()), null,
				timeoutMillis);
		Matcher matcher = TOKEN.matcher(answer);
		if (!matcher.find()) {
			throw new IOException("No token for " + current.name());
		}
		this.token = matcher.group(1);
		return send(url, body, matcher.group(1), timeoutMillis);
	}

	private String send(String url, @Nullable String body, @Nullable String bearer, int timeoutMillis)
			throws IOException {
		HttpsURLConnection connection = (HttpsURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
		connection.setSSLSocketFactory(this.sslContext.getSocketFactory());
		connection.setConnectTimeout(timeoutMillis);
		connection.setReadTimeout(timeoutMillis);
		// One that was kept may be one that was cut
		connection.setRequestProperty("Connection", "close");
		if (bearer != null) {
			connection.setRequestProperty("Authorization", bearer);
		}
		if (body != null) {
			connection.setDoOutput(true);
			connection.setRequestProperty("Content-Type", "application/json");
			connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
		}
		boolean ok = connection.getResponseCode() == 200;
		try (InputStream content = ok ? connection.getInputStream() : connection.getErrorStream()) {
			String answer = (content != null) ? new String(content.readAllBytes(), StandardCharsets.UTF_8) : "";
			if (!ok) {
				throw new IOException("%d of %s: %s".formatted(connection.getResponseCode(), url, answer));
			}
			return answer;
		}
	}

	private static String field(String json, String name) {
		Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"(\\d+)\"").matcher(json);
		if (!matcher.find()) {
			throw new IllegalStateException("No " + name + " in the answer");
		}
		return matcher.group(1);
	}

	private record User(String name, String password) {

	}

}
