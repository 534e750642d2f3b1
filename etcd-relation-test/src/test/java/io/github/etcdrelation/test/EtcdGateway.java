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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import javax.net.ssl.SSLSocket;

import io.github.etcdrelation.ClientCredentials;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * A client of etcd's JSON gateway.
 */
final class EtcdGateway {

	private final HttpClient client;

	private final Duration timeout;

	EtcdGateway(ClientCredentials credentials) {
		this(credentials, Duration.ofSeconds(5));
	}

	EtcdGateway(ClientCredentials credentials, Duration timeout) {
		this.timeout = timeout;
		HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
		if (credentials.clientCa() != null) {
			PemSslStoreDetails keyStore = (credentials.clientCert() != null)
					? PemSslStoreDetails.forCertificate(credentials.clientCert())
						.withPrivateKey(credentials.clientKey())
					: null;
			builder.sslContext(SslBundle
				.of(new PemSslStoreBundle(keyStore, PemSslStoreDetails.forCertificate(credentials.clientCa())))
				.createSslContext());
		}
		this.client = builder.build();
	}

	void put(LocalEtcdMember member, String key, String value) throws IOException, InterruptedException {
		post(member, "/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(encode(key), encode(value)));
	}

	boolean has(LocalEtcdMember member, String key, String value) throws IOException, InterruptedException {
		return post(member, "/v3/kv/range", "{\"key\":\"%s\"}".formatted(encode(key)))
			.contains("\"value\":\"" + encode(value) + "\"");
	}

	String members(LocalEtcdMember member) throws IOException, InterruptedException {
		return post(member, "/v3/cluster/member/list", "{}");
	}

	/**
	 * Wait for the server's verdict on the certificate, which with TLS 1.3 comes after
	 * the handshake.
	 */
	void awaitAlert(LocalEtcdMember member) throws IOException {
		try (SSLSocket socket = (SSLSocket) this.client.sslContext()
			.getSocketFactory()
			.createSocket(member.getHost(), member.getPort())) {
			socket.setSoTimeout(10_000);
			socket.startHandshake();
			socket.getInputStream().read();
		}
	}

	private String post(LocalEtcdMember member, String path, String body) throws IOException, InterruptedException {
		HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(URI.create(member.getEndpoint() + path))
			.timeout(this.timeout)
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IOException("Status " + response.statusCode() + ": " + response.body());
		}
		return response.body();
	}

	private static String encode(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

}
