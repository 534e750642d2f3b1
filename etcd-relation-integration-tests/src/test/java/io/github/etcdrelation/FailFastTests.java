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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What keeps every connection from being opened and does not pass by itself does not cost
 * each call its whole deadline.
 */
@WithLocalEtcd(mutualTls = true)
@Execution(ExecutionMode.CONCURRENT)
class FailFastTests {

	private final LocalEtcd etcd;

	FailFastTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	static Stream<String> permanent() {
		return Stream.of("authority", "client certificate", "host");
	}

	@ParameterizedTest
	@MethodSource("permanent")
	void callsFailSoonWhileTheReasonDoesNotPass(String kind) {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			CertificateAuthority authority = other.getCertificateAuthority();
			switch (kind) {
				case "authority" ->
					member.replaceServerCertificate(CertificateAuthority.create("stranger").issueServer("127.0.0.1"));
				case "client certificate" -> {
					member.setTrustedCa(CertificateAuthority.create("stranger").caPem());
					member.restart();
				}
				default -> member.replaceServerCertificate(authority.issueServer("10.1.2.3"));
			}
			RelationTester.runner(other.getConnectionString(), other.getClientCredentials()).run((context) -> {
				Client client = context.getBean(Client.class);
				long begin = System.nanoTime();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(4),
						Duration.ofSeconds(9));
				long then = System.nanoTime();
				assertThat(failure(client.getKVClient().put(bytes("key"), bytes("value"))))
					.hasMessageContaining("cannot be reached");
				assertThat(failure(client.getLockClient().lock(bytes("lock"), 0)))
					.hasMessageContaining("cannot be reached");
				assertThat(Duration.ofNanos(System.nanoTime() - then)).isLessThan(Duration.ofSeconds(6));
				if (kind.equals("client certificate")) {
					member.setTrustedCa(authority.caPem());
					member.restart();
				}
				else {
					member.replaceServerCertificate(authority.issueServer("127.0.0.1"));
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(10))
					.ignoreExceptions()
					.untilAsserted(() -> get(client.getKVClient().put(bytes("key"), bytes("value"))));
			});
		}
	}

	@Test
	void addressOfTheOtherFamilyWithoutAListenerDoesNotMatter() {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			RelationTester
				.runner("https://localhost:" + member.getPort(),
						CertificateAuthority.create("stranger").issueClient("guest"))
				.run((context) -> {
					Client client = context.getBean(Client.class);
					assertThat(failure(client.getKVClient().get(bytes("key"))))
						.hasMessageContaining("FAILED_PRECONDITION");
				});
		}
	}

	@Test
	void callsWaitForOtherEndpointsThatAreBeingConnected(@TempDir Path temporary) throws Exception {
		RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
		ClientCredentials credentials = this.etcd.getClientCredentials();
		directory.swap(this.etcd.getConnectionString(), new ClientCredentials(credentials.clientCert(),
				credentials.clientKey(), CertificateAuthority.create("stranger").caPem()));
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			other.getMember(0).stop();
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath(), "etcd.relation.poll-interval=1s",
						"etcd.relation.client.request-timeout=30s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					assertThat(failure(client.getKVClient().get(bytes("key"))))
						.hasMessageContaining("FAILED_PRECONDITION");
					directory.swap(other.getConnectionString(), other.getClientCredentials());
					context.getBean(EtcdRelations.class).refresh("etcd");
					CompletableFuture<?> waiting = client.getKVClient().get(bytes("key"));
					other.getMember(0).start();
					get(waiting);
				});
		}
	}

	@Test
	void watchWaitsForAnAuthorityThatIsMended(@TempDir Path temporary) throws Exception {
		RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
		ClientCredentials credentials = this.etcd.getClientCredentials();
		directory.swap(this.etcd.getConnectionString(), new ClientCredentials(credentials.clientCert(),
				credentials.clientKey(), CertificateAuthority.create("stranger").caPem()));
		RelationTester.runner()
			.withPropertyValues("etcd.relation.directory=" + directory.getPath(), "etcd.relation.poll-interval=1s",
					"etcd.relation.client.user=app", "etcd.relation.client.password=s3cr3t")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				RecordingListener listener = new RecordingListener();
				client.getWatchClient()
					.watch(bytes("watched"), WatchOption.builder().withRevision(1).build(), listener);
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				directory.swap(this.etcd.getConnectionString(), credentials);
				long[] revision = new long[1];
				Awaitility.await()
					.ignoreExceptions()
					.untilAsserted(() -> revision[0] = get(client.getKVClient().put(bytes("watched"), bytes("value")))
						.getHeader()
						.getRevision());
				listener.assertSaw(List.of(revision[0]));
			});
	}

	@Test
	void callsWaitWithoutFailFast() {
		RelationTester
			.runner(this.etcd.getConnectionString(), CertificateAuthority.create("stranger").issueClient("guest"))
			.withPropertyValues("etcd.relation.client.fail-fast=false", "etcd.relation.client.request-timeout=7s")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				long begin = System.nanoTime();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("DEADLINE_EXCEEDED");
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("DEADLINE_EXCEEDED");
				assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.SECONDS.toNanos(13));
			});
	}

	@Test
	void lockThatWaitsOutlivesRefusals() throws Exception {
		try (LocalEtcd other = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = other.getMember(0);
			RelationTester.runner(other.getConnectionString(), other.getClientCredentials()).run((context) -> {
				Client client = context.getBean(Client.class);
				long first = get(client.getLeaseClient().grant(120)).getID();
				long second = get(client.getLeaseClient().grant(120)).getID();
				var key = get(client.getLockClient().lock(bytes("lock"), first)).getKey();
				var waiting = client.getLockClient().lock(bytes("lock"), second);
				Awaitility.await()
					.untilAsserted(() -> assertThat(
							get(client.getKVClient().get(bytes("lock/"), GetOption.builder().isPrefix(true).build()))
								.getCount())
						.isEqualTo(2));
				member.setTrustedCa(CertificateAuthority.create("stranger").caPem());
				member.restart();
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(failure(client.getKVClient().get(bytes("key")))).hasMessageContaining("FAILED_PRECONDITION");
				assertThat(waiting).isNotDone();
				member.setTrustedCa(other.getCertificateAuthority().caPem());
				member.restart();
				Awaitility.await().ignoreExceptions().untilAsserted(() -> get(client.getLockClient().unlock(key)));
				assertThat(get(waiting).getKey()).isNotNull();
			});
		}
	}

}
