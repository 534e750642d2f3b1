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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdConfiguration;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LocalEtcdConfiguration} and for {@link WithLocalEtcd} at configuration
 * classes, as an application uses them during development.
 */
class LocalEtcdConfigurationTests {

	@Test
	void applicationRunsWithEtcdOfItsOwn() throws Exception {
		LocalEtcd etcd;
		try (ConfigurableApplicationContext context = run(LocalEtcdConfiguration.class,
				"--etcd.relation.connection-string=http://elsewhere:2379", "--etcd.relation.interface=etcd-client",
				"--etcd.relation.allow-plain-text=false", "--etcd.relation.prefix=/app/")) {
			etcd = context.getBean(LocalEtcd.class);
			assertThat(context.getBean(EtcdRelation.class).getConnectionString()).isEqualTo(etcd.getConnectionString());
			put(context, "/app/1");
			assertThat(etcd.getMember(0).isRunning()).isTrue();
		}
		assertThat(etcd.getMember(0).isRunning()).isFalse();
	}

	@Test
	void userWithPasswordHasPrefix() throws Exception {
		try (ConfigurableApplicationContext context = run(Password.class)) {
			put(context, "/app/1");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> put(context, "/other/1"))
				.withMessageContaining("permission denied")
				.withMessageContaining("/other/1");
			assertThat(context.getEnvironment().getProperty("etcd.relation.client.user")).isEqualTo("app");
		}
	}

	@Test
	void userIsKnownByCommonName() throws Exception {
		try (ConfigurableApplicationContext context = run(CommonName.class)) {
			put(context, "/app/1");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> put(context, "/other/1"))
				.withMessageContaining("permission denied");
			LocalEtcd etcd = context.getBean(LocalEtcd.class);
			etcd.addMember();
			etcd.removeMember(etcd.getMember(0));
			assertThat(etcd.getMembers()).hasSize(3);
		}
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, String... arguments) {
		return SpringApplication.from(Application::main).with(configuration).run(arguments).getApplicationContext();
	}

	private static void put(ConfigurableApplicationContext context, String key) throws Exception {
		context.getBean(Client.class).getKVClient().put(bytes(key), bytes("value")).get(20, TimeUnit.SECONDS);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		static void main(String[] args) {
			SpringApplication.run(Application.class, args);
		}

	}

	@WithLocalEtcd(tls = true, users = @WithLocalEtcd.User(name = "app", password = "s3cret", prefixes = "/app/"))
	static class Password {

	}

	@WithLocalEtcd(members = 3, mutualTls = true, users = @WithLocalEtcd.User(name = "app", prefixes = "/app/"))
	static class CommonName {

	}

}
