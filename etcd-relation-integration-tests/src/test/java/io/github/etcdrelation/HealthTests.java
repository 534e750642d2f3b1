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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.AlarmType;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.github.etcdrelation.autoconfigure.health.EtcdHealthContributorAutoConfiguration;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health of a relation, asked of a real etcd.
 */
@ExtendWith(OutputCaptureExtension.class)
class HealthTests {

	private static final Duration LIMIT = Duration.ofMillis(2500);

	@BeforeAll
	static void loadClasses() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> context.getBean(HealthIndicator.class).health());
		}
	}

	@Test
	void tellsWhatTheMemberSays() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.UP);
				assertThat(health.getDetails()).containsEntry("relation", "etcd")
					.containsEntry("states", List.of("etcd.connected", "etcd.available", "etcd.tls.available"))
					.doesNotContainKey("reason");
				assertThat((Instant) health.getDetails().get("certificateExpiry")).isAfter(Instant.now());
				assertThat(endpoint(health, etcd.getConnectionString())).containsEntry("version", etcd.getVersion())
					.containsEntry("leader", true)
					.containsKeys("memberId", "raftTerm")
					.doesNotContainKey("error");
				assertThat((long) endpoint(health, etcd.getConnectionString()).get("databaseSize")).isPositive();
				assertThat((double) endpoint(health, etcd.getConnectionString()).get("roundTripMillis")).isBetween(0.0,
						2000.0);
			});
		}
	}

	@Test
	void hangingEtcdIsDownWithinTheLimit(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				etcd.getMember(0).pause();
				try {
					// The first on the connection that was there, the second on a new one
					for (int i = 0; i < 3; i++) {
						Health health = health(context);
						assertThat(health.getStatus()).isEqualTo(Status.DOWN);
						assertThat(reason(health)).startsWith("Relation 'etcd': etcd at " + etcd.getConnectionString())
							.contains("within 2000 ms");
					}
				}
				finally {
					etcd.getMember(0).resume();
				}
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
		}
		assertThat(output.toString()).isEmpty();
	}

	@Test
	void killedEtcdIsDownUntilItIsBack(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				etcd.getMember(0).kill();
				health(context);
				for (int i = 0; i < 20; i++) {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.DOWN);
					assertThat(reason(health)).contains("cannot be reached").contains("Connection refused");
					assertThat(endpoint(health, etcd.getConnectionString()).get("error")).asString()
						.contains("Connection refused");
				}
				etcd.getMember(0).restart();
				// No backoff makes it wait
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
		}
		assertThat(output.toString()).isEmpty();
	}

	@Test
	void reasonIsThatOfCallsThatFail() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build()) {
			runner(RelationTester.runner(etcd)).withPropertyValues("etcd.relation.client.request-timeout=2s")
				.run((context) -> {
					Throwable failure = failure(context.getBean(Client.class).getKVClient().get(bytes("key")));
					assertThat(failure).hasMessageContaining(reason(health(context)));
				});
		}
	}

	@Test
	void refusedCertificateIsNamed(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials stranger = CertificateAuthority.create("stranger").issueClient("stranger");
			runner(RelationTester.runner(etcd.getConnectionString(), new ClientCredentials(stranger.clientCert(),
					stranger.clientKey(), etcd.getClientCredentials().clientCa())))
				.run((context) -> {
					for (int i = 0; i < 5; i++) {
						Health health = health(context);
						assertThat(health.getStatus()).isEqualTo(Status.DOWN);
						assertThat(reason(health)).contains("cannot be reached").contains("certificate");
					}
				});
		}
		assertThat(output.toString()).isEmpty();
	}

	@Test
	void expiredCertificateIsOutOfService(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials late = etcd.getCertificateAuthority().issueExpiredClient("late");
			runner(RelationTester.runner(etcd.getConnectionString(), late)).run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
				assertThat(reason(health)).contains("the client certificate expired at ");
				assertThat((Instant) health.getDetails().get("certificateExpiry")).isBefore(Instant.now());
			});
		}
		assertThat(output).containsOnlyOnce("Relation 'etcd': the client certificate CN=late expired at ");
		assertThat(output.toString().lines().filter((line) -> !line.isBlank())).hasSize(1);
	}

	@Test
	void quorumDecidesNotTheSingleMember() {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				Health whole = health(context);
				assertThat(whole.getStatus()).isEqualTo(Status.UP);
				assertThat(etcd.getMembers()).filteredOn((member) -> leads(whole, member)).hasSize(1);
				etcd.getMember(0).kill();
				Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.UP);
					assertThat(endpoint(health, etcd.getMember(0).getEndpoint())).containsOnlyKeys("error");
					assertThat(endpoint(health, etcd.getMember(1).getEndpoint())).containsKey("memberId");
				});
				etcd.getMember(1).kill();
				Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.DOWN);
					assertThat(reason(health)).contains("does not serve").contains("etcd has no leader");
					assertThat(endpoint(health, etcd.getMember(2).getEndpoint())).containsKey("memberId");
				});
			});
		}
	}

	@Test
	void connectionIsKeptWhileItWorks() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				TcpProxy proxy = new TcpProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			runner(RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), etcd.getClientCredentials()))
				.run((context) -> {
					verifyConnectionIsKept(proxy, context);
					int connections = proxy.getConnections();
					proxy.reset();
					Awaitility.await().until(() -> health(context).getStatus().equals(Status.UP));
					assertThat(proxy.getConnections()).isGreaterThan(connections);
					verifyConnectionIsKept(proxy, context);
				});
		}
	}

	private static void verifyConnectionIsKept(TcpProxy proxy, ApplicationContext context) {
		assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		// How many it took to get there depends on what else the machine does
		int connections = proxy.getConnections();
		for (int i = 0; i < 50; i++) {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		}
		assertThat(proxy.getConnections()).isEqualTo(connections);
	}

	@Test
	void rotationIsNeverDown(@TempDir Path temporary) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			List<ClientCredentials> credentials = List.of(etcd.newClientCredentials("first"),
					etcd.newClientCredentials("second"));
			directory.swap(etcd.getConnectionString(), credentials.get(0));
			AtomicBoolean running = new AtomicBoolean(true);
			Queue<Health> notUp = new ConcurrentLinkedQueue<>();
			runner(RelationTester.runner()).withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					ExecutorService threads = Executors.newFixedThreadPool(4);
					List<CompletableFuture<Void>> pollers = Stream.generate(() -> CompletableFuture.runAsync(() -> {
						while (running.get()) {
							Health health = health(context);
							if (!health.getStatus().equals(Status.UP)) {
								notUp.add(health);
							}
						}
					}, threads)).limit(4).toList();
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					for (int i = 1; i <= 12; i++) {
						ClientCredentials next = credentials.get(i % 2);
						directory.swap(etcd.getConnectionString(), next);
						Awaitility.await().until(() -> next.equals(relation.getClientCredentials()));
					}
					running.set(false);
					pollers.forEach(CompletableFuture::join);
					threads.shutdown();
				});
			assertThat(notUp).isEmpty();
		}
	}

	@Test
	void hangingEtcdIsLeftNoConnections() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				TcpProxy proxy = new TcpProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			runner(RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), etcd.getClientCredentials()))
				.run((context) -> {
					// A busy machine may need longer than a check may take
					Awaitility.await().until(() -> health(context).getStatus().equals(Status.UP));
					Awaitility.await().until(() -> proxy.getOpenSockets() == 2);
					int connections = proxy.getConnections();
					etcd.getMember(0).pause();
					try {
						for (int i = 0; i < 3; i++) {
							assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
						}
						assertThat(proxy.getConnections()).isEqualTo(connections + 2);
						Awaitility.await().until(() -> proxy.getOpenSockets() == 0);
					}
					finally {
						etcd.getMember(0).resume();
					}
				});
		}
	}

	@Test
	void newCredentialsAreUsed(@TempDir Path temporary) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				TcpProxy proxy = new TcpProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			String connectionString = "https://127.0.0.1:" + proxy.getPort();
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			directory.swap(connectionString, etcd.newClientCredentials("first"));
			runner(RelationTester.runner()).withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					ClientCredentials second = etcd.newClientCredentials("second");
					directory.swap(connectionString, second);
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					Awaitility.await().until(() -> second.equals(relation.getClientCredentials()));
					int connections = proxy.getConnections();
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					assertThat(proxy.getConnections()).isEqualTo(connections + 1);
				});
		}
	}

	@Test
	void relationThatWaitsIsDown() {
		runner(RelationTester.runner()).withPropertyValues("etcd.relation.version=3.4.23").run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(reason(health)).contains("no connection string");
		});
	}

	@Test
	void dataThatCannotBeUsedIsDown(@TempDir Path temporary) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			ClientCredentials credentials = etcd.getClientCredentials();
			directory.swap(etcd.getConnectionString(),
					new ClientCredentials(credentials.clientCert(), "no key", credentials.clientCa()));
			runner(RelationTester.runner()).withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.DOWN);
					assertThat(reason(health))
						.isEqualTo("Relation 'etcd' is not available: client-key is not PEM (directory %s)"
							.formatted(directory.getPath()));
				});
		}
	}

	@Test
	void alarmIsDownUntilItIsDisarmed() {
		try (LocalEtcd etcd = LocalEtcd.builder().argument("--quota-backend-bytes=2097152").start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				Client client = context.getBean(Client.class);
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(fill(client)).hasMessageContaining("database space exceeded")
					.hasMessageContaining("Relation 'etcd': the quota of etcd's database is used up");
				Awaitility.await().until(() -> health(context).getStatus().equals(Status.DOWN));
				Health health = health(context);
				Map<String, Object> endpoint = endpoint(health, etcd.getConnectionString());
				String memberId = (String) endpoint.get("memberId");
				assertThat(health.getDetails()).containsEntry("alarms", Map.of(memberId, "NOSPACE"));
				assertThat(reason(health))
					.isEqualTo("Relation 'etcd': etcd at %s has raised an alarm: NOSPACE of member %s"
						.formatted(etcd.getConnectionString(), memberId));
				assertThat((long) endpoint.get("databaseSize")).isGreaterThan(1_000_000);
				assertThat((long) endpoint.get("databaseSizeInUse")).isPositive();
				assertThat(endpoint.get("databaseQuota"))
					.isEqualTo(etcd.getVersion().matches("3\\.[45]\\..*") ? null : 2097152L);
				free(client, etcd.getConnectionString());
				get(client.getMaintenanceClient()
					.alarmDisarm(new AlarmMember(Long.parseUnsignedLong(memberId, 16), AlarmType.NOSPACE)));
				Awaitility.await().until(() -> health(context).getStatus().equals(Status.UP));
				assertThat(health(context).getDetails()).doesNotContainKeys("alarms", "reason");
			});
		}
	}

	private static Throwable fill(Client client) throws Exception {
		ByteSequence value = ByteSequence.from(new byte[512 * 1024]);
		// etcd notices what it has used with its next commit
		for (int i = 0; i < 200; i++) {
			try {
				get(client.getKVClient().put(bytes("fill" + i), value));
			}
			catch (ExecutionException ex) {
				return ex.getCause();
			}
		}
		throw new AssertionError("etcd accepted more than its quota");
	}

	private static void free(Client client, String endpoint) throws Exception {
		long revision = get(client.getKVClient().delete(bytes("fill"), DeleteOption.builder().isPrefix(true).build()))
			.getHeader()
			.getRevision();
		get(client.getKVClient().compact(revision, CompactOption.builder().withCompactPhysical(true).build()));
		get(client.getMaintenanceClient().defragmentMember(endpoint));
	}

	@Test
	void whatCallsKnowIsThereByMember() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			runner(RelationTester.runner(etcd)).run((context) -> {
				assertThat(health(context).getDetails()).containsEntry("members", Map.of());
				Client client = context.getBean(Client.class);
				get(client.getKVClient().put(bytes("key"), bytes("value")));
				try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("key"), new RecordingListener())) {
					Awaitility.await().untilAsserted(() -> {
						Map<String, Object> member = member(health(context), etcd.getConnectionString());
						assertThat(member).containsEntry("state", "serving")
							.containsEntry("callsInFlight", 0)
							.containsEntry("streams", 1)
							.containsEntry("version", etcd.getVersion())
							.doesNotContainKeys("error", "refusal");
						assertThat((String) member.get("leader")).matches("[0-9a-f]+");
						assertThat((String) member.get("certificate")).matches("[0-9a-f]{64}");
						assertThat((Instant) member.get("certificateExpiry")).isAfter(Instant.now());
						assertThat((long) member.get("lastHeardMillisAgo")).isBetween(0L, 60_000L);
					});
				}
			});
		}
	}

	@Test
	void callsWithoutServingMemberAreDownWhateverProbesSay() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			proxy.refuse((method, headers) -> method.contains("KV/")
					? io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: no leader") : null);
			runner(RelationTester.runner())
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString())
				.run((context) -> {
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					CompletableFuture<GetResponse> call = context.getBean(Client.class).getKVClient().get(bytes("key"));
					Awaitility.await().untilAsserted(() -> {
						Health health = health(context);
						assertThat(health.getStatus()).isEqualTo(Status.DOWN);
						assertThat(reason(health))
							.endsWith("answers to health checks, but calls have no serving member: etcd has no leader");
					});
					proxy.refuse((method, headers) -> null);
					get(call);
					Awaitility.await().until(() -> health(context).getStatus().equals(Status.UP));
				});
		}
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void refusalIsUp(io.grpc.Status refusal) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			proxy.cut("Maintenance/Status", 1, refusal, () -> true);
			runner(RelationTester.runner())
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString())
				.run((context) -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.UP);
					assertThat(endpoint(health, proxy.getConnectionString())).containsEntry("error",
							refusal.getDescription());
				});
		}
	}

	static Stream<io.grpc.Status> refusals() {
		return Stream.of(io.grpc.Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"),
				io.grpc.Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
				io.grpc.Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty"));
	}

	@Test
	void missingUserIsUp() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			enableAuth(etcd);
			runner(RelationTester.runner(etcd))
				.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
		}
	}

	@Test
	void clientOfTheApplicationIsAsked(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			runner(RelationTester.runner())
				.withBean(Client.class, () -> Client.builder().endpoints(etcd.getConnectionString()).build())
				.run((context) -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.UP);
					assertThat(health.getDetails().get("members")).asInstanceOf(InstanceOfAssertFactories.MAP)
						.containsValue(List.of(etcd.getConnectionString()));
					etcd.getMember(0).kill();
					for (int i = 0; i < 3; i++) {
						health = health(context);
						assertThat(health.getStatus()).isEqualTo(Status.DOWN);
						assertThat(reason(health)).startsWith("etcd: ");
					}
				});
		}
		assertThat(output.toString()).isEmpty();
	}

	private static void enableAuth(LocalEtcd etcd) {
		RelationTester.runner(etcd).run((context) -> {
			var auth = context.getBean(Client.class).getAuthClient();
			get(auth.userAdd(bytes("root"), bytes("s3cr3t")));
			get(auth.userGrantRole(bytes("root"), bytes("root")));
			get(auth.authEnable());
		});
	}

	private static boolean leads(Health health, LocalEtcdMember member) {
		return Boolean.TRUE.equals(endpoint(health, member.getEndpoint()).get("leader"));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> endpoint(Health health, String url) {
		return ((Map<String, Map<String, Object>>) health.getDetails().get("endpoints")).get(url);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> member(Health health, String url) {
		return ((Map<String, Map<String, Object>>) health.getDetails().get("members")).get(url);
	}

	private static String reason(Health health) {
		return (String) health.getDetails().get("reason");
	}

	private static ApplicationContextRunner runner(ApplicationContextRunner runner) {
		return runner.withConfiguration(AutoConfigurations.of(EtcdHealthContributorAutoConfiguration.class));
	}

	private static Health health(ApplicationContext context) {
		long start = System.nanoTime();
		Health health = context.getBean("etcdHealthContributor", HealthIndicator.class).health();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
		assertThat(health.toString()).doesNotContain("-----BEGIN");
		return health;
	}

}
