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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * On which threads callbacks run, and what is left when the application ends.
 */
@WithLocalEtcd(mutualTls = true)
class ThreadsAndEndTests {

	private final LocalEtcd etcd;

	ThreadsAndEndTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void callbacksRunOnThePool() {
		RelationTester.runner(this.etcd).run((context) -> {
			List<String> threads = callbackThreads(context.getBean(Client.class));
			assertThat(threads).allMatch((name) -> name.matches("etcd-relation-\\d+"));
		});
	}

	@Test
	void callbacksRunOnNetworkThreadsIfDirect() {
		RelationTester.runner(this.etcd)
			.withPropertyValues("etcd.relation.client.callback-executor=direct")
			.run((context) -> assertThat(callbackThreads(context.getBean(Client.class)))
				.allMatch((name) -> name.startsWith("grpc-")));
	}

	private static List<String> callbackThreads(Client client) throws Exception {
		List<String> threads = new CopyOnWriteArrayList<>();
		get(client.getKVClient().put(bytes("connected"), bytes("value")));
		CountDownLatch events = new CountDownLatch(1);
		try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("threads"), (response) -> {
			threads.add(Thread.currentThread().getName());
			events.countDown();
		})) {
			// A future that is complete already would call back on this thread
			for (int i = 0; i < 20; i++) {
				CompletableFuture<Void> end = client.getKVClient()
					.put(bytes("threads"), bytes("value"))
					.thenAccept((response) -> threads.add(Thread.currentThread().getName()));
				get(end);
			}
			assertThat(events.await(10, TimeUnit.SECONDS)).isTrue();
		}
		String own = Thread.currentThread().getName();
		threads.removeIf(own::equals);
		assertThat(threads).isNotEmpty();
		return threads;
	}

	@Test
	void callThatIsRepeatedStartsInThePool() {
		StartRecorder starts = new StartRecorder();
		LocalEtcdMember member = this.etcd.getMember(0);
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), this.etcd.getClientCredentials())
				.withBean(EtcdClientBuilderCustomizer.class, () -> (builder) -> builder.interceptors(List.of(starts)))
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					get(kv.put(bytes("key"), bytes("value")));
					member.pause();
					// What only reads the channel itself repeats
					CompletableFuture<LeaseGrantResponse> waiting;
					try {
						waiting = context.getBean(Client.class).getLeaseClient().grant(60);
						Awaitility.await().until(() -> starts.sent.get() == 2);
						proxy.reset();
					}
					finally {
						member.resume();
					}
					assertThat(get(waiting).getID()).isNotZero();
				});
		}
		String own = Thread.currentThread().getName();
		assertThat(starts.threads).hasSize(3).startsWith(own, own);
		assertThat(starts.threads.get(2)).matches("etcd-relation-\\d+");
	}

	@Test
	void callbacksThatWaitForCallsDoNotStarveThePool() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			List<CompletableFuture<GetResponse>> all = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				all.add(client.getKVClient()
					.get(bytes("key"))
					.thenApply((response) -> client.getKVClient().get(bytes("key")).join()));
			}
			for (CompletableFuture<GetResponse> one : all) {
				get(one);
			}
		});
	}

	@Test
	void largeResponsesAreReceived() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			String value = "x".repeat(1_000_000);
			for (int i = 0; i < 6; i++) {
				get(client.getKVClient().put(bytes("large/" + i), bytes(value)));
			}
			assertThat(get(client.getKVClient()
				.get(bytes("large/"), io.etcd.jetcd.options.GetOption.builder().isPrefix(true).build())).getKvs())
				.hasSize(6);
		});
	}

	@Test
	void nothingIsLeftWhenTheContextIsClosed() throws Exception {
		// What all users of gRPC in this JVM share comes and goes by itself
		RelationTester.runner(this.etcd)
			.run((context) -> useEverything(context.getBean(Client.class), new ArrayList<>()));
		awaitNoThreads();
		List<CompletableFuture<?>> inFlight = new ArrayList<>();
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			useEverything(client, inFlight);
			long lease = get(client.getLeaseClient().grant(60)).getID();
			long waiting = get(client.getLeaseClient().grant(60)).getID();
			get(client.getLockClient().lock(bytes("held"), lease));
			inFlight.add(client.getLockClient().lock(bytes("held"), waiting));
			this.etcd.getMember(0).pause();
			for (int i = 0; i < 20; i++) {
				inFlight.add(client.getKVClient().get(bytes("key")));
				inFlight.add(client.getKVClient().put(bytes("key"), bytes("value")));
				inFlight.add(client.getLeaseClient().keepAliveOnce(lease));
				inFlight.add(client.getMaintenanceClient().statusMember(this.etcd.getConnectionString()));
			}
			assertThat(inFlight).noneMatch(CompletableFuture::isDone);
		});
		this.etcd.getMember(0).resume();
		for (CompletableFuture<?> future : inFlight) {
			assertThat(failure(future)).isNotNull();
		}
		awaitNoThreads();
	}

	private static void useEverything(Client client, List<CompletableFuture<?>> inFlight) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
		long lease = get(client.getLeaseClient().grant(60)).getID();
		List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
		CloseableClient keepAlive = client.getLeaseClient().keepAlive(lease, Observers.observer(renewals::add));
		Awaitility.await().until(() -> !renewals.isEmpty());
		assertThat(keepAlive).isNotNull();
		assertThat(client.getWatchClient().watch(bytes("key"), (response) -> {
		}).isClosed()).isFalse();
	}

	private static void awaitNoThreads() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(threads()).as("threads that should have ended").isEmpty());
	}

	private static Set<String> threads() {
		Set<String> names = new TreeSet<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			String name = thread.getName();
			if (name.startsWith("etcd-relation") || name.startsWith("jetcd") || name.startsWith("vert.x")
					|| name.startsWith("grpc-nio") || name.startsWith("grpc-timer")) {
				names.add(name);
			}
		}
		return names;
	}

	@Test
	void contextClosesWhileEtcdIsDown() {
		try (LocalEtcd absent = LocalEtcd.builder().mutualTls().build()) {
			List<CompletableFuture<?>> inFlight = new ArrayList<>();
			RelationTester.runner(absent).run((context) -> {
				Client client = context.getBean(Client.class);
				inFlight.add(client.getKVClient().get(bytes("key")));
				inFlight.add(client.getKVClient().put(bytes("key"), bytes("value")));
				inFlight.add(client.getLockClient().lock(bytes("key"), 1));
			});
			for (CompletableFuture<?> future : inFlight) {
				assertThat(future).failsWithin(Duration.ofSeconds(5));
			}
		}
	}

	@Test
	void idleConnectionIsNotEndedByEtcd() {
		try (LocalEtcd plain = LocalEtcd.builder().start();
				TcpProxy proxy = new TcpProxy(plain.getMember(0).getHost(), plain.getMember(0).getPort())) {
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:" + proxy.getPort(),
						"etcd.relation.client.keep-alive-time=10s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					get(client.getKVClient().put(bytes("key"), bytes("value")));
					// etcd ends a connection at the third ping that comes without a call,
					// so
					// there is to be none: the shortest interval between pings is ten
					// seconds
					AtomicLong sent = new AtomicLong();
					Awaitility.await()
						.atMost(Duration.ofSeconds(60))
						.during(Duration.ofSeconds(13))
						.until(() -> sent.getAndSet(proxy.getSent()) == proxy.getSent());
					assertThat(proxy.getConnections()).isOne();
				});
		}
	}

	/**
	 * Records where calls start and how many have left.
	 */
	private static final class StartRecorder extends ClientStreamTracer.Factory implements ClientInterceptor {

		private final List<String> threads = new CopyOnWriteArrayList<>();

		private final AtomicInteger sent = new AtomicInteger();

		@Override
		public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
				CallOptions options, Channel next) {
			this.threads.add(Thread.currentThread().getName());
			return next.newCall(method, options.withStreamTracerFactory(this));
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void outboundMessageSent(int seqNo, long optionalWireSize, long optionalUncompressedSize) {
					StartRecorder.this.sent.incrementAndGet();
				}

			};
		}

	}

}
