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

package io.github.etcdrelation.integration;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The client of an application that is related to an etcd, and what it sees there.
 */
final class RelatedClient implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	RelatedClient(LocalEtcd etcd, String... properties) {
		this(all(etcd, properties));
	}

	/**
	 * Create a client whose relation's data is in a directory.
	 */
	RelatedClient(Path directory) {
		this(List.of("etcd.relation.directory=" + directory, "etcd.relation.poll-interval=100ms"));
	}

	private RelatedClient(List<String> properties) {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
	}

	private static List<String> all(LocalEtcd etcd, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		etcd.getProperties("etcd.relation").forEach((name, value) -> all.add(name + "=" + value));
		return all;
	}

	Client get() {
		return this.context.getBean(Client.class);
	}

	/**
	 * Return the keys below a prefix, in the order of their creation.
	 */
	List<String> keys(String prefix) throws Exception {
		GetOption option = GetOption.builder()
			.isPrefix(true)
			.withKeysOnly(true)
			.withSortField(GetOption.SortTarget.CREATE)
			.build();
		return get().getKVClient()
			.get(bytes(prefix), option)
			.get(20, TimeUnit.SECONDS)
			.getKvs()
			.stream()
			.map((entry) -> entry.getKey().toString(StandardCharsets.UTF_8))
			.toList();
	}

	/**
	 * Delete a key, as an operator would.
	 */
	void delete(String key) throws Exception {
		get().getKVClient().delete(bytes(key)).get(20, TimeUnit.SECONDS);
	}

	/**
	 * Revoke the lease that a key of a queue is named after.
	 */
	void revokeLeaseOf(String key) throws Exception {
		String entry = key.substring(key.lastIndexOf('/') + 1);
		long lease = Long.parseUnsignedLong(entry.substring(0, entry.indexOf('-')), 16);
		get().getLeaseClient().revoke(lease).get(20, TimeUnit.SECONDS);
	}

	static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

	}

}
