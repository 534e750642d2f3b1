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
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;
import org.springframework.util.Assert;

/**
 * Changes members and users of a cluster through etcd's JSON gateway.
 */
final class EtcdAdmin {

	private static final int TIMEOUT_MILLIS = 10_000;

	// A pattern suffices; Boot's basic parser fails on spaces between array elements
	private static final Pattern MEMBER = Pattern
		.compile("\"ID\"\\s*:\\s*\"(\\d+)\"[^{}]*?\"peerURLs\"\\s*:\\s*\\[([^]]*)]");

	private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"([^\"]+)\"");

	private final List<String> urls;

	private @Nullable String token;

	EtcdAdmin(List<String> urls) {
		this.urls = urls;
	}

	void addMember(String peerUrl) {
		post("cluster/member/add", Map.of("peerURLs", List.of(peerUrl)));
	}

	void removeMember(String peerUrl) {
		Matcher members = MEMBER.matcher(post("cluster/member/list", Map.of()));
		while (members.find()) {
			if (members.group(2).contains("\"" + peerUrl + "\"")) {
				post("cluster/member/remove", Map.of("ID", members.group(1)));
				return;
			}
		}
		throw new IllegalStateException("The cluster does not know " + peerUrl);
	}

	void authenticate(String name, String password) {
		Matcher token = TOKEN.matcher(post("auth/authenticate", Map.of("name", name, "password", password)));
		Assert.state(token.find(), "etcd answered without a token");
		this.token = token.group(1);
	}

	/**
	 * Return whether a member serves and has a leader.
	 * @param url the member
	 * @return whether it is healthy
	 */
	static boolean isHealthy(String url) {
		try {
			// Some tests raise this alarm on purpose
			HttpURLConnection connection = open(url + "/health?exclude=NOSPACE", 1000);
			return connection.getResponseCode() == 200 && read(connection.getInputStream()).contains("\"true\"");
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Call a method of the gateway at the first member that answers.
	 * @param path the path of the method below {@code /v3/}
	 * @param request the request
	 * @return the response as JSON
	 * @throws IllegalStateException if no member answers with success
	 */
	String post(String path, Map<String, ?> request) {
		byte[] body = JsonWriter.<Map<String, ?>>standard().write(request).toByteArray();
		IllegalStateException failure = new IllegalStateException("etcd does not carry out " + path);
		for (String url : this.urls) {
			try {
				HttpURLConnection connection = open(url + "/v3/" + path, TIMEOUT_MILLIS);
				connection.setDoOutput(true);
				connection.setRequestProperty("Content-Type", "application/json");
				if (this.token != null) {
					connection.setRequestProperty("Authorization", this.token);
				}
				connection.getOutputStream().write(body);
				if (connection.getResponseCode() == 200) {
					return read(connection.getInputStream());
				}
				failure.addSuppressed(new IOException(url + ": " + read(connection.getErrorStream())));
			}
			catch (IOException ex) {
				failure.addSuppressed(ex);
			}
		}
		throw failure;
	}

	private static HttpURLConnection open(String url, int timeoutMillis) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
		connection.setConnectTimeout(timeoutMillis);
		connection.setReadTimeout(timeoutMillis);
		return connection;
	}

	private static String read(@Nullable InputStream stream) throws IOException {
		if (stream == null) {
			return "";
		}
		try (stream) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
