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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;

/**
 * How to reach etcd: the addresses of its members, separated by commas, and a directory
 * with the client's certificate, key and CA.
 */
record Access(String endpoints, Path directory) {

	static Access parse(String text) {
		String[] parts = text.split(" ", 2);
		return new Access(parts[0], Path.of(parts[1]));
	}

	/**
	 * Return the address of the first, or only, member.
	 */
	URI address() {
		return addresses().get(0);
	}

	List<URI> addresses() {
		return Arrays.stream(this.endpoints.split(",")).map(URI::create).toList();
	}

	Path certificate() {
		return this.directory.resolve("client.crt");
	}

	Path key() {
		return this.directory.resolve("client.key");
	}

	Path ca() {
		return this.directory.resolve("ca.crt");
	}

	/**
	 * Return the arguments of an application that has the starter.
	 */
	List<String> properties() {
		return List.of("--etcd.relation.connection-string=" + this.endpoints,
				"--etcd.relation.client-cert=file:" + certificate(), "--etcd.relation.client-key=file:" + key(),
				"--etcd.relation.client-ca=file:" + ca());
	}

	SslContext sslContext() throws IOException {
		SslContextBuilder builder = GrpcSslContexts.forClient();
		secure(builder);
		return builder.build();
	}

	void secure(SslContextBuilder builder) {
		builder.keyManager(certificate().toFile(), key().toFile()).trustManager(ca().toFile());
	}

	String format() {
		return this.endpoints + " " + this.directory;
	}

}
