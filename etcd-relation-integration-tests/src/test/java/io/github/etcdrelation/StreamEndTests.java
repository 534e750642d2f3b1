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

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams that cannot go on say so.
 */
class StreamEndTests {

	@TempDir
	private Path temporary;

	@Test
	void watchWhosePastIsCompactedEndsWithThat() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					long revision = get(kv.put(bytes("key"), bytes("value"))).getHeader().getRevision();
					for (int i = 0; i < 10; i++) {
						get(kv.put(bytes("key"), bytes("value")));
					}
					get(kv.compact(revision + 5));
					RecordingListener listener = new RecordingListener();
					client.getWatchClient()
						.watch(bytes("key"), WatchOption.builder().withRevision(revision).build(), listener);
					Awaitility.await().until(() -> !listener.getErrors().isEmpty());
					assertThat(listener.getErrors()).hasSize(1).first().isInstanceOf(CompactedException.class);
				});
		}
	}

	@Test
	void watchDoesNotGoOnInAnotherCluster() {
		try (LocalEtcd first = LocalEtcd.builder().mutualTls().start();
				LocalEtcd second = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.write(first.getConnectionString(), first.getClientCredentials());
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					RecordingListener listener = new RecordingListener();
					// Without a revision it could be created after the put and miss it
					client.getWatchClient()
						.watch(bytes("key"), WatchOption.builder().withRevision(1).build(), listener);
					get(client.getKVClient().put(bytes("key"), bytes("first")));
					Awaitility.await().until(() -> listener.getEvents() == 1);
					directory.write(second.getConnectionString(), second.getClientCredentials());
					Awaitility.await().until(() -> !listener.getErrors().isEmpty());
					assertThat(listener.getErrors().get(0)).hasMessageContaining("another etcd cluster");
					assertThat(get(client.getKVClient().get(bytes("key"))).getKvs()).isEmpty();
				});
		}
	}

	@Test
	void observedElectionEndsWhenItsConnectionIsReplaced() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.write(etcd.getConnectionString(), etcd.newClientCredentials("first"));
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath(),
						"etcd.relation.client.drain-timeout=1s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long lease = get(client.getLeaseClient().grant(60)).getID();
					get(client.getElectionClient().campaign(bytes("seat"), lease, bytes("me")));
					AtomicInteger leaders = new AtomicInteger();
					List<Throwable> errors = new CopyOnWriteArrayList<>();
					client.getElectionClient().observe(bytes("seat"), new Election.Listener() {

						@Override
						public void onNext(LeaderResponse response) {
							leaders.incrementAndGet();
						}

						@Override
						public void onError(Throwable failure) {
							errors.add(failure);
						}

						@Override
						public void onCompleted() {
						}

					});
					Awaitility.await().until(() -> leaders.get() > 0);
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					ClientCredentials next = etcd.newClientCredentials("second");
					directory.write(etcd.getConnectionString(), next);
					Awaitility.await().until(() -> next.equals(relation.getClientCredentials()));
					assertThat(errors).isEmpty();
					Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !errors.isEmpty());
					assertThat(errors.get(0)).hasMessageContaining("Relation 'etcd' changed");
					assertThat(((EtcdException) errors.get(0)).getErrorCode()).isEqualTo(ErrorCode.UNAVAILABLE);
				});
		}
	}

	@Test
	void callsToOneMemberUseTheCurrentCredentials() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			ClientCredentials first = etcd.newClientCredentials("first");
			directory.write("connection_string", "https://127.0.0.1:1");
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					directory.write(etcd.getConnectionString(), first);
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					Awaitility.await().until(() -> first.equals(relation.getClientCredentials()));
					Client client = context.getBean(Client.class);
					assertThat(get(client.getMaintenanceClient().statusMember(member.getEndpoint())).getVersion())
						.isEqualTo(etcd.getVersion());
				});
		}
	}

	@Test
	void literalIpv6AddressIsReached() throws Exception {
		Assumptions.assumeTrue(InetAddress.getByName("::1").isReachable(1000), "no IPv6 on this machine");
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().loopbackAddresses("::1").start()) {
			assertThat(etcd.getConnectionString()).contains("[::1]");
			RelationTester.runner(etcd)
				.run((context) -> get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value"))));
		}
	}

	@Test
	void closedWatcherHearsNothingMore() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				RecordingListener listener = new RecordingListener();
				// Without a revision it could be created after the put and miss it
				Watch.Watcher watcher = client.getWatchClient()
					.watch(bytes("key"), WatchOption.builder().withRevision(1).build(), listener);
				get(client.getKVClient().put(bytes("key"), bytes("1")));
				Awaitility.await().until(() -> listener.getEvents() == 1);
				watcher.close();
				etcd.getMember(0).kill();
				etcd.getMember(0).restart();
				get(client.getKVClient().put(bytes("key"), bytes("2")));
				assertThat(listener.getEvents()).isEqualTo(1);
				assertThat(listener.getErrors()).isEmpty();
			});
		}
	}

}
