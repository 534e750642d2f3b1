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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Asks single members through their JSON gateway, so that nothing of what is measured
 * takes part.
 */
final class MemberQueries {

	private static final Pattern CALLS = Pattern
		.compile("(?m)^grpc_server_started_total\\{[^}]*grpc_method=\"(?:Range|Put)\"[^}]*} ([0-9.e+]+)$");

	private final HttpClient client;

	MemberQueries(Access access) throws IOException {
		PemSslStore key = PemSslStore.load(new PemSslStoreDetails("PKCS12", Files.readString(access.certificate()),
				Files.readString(access.key())));
		PemSslStore trust = PemSslStore.load(PemSslStoreDetails.forCertificate(Files.readString(access.ca())));
		this.client = HttpClient.newBuilder()
			.sslContext(SslBundle.of(new PemSslStoreBundle(key, trust)).createSslContext())
			.version(HttpClient.Version.HTTP_1_1)
			.proxy(HttpClient.Builder.NO_PROXY)
			.connectTimeout(Duration.ofSeconds(2))
			.build();
	}

	/**
	 * Return what a member says of itself and of the leader.
	 * @return the status, without a leader if the member does not answer
	 */
	Status status(String endpoint) {
		try {
			String answer = post(endpoint, "status", "{}");
			return new Status(field(answer, "member_id"), field(answer, "leader"));
		}
		catch (IOException ex) {
			return new Status("", "");
		}
	}

	/**
	 * Make the leader hand over to another member.
	 */
	void transferLeadership(String leader, String id) throws IOException {
		post(leader, "transfer-leadership", "{\"targetID\":\"" + id + "\"}");
	}

	/**
	 * Return how many gets and puts have reached a member.
	 */
	long calls(String endpoint) throws IOException {
		Matcher matcher = CALLS.matcher(send(HttpRequest.newBuilder(URI.create(endpoint + "/metrics"))));
		double calls = 0;
		while (matcher.find()) {
			calls += Double.parseDouble(matcher.group(1));
		}
		return (long) calls;
	}

	private String post(String endpoint, String path, String body) throws IOException {
		return send(HttpRequest.newBuilder(URI.create(endpoint + "/v3/maintenance/" + path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private String send(HttpRequest.Builder request) throws IOException {
		try {
			HttpResponse<String> response = this.client.send(request.timeout(Duration.ofSeconds(10)).build(),
					HttpResponse.BodyHandlers.ofString());
			if (response.statusCode() != 200) {
				throw new IOException(response.uri() + " answers " + response.statusCode());
			}
			return response.body();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static String field(String json, String name) {
		Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([1-9]\\d*)\"").matcher(json);
		return matcher.find() ? matcher.group(1) : "";
	}

	/**
	 * What a member knows.
	 *
	 * @param id the id of the member, empty if unknown
	 * @param leader the id of the leader, empty if unknown
	 */
	record Status(String id, String leader) {

		boolean hasLeader() {
			return !this.leader.isEmpty();
		}

		boolean isLeader() {
			return hasLeader() && this.leader.equals(this.id);
		}

	}

}
