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

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams whose connection breaks at any moment.
 */
@Execution(ExecutionMode.CONCURRENT)
class StreamResumptionTests {

	private static final int BACKLOG = 1000;

	private static final int LIVE = 1000;

	private static final int CUTS = 20;

	// Each is waited for longer than the one before
	private static final int CUTS_IN_A_ROW = 6;

	private final Random random = new Random(20261122);

	// The revisions of one are those of one test
	private LocalEtcd etcd;

	@AfterEach
	void stopEtcd() {
		this.etcd.close();
	}

	private LocalEtcdMember start(LocalEtcd.Builder builder) {
		this.etcd = builder.start();
		return this.etcd.getMember(0);
	}

	@Test
	void watchOutlivesResets() {
		LocalEtcdMember member = start(LocalEtcd.builder().mutualTls());
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), this.etcd.getClientCredentials())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					try (Client writer = hiddenWriter(this.etcd)) {
						long first = putBacklog(writer.getKVClient(), "reset/");
						RecordingListener listener = new RecordingListener();
						try (Watch.Watcher watcher = watch(client, "reset/", first, listener)) {
							int before = proxy.getConnections();
							awaitEvents(listener, BACKLOG);
							for (int i = 1; i <= CUTS; i++) {
								int more = this.random.nextInt(LIVE / CUTS);
								CompletableFuture<Void> puts = CompletableFuture
									.runAsync(() -> putLiveUnchecked(writer.getKVClient(), "reset/", LIVE / CUTS));
								awaitEvents(listener, BACKLOG + (i - 1) * (LIVE / CUTS) + more);
								proxy.reset();
								puts.join();
								awaitEvents(listener, BACKLOG + i * (LIVE / CUTS));
							}
							assertThat(proxy.getConnections() - before).isGreaterThanOrEqualTo(CUTS);
							awaitEvents(listener, BACKLOG + LIVE);
							listener.assertComplete(first, BACKLOG + LIVE);
						}
					}
				});
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "OK", "UNAVAILABLE", "ABORTED" }, value = Status.Code.class)
	void watchOutlivesCutsBeforeTheBacklog(Status.Code code) throws Exception {
		LocalEtcdMember member = start(LocalEtcd.builder());
		String prefix = code + "/";
		try (GrpcProxy proxy = new GrpcProxy(member.getHost(), member.getPort());
				TcpProxy front = new TcpProxy("127.0.0.1", proxy.getPort())) {
			// Those that are sent have no description
			Status end = (code != Status.Code.ABORTED) ? code.toStatus() : GrpcProxy.RESET;
			proxy.setResetAction(front::reset);
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:" + front.getPort())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long first = putBacklog(client.getKVClient(), prefix);
					// The first response says that the watch is created: the backlog is
					// to come
					proxy.cut("Watch/Watch", CUTS, end,
							() -> proxy.getCuts() < CUTS_IN_A_ROW || this.random.nextInt(4) == 0);
					try (Client writer = Client.builder().endpoints(this.etcd.getConnectionString()).build()) {
						KV kv = writer.getKVClient();
						RecordingListener listener = new RecordingListener();
						try (Watch.Watcher watcher = watch(client, prefix, first, listener)) {
							putLive(kv, prefix, LIVE);
							awaitEvents(listener, BACKLOG + LIVE);
							int live = LIVE;
							while (proxy.getCuts() < CUTS) {
								putLive(kv, prefix, 1);
								live++;
								awaitEvents(listener, BACKLOG + live);
							}
							putLive(kv, prefix, 1);
							awaitEvents(listener, BACKLOG + live + 1);
							listener.assertComplete(first, BACKLOG + live + 1);
						}
					}
				});
			assertThat(proxy.getCuts()).isEqualTo(CUTS);
		}
	}

	@Test
	void watchWithoutStartRevisionReplaysNothing() throws Exception {
		LocalEtcdMember member = start(LocalEtcd.builder());
		try (GrpcProxy proxy = new GrpcProxy(member.getHost(), member.getPort())) {
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					get(client.getKVClient().put(bytes("latest"), bytes("before the watch")));
					proxy.cut("Watch/Watch", 3, Status.UNAVAILABLE, () -> true);
					RecordingListener listener = new RecordingListener();
					try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("latest"), listener)) {
						Awaitility.await().until(() -> proxy.getCuts() == 3);
						long revision = get(client.getKVClient().put(bytes("latest"), bytes("after"))).getHeader()
							.getRevision();
						awaitEvents(listener, 1);
						listener.assertComplete(revision, 1);
					}
				});
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "OK", "UNAVAILABLE" }, value = Status.Code.class)
	void keptLeaseOutlivesEndOfStream(Status.Code code) throws Exception {
		LocalEtcdMember member = start(LocalEtcd.builder());
		try (GrpcProxy proxy = new GrpcProxy(member.getHost(), member.getPort())) {
			// The renewals that the ends of the streams cost are due until one is
			// answered
			proxy.rewrite((method, call, message) -> (method.endsWith("LeaseKeepAlive") && call <= 3) ? List.of()
					: List.of(message));
			proxy.cut("LeaseKeepAlive", 3, code.toStatus(), () -> true);
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					try (KeptLease lease = new KeptLease(client, Duration.ofSeconds(30))) {
						lease.awaitRenewals(2);
						assertThat(proxy.getCuts()).isEqualTo(3);
						lease.assertKept();
					}
				});
		}
	}

	@Test
	void keptLeasesOutliveResets() {
		LocalEtcdMember member = start(LocalEtcd.builder().mutualTls());
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), this.etcd.getClientCredentials())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					List<KeptLease> leases = new ArrayList<>();
					try {
						for (int i = 0; i < 5; i++) {
							int connections = proxy.getConnections();
							// All share a stream; the first renewal of each is lost on it
							KeptLease lease = new KeptLease(client, Duration.ofMinutes(5), proxy::swallow);
							leases.add(lease);
							proxy.reset();
							lease.awaitRenewals(1);
							assertThat(proxy.getConnections()).isGreaterThan(connections);
						}
						for (KeptLease lease : leases) {
							lease.assertKept();
						}
					}
					finally {
						leases.forEach(KeptLease::close);
					}
				});
		}
	}

	@Test
	void keptLeaseAndWatchOutliveRestartOfEtcd() {
		LocalEtcdMember member = start(LocalEtcd.builder().mutualTls());
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			long lease = get(client.getLeaseClient().grant(30)).getID();
			List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
			List<Throwable> errors = new CopyOnWriteArrayList<>();
			RecordingListener listener = new RecordingListener();
			try (CloseableClient keepAlive = client.getLeaseClient()
				.keepAlive(lease,
						Observers.<LeaseKeepAliveResponse>builder().onNext(renewals::add).onError(errors::add).build());
					Watch.Watcher watcher = client.getWatchClient().watch(bytes("restarted"), listener)) {
				Awaitility.await().until(() -> !renewals.isEmpty());
				long first = get(client.getKVClient().put(bytes("restarted"), bytes("1"))).getHeader().getRevision();
				member.kill();
				member.restart();
				get(client.getKVClient().put(bytes("restarted"), bytes("2")));
				awaitEvents(listener, 2);
				listener.assertComplete(first, 2);
				assertThat(errors).isEmpty();
				assertThat(get(client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT)).getTTL()).isPositive();
			}
		});
	}

	private static Client hiddenWriter(LocalEtcd etcd) throws Exception {
		ClientCredentials credentials = etcd.getClientCredentials();
		return Client.builder()
			.endpoints(etcd.getConnectionString())
			.sslContext((ssl) -> ssl.keyManager(stream(credentials.clientCert()), stream(credentials.clientKey()))
				.trustManager(stream(credentials.clientCa())))
			.build();
	}

	private static InputStream stream(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

	private static Watch.Watcher watch(Client client, String prefix, long revision, RecordingListener listener) {
		return client.getWatchClient()
			.watch(bytes(prefix), WatchOption.builder().isPrefix(true).withRevision(revision).build(), listener);
	}

	private static long putBacklog(KV kv, String prefix) throws Exception {
		long first = get(kv.put(bytes(prefix + 0), bytes("backlog"))).getHeader().getRevision();
		List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
		for (int i = 1; i < BACKLOG; i++) {
			puts.add(kv.put(bytes(prefix + i), bytes("backlog")));
		}
		for (CompletableFuture<PutResponse> put : puts) {
			get(put);
		}
		return first;
	}

	private static void putLive(KV kv, String prefix, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			get(kv.put(bytes(prefix + i), bytes("live")));
		}
	}

	private static void putLiveUnchecked(KV kv, String prefix, int count) {
		try {
			putLive(kv, prefix, count);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void awaitEvents(RecordingListener listener, int count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(5))
			.until(() -> listener.getEvents() >= count || !listener.getErrors().isEmpty());
	}

	/**
	 * A lease that is kept, and what its observer hears.
	 */
	private static final class KeptLease implements AutoCloseable {

		private final Client client;

		private final long id;

		private final List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();

		private final List<Object> ends = new CopyOnWriteArrayList<>();

		private final CloseableClient keepAlive;

		private KeptLease(Client client, Duration timeToLive) throws Exception {
			this(client, timeToLive, () -> {
			});
		}

		private KeptLease(Client client, Duration timeToLive, Runnable granted) throws Exception {
			this.client = client;
			this.id = get(client.getLeaseClient().grant(timeToLive.toSeconds())).getID();
			granted.run();
			this.keepAlive = client.getLeaseClient()
				.keepAlive(this.id,
						Observers.<LeaseKeepAliveResponse>builder()
							.onNext(this.renewals::add)
							.onError(this.ends::add)
							.onCompleted(() -> this.ends.add("completed"))
							.build());
		}

		private void awaitRenewals(int count) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> this.renewals.size() >= count || !this.ends.isEmpty());
			assertThat(this.ends).isEmpty();
		}

		private void assertKept() throws Exception {
			assertThat(this.ends).isEmpty();
			assertThat(get(this.client.getLeaseClient().timeToLive(this.id, LeaseOption.DEFAULT)).getTTL())
				.isPositive();
		}

		@Override
		public void close() {
			this.keepAlive.close();
		}

	}

}
