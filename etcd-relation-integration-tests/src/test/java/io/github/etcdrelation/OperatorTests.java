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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.actuate.RelationDescriptor;
import io.github.etcdrelation.autoconfigure.EtcdActuatorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.health.EtcdHealthContributorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator finds in log, health, endpoint, meters and failed calls when something
 * is wrong, and when it is well again.
 */
@WithLocalEtcd(mutualTls = true)
class OperatorTests {

	/**
	 * Two seconds, and as much again for a machine that is busy with other things.
	 */
	private static final Duration LIMIT = Duration.ofSeconds(4);

	private final LocalEtcd etcd;

	private final RelationDirectory directory;

	private final LogLines output = new LogLines("io.github.etcdrelation");

	OperatorTests(LocalEtcd etcd, @TempDir Path temporary) {
		this.etcd = etcd;
		this.directory = new RelationDirectory(temporary.resolve("relation"));
	}

	@AfterEach
	void stopLog() {
		this.output.close();
	}

	@Test
	void directoryAppearsLater() {
		String source = "directory " + this.directory.getPath();
		run((context, operator) -> {
			assertThat(this.output).containsOnlyOnce("Relation 'etcd' is not available: ").containsOnlyOnce(source);
			Health health = operator.health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(operator.reason(health)).startsWith("Relation 'etcd' is not available: ");
			assertThat(health.getDetails()).containsEntry("source", source);
			assertThat(operator.describe().source()).isEqualTo(source);
			assertThat(operator.describe().problem()).isNotEmpty();
			assertThat(operator.gauge("state", "available")).isZero();
			assertThat(operator.failedCall()).hasMessageContaining("Relation 'etcd' is not available: ");
			this.directory.swap(this.etcd.getConnectionString(), this.etcd.getClientCredentials());
			operator.await(() -> assertThat(this.output).containsOnlyOnce(
					"Relation 'etcd' is available from " + source + ": endpoints " + this.etcd.getConnectionString()
							+ ", TLS, client certificate CN=client (issued by CN=Test CA"));
			operator.awaitWell();
			operator.await(() -> assertThat(operator.gauge("state", "available")).isOne());
			assertThat(operator.describe().members()).singleElement().satisfies((member) -> {
				assertThat(member.state()).isEqualTo("serving");
				assertThat(member.lastHeard()).isNotNull();
				assertThat(member.leader()).isNotNull();
				assertThat(member.version()).isEqualTo(this.etcd.getVersion());
				assertThat(member.certificate())
					.isEqualTo(operator.describe().clientCertificates().get(0).fingerprint());
			});
			this.directory.delete();
			operator.await(() -> assertThat(this.output).containsOnlyOnce("Relation 'etcd' is lost"));
			operator.await(() -> assertThat(operator.health().getStatus()).isEqualTo(Status.DOWN));
			this.directory.swap(this.etcd.getConnectionString(), this.etcd.getClientCredentials());
			operator.await(() -> assertThat(this.output).containsOnlyOnce("Relation 'etcd' is back, from " + source));
			operator.awaitWell();
		});
	}

	@Test
	void certificateHasExpired() {
		this.directory.swap(this.etcd.getConnectionString(),
				this.etcd.getCertificateAuthority().issueExpiredClient("late"));
		run((context, operator) -> {
			assertThat(this.output.toString()
				.lines()
				.filter((line) -> line.contains("WARN") && line.contains("Relation 'etcd'"))).hasSize(1);
			assertThat(this.output).containsOnlyOnce("Relation 'etcd': the client certificate CN=late expired at ");
			Health health = operator.health();
			assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(operator.reason(health)).contains("the client certificate expired at ");
			assertThat(operator.failedCall()).hasMessageContaining("the client certificate expired at ");
			assertThat(operator.describe().problem()).contains("the client certificate expired at ");
			assertThat(operator.expiry()).isNegative();
			this.directory.swap(this.etcd.getConnectionString(), this.etcd.newClientCredentials("fresh"));
			operator.await(() -> assertThat(this.output)
				.containsOnlyOnce("Relation 'etcd': new data is in use: client certificate CN=fresh"));
			operator.awaitWell();
			assertThat(operator.expiry()).isPositive();
		});
	}

	@Test
	void newDataIsMalformed() {
		this.directory.swap(this.etcd.getConnectionString(), this.etcd.getClientCredentials());
		run((context, operator) -> {
			operator.awaitWell();
			ClientCredentials credentials = this.etcd.newClientCredentials("bad");
			this.directory.swap(this.etcd.getConnectionString(),
					new ClientCredentials(credentials.clientCert(), "no key", credentials.clientCa()));
			verifyPending(operator, "client-key is not PEM");
			this.directory.swap(this.etcd.getConnectionString(), this.etcd.newClientCredentials("good"));
			operator.await(() -> assertThat(this.output).containsOnlyOnce(
					"Relation 'etcd': other data than what was refused is in use now: client certificate CN=good"));
			operator.awaitWell();
			assertThat(this.output).containsOnlyOnce("new data was refused");
		});
	}

	@Test
	void newDataIsRefusedByEtcd() {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		this.directory.swap(this.etcd.getConnectionString(), credentials);
		run((context, operator) -> {
			operator.awaitWell();
			ClientCredentials stranger = CertificateAuthority.create("stranger").issueClient("stranger");
			this.directory.swap(this.etcd.getConnectionString(),
					new ClientCredentials(stranger.clientCert(), stranger.clientKey(), credentials.clientCa()));
			verifyPending(operator,
					"etcd at " + this.etcd.getConnectionString() + " cannot be reached with the new data: ");
			this.directory.swap(this.etcd.getConnectionString(), credentials);
			operator.await(() -> assertThat(this.output).containsOnlyOnce(
					"Relation 'etcd': the refused data was taken back, what was in use before is in use now"));
			operator.awaitWell();
			assertThat(this.output).containsOnlyOnce("new data was refused");
		});
	}

	private void verifyPending(Operator operator, String reason) {
		operator.await(() -> assertThat(this.output).containsOnlyOnce(
				"Relation 'etcd': new data was refused (directory %s), what was in use before still serves: %s"
					.formatted(this.directory.getPath(), reason)));
		Health health = operator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(String.valueOf(health.getDetails().get("pending"))).contains("reason=" + reason).contains("since=");
		assertThat(operator.describe().pending().reason()).startsWith(reason);
		operator.await(() -> assertThat(operator.pending()).isOne());
		operator.call();
	}

	@Test
	void passwordChanges() throws Exception {
		this.directory.write("username", "root");
		this.directory.write("password", "s3cr3t-first");
		try (LocalEtcd guarded = LocalEtcd.builder().start()) {
			this.directory.write("endpoints", guarded.getConnectionString());
			RelationTester.runner(guarded).run((context) -> {
				Auth auth = context.getBean(Client.class).getAuthClient();
				get(auth.userAdd(bytes("root"), bytes("s3cr3t-first")));
				get(auth.userGrantRole(bytes("root"), bytes("root")));
				get(auth.authEnable());
			});
			run((context, operator) -> {
				operator.awaitWell();
				String refused = "Relation 'etcd': etcd refuses the user 'root' (username, password in directory %s): "
					.formatted(this.directory.getPath());
				for (String password : List.of("s3cr3t-second", "s3cr3t-third")) {
					RelationTester.runner(guarded)
						.withPropertyValues("etcd.relation.client.user=root",
								"etcd.relation.client.password=" + former(password))
						.run((other) -> get(other.getBean(Client.class)
							.getAuthClient()
							.userChangePassword(bytes("root"), bytes(password))));
					operator.await(() -> assertThat(operator.failedCall()).hasMessageContaining(refused));
					operator.await(() -> assertThat(operator.health().getStatus()).isEqualTo(Status.DOWN));
					assertThat(operator.reason(operator.health())).startsWith(refused);
					assertThat(operator.describe().problem()).startsWith(refused);
					operator.await(() -> assertThat(lines(refused)).isEqualTo(password.endsWith("second") ? 1 : 2));
					this.directory.write("password", password);
					operator.awaitWell();
					operator.await(() -> assertThat(lines("new data is in use: password of user root"))
						.isEqualTo(password.endsWith("second") ? 1 : 2));
				}
				this.directory.write("password", "");
				operator.await(() -> assertThat(this.output)
					.containsOnlyOnce("password is missing, but username is given and was used with a password"));
				operator.call();
				assertThat(this.output).doesNotContain("s3cr3t");
			});
		}
	}

	private static String former(String password) {
		return password.endsWith("second") ? "s3cr3t-first" : "s3cr3t-second";
	}

	private long lines(String text) {
		return this.output.toString().lines().filter((line) -> line.contains(text)).count();
	}

	@Test
	void etcdStopsAndStarts() {
		this.directory.swap(this.etcd.getConnectionString(), this.etcd.getClientCredentials());
		run((context, operator) -> {
			operator.awaitWell();
			this.etcd.getMember(0).kill();
			try {
				String unreached = "etcd at %s cannot be reached: ".formatted(this.etcd.getConnectionString());
				assertThat(operator.failedCall()).hasMessageContaining(unreached).hasMessageContaining("refused");
				operator
					.await(() -> assertThat(this.output).containsOnlyOnce(unreached).contains("Connection refused"));
				Health health = operator.health();
				assertThat(health.getStatus()).isEqualTo(Status.DOWN);
				assertThat(operator.reason(health)).contains(unreached).contains("Connection refused");
				assertThat(operator.describe().problem()).contains("Connection refused");
				operator.await(() -> assertThat(operator.gauge("members", "out")).isOne());
				operator.await(() -> assertThat(operator.gauge("members", "serving")).isZero());
			}
			finally {
				this.etcd.getMember(0).restart();
			}
			operator.await(() -> assertThat(this.output)
				.containsOnlyOnce("etcd at %s is reached again".formatted(this.etcd.getConnectionString())));
			operator.awaitWell();
			operator.await(() -> assertThat(operator.gauge("members", "serving")).isOne());
		});
	}

	private void run(BiConsumer<ApplicationContext, Operator> test) {
		RelationTester.runner()
			.withConfiguration(AutoConfigurations.of(EtcdActuatorAutoConfiguration.class,
					EtcdHealthContributorAutoConfiguration.class, EtcdMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("management.endpoints.web.exposure.include=etcdrelation",
					"etcd.relation.directory=" + this.directory.getPath(), "etcd.relation.poll-interval=1s",
					"etcd.relation.client.request-timeout=1s", "etcd.relation.client.available-timeout=1s")
			.run((context) -> test.accept(context, new Operator(context)));
	}

	/**
	 * What an operator looks at.
	 */
	private static final class Operator {

		private final ApplicationContext context;

		private final MeterRegistry meters;

		Operator(ApplicationContext context) {
			this.context = context;
			this.meters = context.getBean(MeterRegistry.class);
			context.getBean(MeterBinder.class).bindTo(this.meters);
		}

		Health health() {
			return this.context.getBean("etcdHealthContributor", HealthIndicator.class).health();
		}

		String reason(Health health) {
			return (String) health.getDetails().get("reason");
		}

		RelationDescriptor describe() {
			return this.context.getBean(EtcdRelationEndpoint.class).relation("etcd");
		}

		double gauge(String name, String state) {
			return this.meters.get("etcd.relation." + name).tag("state", state).gauge().value();
		}

		double pending() {
			return this.meters.get("etcd.relation.pending").gauge().value();
		}

		double expiry() {
			return this.meters.get("etcd.relation.certificate.expiry").timeGauge().value();
		}

		void call() {
			try {
				get(this.context.getBean(Client.class).getKVClient().get(bytes("key")));
			}
			catch (Exception ex) {
				throw new AssertionError("The call failed", ex);
			}
		}

		Throwable failedCall() {
			return failure(this.context.getBean(Client.class).getKVClient().get(bytes("key")));
		}

		void await(ThrowingRunnable assertion) {
			Awaitility.await().atMost(LIMIT).untilAsserted(assertion);
		}

		/**
		 * Wait until everything says that it is well.
		 */
		void awaitWell() {
			await(() -> {
				call();
				Health health = health();
				assertThat(health.getStatus()).as(health.toString()).isEqualTo(Status.UP);
				assertThat(health.getDetails()).doesNotContainKeys("reason", "pending", "lagging");
				assertThat(describe().problem()).isNull();
				assertThat(describe().pending()).isNull();
				assertThat(describe().members()).extracting(RelationDescriptor.Member::state)
					.isEqualTo(List.of("serving"));
				assertThat(pending()).isZero();
			});
		}

	}

}
