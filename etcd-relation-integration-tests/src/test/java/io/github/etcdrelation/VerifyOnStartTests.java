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

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.internal.registry.UnverifiedRelationException;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * With {@code verify-on-start} an application starts only if etcd serves it.
 */
@ExtendWith(OutputCaptureExtension.class)
@WithLocalEtcd(mutualTls = true)
class VerifyOnStartTests {

	private final LocalEtcd etcd;

	VerifyOnStartTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void startsWhenEtcdServes() {
		verifying(RelationTester.runner(this.etcd)).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void failsWhenNobodyListens() {
		verifying(RelationTester.runner())
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1",
					"etcd.relation.client.available-timeout=1s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(UnverifiedRelationException.class)
				.hasMessageContaining("etcd at http://127.0.0.1:1 cannot be reached: ")
				.hasMessageContaining("Connection refused"));
	}

	@Test
	void failsWhenTheDirectoryStaysAway(@TempDir Path directory) {
		verifying(RelationTester.runner())
			.withPropertyValues("etcd.relation.directory=" + directory.resolve("later"),
					"etcd.relation.client.available-timeout=1s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(UnverifiedRelationException.class)
				.hasMessageContaining("Relation 'etcd' is not available"));
	}

	@Test
	void waitsForADirectoryThatComes(@TempDir Path directory, CapturedOutput output) throws Exception {
		Path relation = directory.resolve("relation");
		CompletableFuture<Void> written = new CompletableFuture<>();
		try (LocalEtcd plain = LocalEtcd.builder().start()) {
			CompletableFuture.runAsync(() -> {
				try {
					Awaitility.await().until(() -> output.toString().contains("Relation 'etcd' is not available"));
					Path temporary = Files.createDirectory(directory.resolve(".relation"));
					Files.writeString(temporary.resolve("endpoints"), plain.getConnectionString());
					Files.move(temporary, relation);
					written.complete(null);
				}
				catch (Exception ex) {
					written.completeExceptionally(ex);
				}
			});
			verifying(RelationTester.runner()).withPropertyValues("etcd.relation.directory=" + relation)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(written).isCompleted();
					assertThat(context.getBean(EtcdRelation.class).isAvailable()).isTrue();
				});
		}
		written.get(1, TimeUnit.SECONDS);
	}

	@Test
	void analysisNamesReasonAndRemedy(CapturedOutput output) {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] properties = RelationTester.properties("--etcd.relation", this.etcd.getConnectionString(),
				new ClientCredentials(credentials.clientCert(), credentials.clientKey(),
						CertificateAuthority.create("stranger").caPem()));
		String[] arguments = Arrays.copyOf(properties, properties.length + 1);
		arguments[properties.length] = "--etcd.relation.client.verify-on-start=true";
		long begin = System.nanoTime();
		assertThatException().isThrownBy(() -> application.run(arguments).close());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("client-ca has only CN=stranger")
			.contains("'etcd.relation.client.verify-on-start' to false")
			.doesNotContain("-----BEGIN");
	}

	private static ApplicationContextRunner verifying(ApplicationContextRunner runner) {
		return runner.withPropertyValues("etcd.relation.client.verify-on-start=true");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(EtcdRelationAutoConfiguration.class)
	static class Application {

	}

}
