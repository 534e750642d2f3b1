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

package io.github.etcdrelation.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdExtension;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The relation before there is a context, and what becomes of it.
 */
class BootstrapTests {

	private static final String IMPORT = "spring.config.import=etcd:/bootstrap/";

	@RegisterExtension
	static final LocalEtcdExtension extension = new LocalEtcdExtension(LocalEtcd.builder().mutualTls());

	private final LocalEtcd etcd = extension.getEtcd();

	@Test
	void anotherSourceOfTheContextHasAConnectionOfItsOwn() throws Exception {
		put("one");
		try (ConfigurableApplicationContext context = ConfigApplication.run(this.etcd, OwnDetails.class, IMPORT)) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("one");
			put("two");
			awaitName(context, "two");
		}
	}

	@Test
	void bundleOfTheContextIsUsedBefore(@TempDir Path directory) throws Exception {
		put("one");
		ClientCredentials credentials = this.etcd.getClientCredentials();
		Files.writeString(directory.resolve("ca"), String.valueOf(credentials.clientCa()));
		Files.writeString(directory.resolve("cert"), String.valueOf(credentials.clientCert()));
		Files.writeString(directory.resolve("key"), String.valueOf(credentials.clientKey()));
		try (ConfigurableApplicationContext context = ConfigApplication.run(ConfigApplication.Main.class,
				List.of("--etcd.relation.connection-string=" + this.etcd.getConnectionString(),
						"--etcd.relation.ssl.bundle=own",
						"--spring.ssl.bundle.pem.own.truststore.certificate=file:" + directory.resolve("ca"),
						"--spring.ssl.bundle.pem.own.keystore.certificate=file:" + directory.resolve("cert"),
						"--spring.ssl.bundle.pem.own.keystore.private-key=file:" + directory.resolve("key"),
						"--" + IMPORT))) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("one");
			put("two");
			awaitName(context, "two");
		}
	}

	@Test
	void connectionStringMayBeAList() throws Exception {
		put("one");
		Map<String, String> properties = this.etcd.getProperties("etcd.relation");
		String connectionString = String.valueOf(properties.remove("etcd.relation.connection-string"));
		List<String> arguments = new ArrayList<>(ConfigApplication.arguments(properties));
		arguments.add("--etcd.relation.connection-string[0]=" + connectionString);
		arguments.add("--" + IMPORT);
		try (ConfigurableApplicationContext context = ConfigApplication.run(ConfigApplication.Main.class, arguments)) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("one");
		}
	}

	@Test
	void refreshOfSpringCloudKeepsTheSources() throws Exception {
		put("one");
		try (ConfigurableApplicationContext context = ConfigApplication.run(this.etcd, IMPORT)) {
			Object source = context.getEnvironment().getPropertySources().get("etcd:/bootstrap/");
			context.getBean(ContextRefresher.class).refresh();
			assertThat(context.getEnvironment().getPropertySources().get("etcd:/bootstrap/")).isSameAs(source);
			put("two");
			awaitName(context, "two");
		}
	}

	@Test
	void stoppedAndStartedContextCatchesUp() throws Exception {
		put("one");
		try (ConfigurableApplicationContext context = ConfigApplication.run(this.etcd, IMPORT)) {
			context.stop();
			put("two");
			context.start();
			awaitName(context, "two");
			assertThat(context.getBean(RelationRegistry.class).isRunning()).isTrue();
		}
	}

	@Test
	void closedContextAndFailedStartLeaveNoThreads() throws Exception {
		put("one");
		ConfigApplication.run(this.etcd, IMPORT).close();
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> ConfigApplication.run(this.etcd, "spring.config.import=etcd:/none/"));
		Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
	}

	@Test
	void nothingIsImportedAheadOfTime() {
		System.setProperty("spring.aot.processing", "true");
		try (ConfigurableApplicationContext context = ConfigApplication.run(ConfigApplication.Main.class,
				List.of("--" + IMPORT))) {
			assertThat(context.getEnvironment().getProperty("name")).isNull();
		}
		finally {
			System.clearProperty("spring.aot.processing");
		}
	}

	private static Set<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("etcd-"))
			.collect(Collectors.toSet());
	}

	private void put(String value) throws Exception {
		try (ConfigurableApplicationContext context = ConfigApplication.run(this.etcd)) {
			context.getBean(Client.class)
				.getKVClient()
				.put(bytes("/bootstrap/name"), bytes(value))
				.get(30, TimeUnit.SECONDS);
		}
	}

	private static void awaitName(ConfigurableApplicationContext context, String value) {
		Awaitility.await().until(() -> value.equals(context.getEnvironment().getProperty("name")));
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Import(ConfigApplication.Main.class)
	static class OwnDetails {

		@Bean
		EtcdConnectionDetails details() {
			LocalEtcd etcd = extension.getEtcd();
			return new EtcdConnectionDetails() {

				@Override
				public String getConnectionString() {
					return etcd.getConnectionString();
				}

				@Override
				public @Nullable ClientCredentials getClientCredentials() {
					return etcd.getClientCredentials();
				}

			};
		}

	}

}
