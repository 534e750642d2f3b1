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

package io.github.etcdrelation.testcontainers;

import java.util.function.Consumer;

import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.service.connection.PemTrustStore;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.Ssl;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdContainerConnectionDetailsFactory}, with containers that are not
 * started.
 */
class EtcdContainerConnectionDetailsFactoryTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(
			classes = { Official.class, CoreOs.class, Bitnami.class, BitnamiLegacy.class, Plain.class, Named.class })
	void acceptsContainer(Class<?> configuration) {
		run(configuration, (details) -> {
			assertThat(details.getConnectionString()).isEqualTo("http://docker.example.com:12379");
			assertThat(details.getSslBundle()).isNull();
			assertThat(details.getClientCredentials()).isNull();
			assertThat(details.getUser()).isNull();
			assertThat(details.getPassword()).isNull();
		});
	}

	@Test
	void doesNotAcceptOtherImage() {
		this.contextRunner.withUserConfiguration(Other.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("No ConnectionDetails found for source"));
	}

	@Test
	void withoutJetcdDoesNotAcceptContainer() {
		this.contextRunner.withUserConfiguration(Official.class)
			.withClassLoader(new FilteredClassLoader("io.etcd.jetcd.Client"))
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("No ConnectionDetails found for source"));
	}

	@Test
	void rootPasswordGivesUserAndPassword() {
		run(WithPassword.class, (details) -> {
			assertThat(details.getUser()).isEqualTo("root");
			assertThat(details.getPassword()).isEqualTo("s3cr3t");
			assertThat(details.toString()).doesNotContain("s3cr3t");
		});
	}

	@Test
	void withoutAuthenticationThereIsNoUser() {
		run(WithoutAuthentication.class, (details) -> {
			assertThat(details.getUser()).isNull();
			assertThat(details.getPassword()).isNull();
		});
	}

	@Test
	void trustStoreMeansHttps() {
		run(WithTrustStore.class, (details) -> {
			assertThat(details.getConnectionString()).startsWith("https://");
			assertThat(details.getSslBundle()).isNotNull();
		});
	}

	@Test
	void sslAloneMeansHttps() {
		run(WithSsl.class, (details) -> {
			assertThat(details.getConnectionString()).startsWith("https://");
			assertThat(details.getSslBundle()).isNull();
		});
	}

	private void run(Class<?> configuration, Consumer<EtcdConnectionDetails> consumer) {
		this.contextRunner.withUserConfiguration(configuration)
			.run((context) -> consumer.accept(context.getBean(EtcdConnectionDetails.class)));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Official {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("gcr.io/etcd-development/etcd:v3.5.21");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class CoreOs {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("quay.io/coreos/etcd:v3.5.21");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Bitnami {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("bitnami/etcd:3.5");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class BitnamiLegacy {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("bitnamilegacy/etcd:3.5");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Plain {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("etcd:3.5");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Named {

		@ServiceConnection("etcd")
		static final GenericContainer<?> etcd = new UnstartedContainer("example/store:1");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Other {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("example/store:1");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithPassword {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("bitnami/etcd:3.5").withEnv("ETCD_ROOT_PASSWORD",
				"s3cr3t");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithoutAuthentication {

		@ServiceConnection
		static final GenericContainer<?> etcd = new UnstartedContainer("bitnami/etcd:3.5")
			.withEnv("ALLOW_NONE_AUTHENTICATION", "yes");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithTrustStore {

		@ServiceConnection
		@PemTrustStore(certificate = "file:missing.crt")
		static final GenericContainer<?> etcd = new UnstartedContainer("etcd:3.5");

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithSsl {

		@ServiceConnection
		@Ssl
		static final GenericContainer<?> etcd = new UnstartedContainer("etcd:3.5");

	}

	private static final class UnstartedContainer extends GenericContainer<UnstartedContainer> {

		private final String image;

		UnstartedContainer(String image) {
			super(image);
			this.image = image;
		}

		@Override
		public String getDockerImageName() {
			// Otherwise Docker is asked for it
			return this.image;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public String getHost() {
			return "docker.example.com";
		}

		@Override
		public Integer getMappedPort(int originalPort) {
			return 10000 + originalPort;
		}

	}

}
