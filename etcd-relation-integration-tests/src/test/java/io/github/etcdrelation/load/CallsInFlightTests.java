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

package io.github.etcdrelation.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.test.LocalEtcd;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a caller gets who has too many calls in flight.
 */
class CallsInFlightTests {

	private static final String REFUSED = "Relation '%s': %d calls are in flight, the most that '%s.client.max-calls-in-flight' allows";

	@Test
	void callBeyondTheLimitIsRefusedAtOnceAndTheNextIsServed() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner()
				.withPropertyValues(RelationTester.properties("etcd.relations.orders", etcd.getConnectionString(),
						etcd.getClientCredentials()))
				.withPropertyValues("etcd.relations.orders.client.max-calls-in-flight=20",
						"etcd.relations.orders.client.request-timeout=60s")
				.run((context) -> {
					KV kv = context.getBean("ordersEtcdClient", Client.class).getKVClient();
					get(kv.put(bytes("key"), bytes("value")));
					etcd.getMember(0).pause();
					List<CompletableFuture<PutResponse>> admitted = puts(kv, 20);
					CompletableFuture<PutResponse> refused = kv.put(bytes("key"), bytes("value"));
					assertThat(refused).isDone();
					assertRefused(failure(refused), REFUSED.formatted("orders", 20, "etcd.relations.orders"));
					assertThat(admitted).noneMatch(CompletableFuture::isDone);
					etcd.getMember(0).resume();
					for (CompletableFuture<PutResponse> put : admitted) {
						get(put);
						// Started as soon as another has ended
						get(kv.put(bytes("key"), bytes("value")));
					}
				});
		}
	}

	@Test
	void callsOfTheStarterItselfAreNotRefused() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.max-calls-in-flight=3")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					RelationChannel channel = channel(context);
					List<String> ends = new CopyOnWriteArrayList<>();
					List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
					long first = get(client.getLeaseClient().grant(60)).getID();
					long second = get(client.getLeaseClient().grant(60)).getID();
					get(client.getLockClient().lock(bytes("lock"), first));
					List<Watch.Watcher> watchers = new ArrayList<>();
					for (int i = 0; i < 2; i++) {
						watchers.add(client.getWatchClient().watch(bytes("key"), Watch.listener((response) -> {
						}, (failure) -> ends.add(failure.toString()))));
					}
					CompletableFuture<?> waiting = client.getLockClient().lock(bytes("lock"), second);
					Awaitility.await().until(() -> channel.getStatus().callsInFlight() == 3);
					assertThat(channel.verify(Duration.ofSeconds(10))).succeedsWithin(Duration.ofSeconds(20))
						.matches(Status::isOk);
					try (CloseableClient kept = client.getLeaseClient()
						.keepAlive(first,
								Observers.<LeaseKeepAliveResponse>builder()
									.onNext(renewals::add)
									.onError((failure) -> ends.add(failure.toString()))
									.build())) {
						Awaitility.await().until(() -> !renewals.isEmpty());
						etcd.getMember(0).kill();
						etcd.getMember(0).start();
						assertRefused(failure(client.getKVClient().get(bytes("key"))),
								REFUSED.formatted("etcd", 3, "etcd.relation"));
						get(client.getLeaseClient().keepAliveOnce(first));
						// What gives the waiting call its turn
						get(client.getLeaseClient().revoke(first));
						get(waiting);
						watchers.forEach(Watch.Watcher::close);
						Awaitility.await().until(() -> channel.getStatus().callsInFlight() <= 1);
						assertThat(ends).allMatch((end) -> end.contains("NOT_FOUND") || end.contains("not found"));
					}
				});
		}
	}

	@Test
	void watchBeyondTheLimitEndsWithTheReason() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.max-calls-in-flight=1")
				.run((context) -> {
					Watch watch = context.getBean(Client.class).getWatchClient();
					List<Throwable> ends = new CopyOnWriteArrayList<>();
					try (Watch.Watcher admitted = watch.watch(bytes("key"), Watch.listener((response) -> {
					}, ends::add)); Watch.Watcher refused = watch.watch(bytes("key"), Watch.listener((response) -> {
					}, ends::add))) {
						Awaitility.await().until(refused::isClosed);
						assertThat(ends).hasSize(1);
						assertRefused(ends.get(0), REFUSED.formatted("etcd", 1, "etcd.relation"));
						assertThat(admitted.isClosed()).isFalse();
					}
					Awaitility.await().until(() -> channel(context).getStatus().callsInFlight() == 0);
				});
		}
	}

	@Test
	void noCallIsWithoutEndAtTheLimitWhenTheContextIsClosed() {
		List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.max-calls-in-flight=500",
						"etcd.relation.client.request-timeout=60s")
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					get(kv.put(bytes("key"), bytes("value")));
					etcd.getMember(0).pause();
					puts.addAll(puts(kv, 1000));
					assertThat(puts).filteredOn(CompletableFuture::isDone).hasSize(500);
				});
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> puts.stream().allMatch(CompletableFuture::isDone));
			etcd.getMember(0).resume();
		}
		assertThat(puts).allMatch(CompletableFuture::isCompletedExceptionally);
	}

	@Test
	void noCallIsWithoutEndAtTheLimitWhenTheMemberBreaks() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.max-calls-in-flight=500",
						"etcd.relation.client.request-timeout=5s")
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					awaitPut(kv);
					List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
					for (int i = 0; i < 4; i++) {
						puts.addAll(puts(kv, 400));
						if (i == 1) {
							etcd.getMember(0).kill();
						}
					}
					Awaitility.await()
						.atMost(Duration.ofSeconds(40))
						.until(() -> puts.stream().allMatch(CompletableFuture::isDone));
					assertThat(channel(context).getStatus().callsInFlight()).isZero();
					etcd.getMember(0).start();
					awaitPut(kv);
				});
		}
	}

	/**
	 * Write as soon as etcd serves, which may take longer than a call does.
	 */
	private static void awaitPut(KV kv) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.ignoreExceptions()
			.until(() -> get(kv.put(bytes("key"), bytes("value"))) != null);
	}

	private static List<CompletableFuture<PutResponse>> puts(KV kv, int count) {
		List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			puts.add(kv.put(bytes("key"), bytes("value")));
		}
		return puts;
	}

	private static RelationChannel channel(AssertableApplicationContext context) {
		return LoadFigures.channel(context);
	}

	private static void assertRefused(Throwable failure, String text) {
		assertThat(LoadFigures.code(failure)).isEqualTo("RESOURCE_EXHAUSTED");
		assertThat(failure).hasMessageContaining(text).hasMessageContaining("wait for some of them to end");
	}

}
