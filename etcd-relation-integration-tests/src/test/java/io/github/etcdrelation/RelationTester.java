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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.ByteSequence;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * What the tests against a real etcd have in common.
 */
public final class RelationTester {

	private RelationTester() {
	}

	public static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class));
	}

	/**
	 * A runner whose default relation leads to an etcd with its first client credentials.
	 */
	public static ApplicationContextRunner runner(LocalEtcd etcd) {
		return runner(etcd.getConnectionString(), etcd.getClientCredentials());
	}

	public static ApplicationContextRunner runner(String connectionString, ClientCredentials credentials) {
		return runner().withPropertyValues(properties("etcd.relation", connectionString, credentials));
	}

	public static String[] properties(String prefix, String connectionString, ClientCredentials credentials) {
		List<String> properties = new ArrayList<>();
		properties.add(prefix + ".connection-string=" + connectionString);
		if (credentials.clientCert() != null) {
			properties.add(prefix + ".client-cert=" + credentials.clientCert());
		}
		if (credentials.clientKey() != null) {
			properties.add(prefix + ".client-key=" + credentials.clientKey());
		}
		if (credentials.clientCa() != null) {
			properties.add(prefix + ".client-ca=" + credentials.clientCa());
		}
		return properties.toArray(String[]::new);
	}

	public static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	public static String text(ByteSequence bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	/**
	 * Wait for a result, so that a call that hangs fails the test.
	 */
	public static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(30, TimeUnit.SECONDS);
	}

	/**
	 * Wait for a call to fail.
	 */
	public static Throwable failure(CompletableFuture<?> future) {
		try {
			Object result = future.get(30, TimeUnit.SECONDS);
			throw new AssertionError("Should have failed, but gave " + result);
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError("Neither failed nor succeeded", ex);
		}
	}

}
