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

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections and streams that break in all the ways there are, and what calls make of
 * it.
 */
@WithLocalEtcd
@Execution(ExecutionMode.CONCURRENT)
class BrokenConnectionTests {

	private static final String MAY_HAVE_BEEN_CARRIED_OUT = "may have been carried out";

	private static Client hidden;

	private final LocalEtcd etcd;

	@TempDir
	private Path temporary;

	BrokenConnectionTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void openHiddenClient(LocalEtcd etcd) {
		hidden = Client.builder().endpoints(etcd.getConnectionString()).build();
	}

	@AfterAll
	static void closeHiddenClient() {
		hidden.close();
	}

	@Test
	void watchesOutliveKillsOfEtcdUnderWrites() {
		try (LocalEtcd killed = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(killed).run((context) -> {
				Client client = context.getBean(Client.class);
				List<RecordingListener> listeners = new ArrayList<>();
				for (int i = 0; i < 5; i++) {
					listeners.add(watch(client, "killed/"));
				}
				try (Writers writers = new Writers(client.getKVClient(), "killed/", 8)) {
					for (int i = 0; i < 3; i++) {
						writers.awaitFurther(50);
						killed.getMember(0).kill();
						killed.getMember(0).restart();
					}
					writers.awaitFurther(50);
					List<Long> acknowledged = writers.stop();
					listeners.forEach((listener) -> listener.assertSaw(acknowledged));
				}
			});
		}
	}

	@Test
	void watchOutlivesConnectionsThatAreClosedInOrderUnderWrites() {
		try (TcpProxy proxy = new TcpProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				Client client = context.getBean(Client.class);
				RecordingListener listener = watch(client, "closed/");
				try (Writers writers = new Writers(client.getKVClient(), "closed/", 4)) {
					for (int i = 0; i < 10; i++) {
						writers.awaitFurther(50);
						proxy.finish();
					}
					writers.awaitFurther(50);
					listener.assertSaw(writers.stop());
				}
			});
		}
	}

	@Test
	void keptLeaseHearsNothingOfEtcdThatStopsInOrder() {
		try (LocalEtcd stopped = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(stopped).run((context) -> {
				Client client = context.getBean(Client.class);
				long lease = get(client.getLeaseClient().grant(60)).getID();
				List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
				List<Throwable> errors = new CopyOnWriteArrayList<>();
				try (CloseableClient keepAlive = keepAlive(client, lease, renewals, errors)) {
					Awaitility.await().until(() -> !renewals.isEmpty());
					for (int i = 0; i < 3; i++) {
						stopped.getMember(0).restart();
						get(client.getKVClient().get(bytes("key")));
						// The stream is open again and has nothing to say until a renewal
						// is due
						Awaitility.await()
							.failFast("told of a stop", () -> assertThat(errors).isEmpty())
							.during(Duration.ofSeconds(1))
							.until(errors::isEmpty);
					}
					assertThat(errors).isEmpty();
				}
			});
		}
	}

	private static CloseableClient keepAlive(Client client, long lease, List<LeaseKeepAliveResponse> renewals,
			List<Throwable> errors) {
		return client.getLeaseClient()
			.keepAlive(lease,
					Observers.<LeaseKeepAliveResponse>builder().onNext(renewals::add).onError(errors::add).build());
	}

	@Test
	void lockAndCampaignThatWaitOutliveStopOfEtcd() {
		try (LocalEtcd stopped = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(stopped).run((context) -> {
				Client client = context.getBean(Client.class);
				List<Long> leases = new ArrayList<>();
				for (int i = 0; i < 3; i++) {
					leases.add(get(client.getLeaseClient().grant(120)).getID());
				}
				var held = get(client.getLockClient().lock(bytes("lock"), leases.get(0))).getKey();
				var leader = get(client.getElectionClient().campaign(bytes("seat"), leases.get(0), bytes("first")))
					.getLeader();
				var waiting = client.getLockClient().lock(bytes("lock"), leases.get(1));
				var campaigning = client.getElectionClient().campaign(bytes("seat"), leases.get(2), bytes("third"));
				for (int i = 0; i < 3; i++) {
					Awaitility.await()
						.until(() -> waiting.isDone() || campaigning.isDone()
								|| (count(client, "lock/") == 2 && count(client, "seat/") == 2));
					assertThat(waiting).isNotDone();
					assertThat(campaigning).isNotDone();
					stopped.getMember(0).restart();
					get(client.getKVClient().get(bytes("key")));
				}
				assertThat(waiting).isNotDone();
				assertThat(campaigning).isNotDone();
				get(client.getLockClient().unlock(held));
				get(client.getElectionClient().resign(leader));
				get(waiting);
				get(campaigning);
			});
		}
	}

	private static long count(Client client, String prefix) throws Exception {
		return get(
				client.getKVClient().get(bytes(prefix), GetOption.builder().isPrefix(true).withCountOnly(true).build()))
			.getCount();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 7, 8, 11 })
	void watchOutlivesResetOfItsStream(int code) {
		verifyWatchOutlives("reset-" + code, (proxy, listener) -> proxy.resetStreams(code));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2, 11 })
	void watchOutlivesServerThatGoesAway(int code) {
		verifyWatchOutlives("go-away-" + code, (proxy, listener) -> proxy.goAway(code));
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 429, 500, 502, 503, 504 })
	void watchOutlivesPagesOfProxyInPlaceOfEtcd(int httpStatus) {
		verifyWatchOutlives("page-" + httpStatus, (proxy, listener) -> {
			proxy.breakAndAnswer(3, httpStatus, "text/html");
			Awaitility.await().until(() -> proxy.getRefused() >= 3 || listener.isEnded());
		});
	}

	@Test
	void watchOutlivesAnswersThatAreNotOfGrpc() {
		verifyWatchOutlives("no-type", (proxy, listener) -> {
			proxy.breakAndAnswer(3, 200, null);
			Awaitility.await().until(() -> proxy.getRefused() >= 3 || listener.isEnded());
		});
	}

	private void verifyWatchOutlives(String prefix, BiConsumer<Http2Proxy, RecordingListener> disturbance) {
		try (Http2Proxy proxy = new Http2Proxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			runner(proxy.getConnectionString()).run((context) -> {
				RecordingListener listener = watch(context.getBean(Client.class), prefix);
				long first = put(prefix);
				listener.assertSaw(List.of(first));
				disturbance.accept(proxy, listener);
				listener.assertSaw(List.of(first, put(prefix)));
			});
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "INTERNAL",
			"UNAVAILABLE" }, value = Status.Code.class)
	void watchOutlivesStatusThatProxyMakes(Status.Code code) throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			runner(proxy.getConnectionString()).run((context) -> {
				String prefix = "status-" + code;
				RecordingListener listener = watch(context.getBean(Client.class), prefix);
				long first = put(prefix);
				listener.assertSaw(List.of(first));
				proxy.end(code.toStatus().withDescription("upstream gave up"));
				listener.assertSaw(List.of(first, put(prefix)));
			});
		}
	}

	@Test
	void serverThatEndsEachWatchAfterItsCreationIsNotStormed() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			proxy.cut("Watch/Watch", Integer.MAX_VALUE, Status.UNAVAILABLE, () -> true);
			runner(proxy.getConnectionString()).run((context) -> {
				RecordingListener listener = watch(context.getBean(Client.class), "storm");
				Awaitility.await().during(Duration.ofSeconds(3)).until(() -> !listener.isEnded());
				assertThat(proxy.getCalls("Watch/Watch").size()).isBetween(2, 50);
			});
		}
	}

	@Test
	void callsThatAreCancelledAfterTheirConnectionBrokeHearTheirEnd() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort());
				TcpProxy front = new TcpProxy("127.0.0.1", proxy.getPort())) {
			PlainCalls calls = new PlainCalls();
			runner("http://127.0.0.1:" + front.getPort()).withBean(PlainCalls.class, () -> calls).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				get(kv.get(bytes("key")));
				List<RecordingCallListener<?>> listeners = breakAndCancel(calls, kv, front);
				Awaitility.await().until(() -> listeners.stream().noneMatch((call) -> call.getEnds().isEmpty()));
				assertThat(listeners).allSatisfy((call) -> assertThat(call.getEnds()).hasSize(1));
			});
		}
	}

	@Test
	void connectionWhoseCallsWereCancelledIsLetGo() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort());
				TcpProxy old = new TcpProxy("127.0.0.1", proxy.getPort());
				TcpProxy next = new TcpProxy("127.0.0.1", proxy.getPort())) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.write("connection_string", "http://127.0.0.1:" + old.getPort());
			PlainCalls calls = new PlainCalls();
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.withBean(PlainCalls.class, () -> calls)
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					get(kv.get(bytes("key")));
					breakAndCancel(calls, kv, old);
					directory.write("connection_string", "http://127.0.0.1:" + next.getPort());
					Awaitility.await().until(() -> next.getConnections() > 0);
					get(kv.get(bytes("key")));
					Awaitility.await().until(() -> old.getOpenSockets() == 0);
					int connections = old.getConnections();
					// One that was kept would connect again
					Awaitility.await()
						.during(Duration.ofSeconds(1))
						.until(() -> old.getConnections() == connections && old.getOpenSockets() == 0);
				});
		}
	}

	/**
	 * Break the connection of streams that have been sent more than they asked for, and
	 * cancel them: the end waits behind what they did not ask for.
	 */
	private static List<RecordingCallListener<?>> breakAndCancel(PlainCalls calls, KV kv, TcpProxy proxy)
			throws Exception {
		long first = put("unrequested");
		put("unrequested");
		List<ClientCall<?, ?>> started = new ArrayList<>();
		List<RecordingCallListener<?>> listeners = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			RecordingCallListener<WatchResponse> watchListener = new RecordingCallListener<>();
			ClientCall<WatchRequest, WatchResponse> watch = calls.newCall(WatchGrpc.getWatchMethod(),
					CallOptions.DEFAULT);
			watch.start(watchListener, new Metadata());
			watch.request(1);
			watch.sendMessage(WatchRequest.newBuilder()
				.setCreateRequest(WatchCreateRequest.newBuilder()
					.setKey(ByteString.copyFromUtf8("unrequested"))
					.setStartRevision(first))
				.build());
			RecordingCallListener<SnapshotResponse> snapshotListener = new RecordingCallListener<>();
			ClientCall<SnapshotRequest, SnapshotResponse> snapshot = calls.newCall(MaintenanceGrpc.getSnapshotMethod(),
					CallOptions.DEFAULT);
			snapshot.start(snapshotListener, new Metadata());
			snapshot.request(1);
			snapshot.sendMessage(SnapshotRequest.getDefaultInstance());
			snapshot.halfClose();
			started.addAll(List.of(watch, snapshot));
			listeners.addAll(List.of(watchListener, snapshotListener));
		}
		Awaitility.await().until(() -> listeners.stream().allMatch((call) -> call.getMessages() == 1));
		proxy.reset();
		// Served by the next connection: the client knows that the one before is gone
		get(kv.get(bytes("key")));
		started.forEach((call) -> call.cancel("no longer wanted", null));
		return listeners;
	}

	@Test
	void streamsThatEndAtOnceAreNotKept() {
		int count = 500;
		PlainCalls calls = new PlainCalls();
		runner(this.etcd.getConnectionString()).withBean(PlainCalls.class, () -> calls).run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			get(kv.get(bytes("key")));
			AtomicInteger ends = new AtomicInteger();
			List<WeakReference<Object>> listeners = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				listeners.add(new WeakReference<>(startExpired(calls, ends)));
			}
			Awaitility.await().until(() -> ends.get() == count);
			// A few may be held by what the threads did last
			Awaitility.await().until(() -> {
				System.gc();
				return listeners.stream().filter((listener) -> listener.get() != null).count() < count / 10;
			});
			get(kv.get(bytes("key")));
		});
	}

	private static Object startExpired(PlainCalls calls, AtomicInteger ends) {
		RecordingCallListener<WatchResponse> listener = new RecordingCallListener<>() {

			@Override
			public void onClose(Status status, Metadata trailers) {
				ends.incrementAndGet();
			}

		};
		ClientCall<WatchRequest, WatchResponse> call = calls.newCall(WatchGrpc.getWatchMethod(),
				CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.NANOSECONDS));
		call.start(listener, new Metadata());
		call.request(1);
		return listener;
	}

	@Test
	void writesThatNeverLeftWaitForEtcd() {
		try (LocalEtcd killed = LocalEtcd.builder().start()) {
			RelationTester.runner(killed)
				.withPropertyValues("etcd.relation.client.request-timeout=60s")
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					try (Writers writers = new Writers(kv, "never-left/", 16)) {
						for (int i = 0; i < 5; i++) {
							writers.awaitFurther(50);
							killed.getMember(0).kill();
							killed.getMember(0).restart();
						}
						writers.awaitFurther(50);
						writers.stop();
						// Only what was sent may fail, and says what that means
						assertThat(writers.getFailures())
							.allSatisfy((failure) -> assertThat(failure).hasMessageContaining("Relation 'etcd'")
								.hasMessageContaining("127.0.0.1:" + killed.getMember(0).getPort())
								.hasMessageContaining(MAY_HAVE_BEEN_CARRIED_OUT));
					}
				});
		}
	}

	@ParameterizedTest
	@EnumSource(Break.class)
	void writeWhoseConnectionBreaksSaysWhatThatMeans(Break kind) throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort());
				TcpProxy front = new TcpProxy("127.0.0.1", proxy.getPort())) {
			proxy.refuse((method, headers) -> method.endsWith("KV/Put") ? GrpcProxy.SILENCE : null);
			runner("http://127.0.0.1:" + front.getPort()).run((context) -> {
				CompletableFuture<PutResponse> put = context.getBean(Client.class)
					.getKVClient()
					.put(bytes("broken"), bytes("value"));
				Awaitility.await().until(() -> !proxy.getCalls("KV/Put").isEmpty());
				kind.action.accept(front);
				assertThat(failure(put)).hasMessageContaining("Relation 'etcd'")
					.hasMessageContaining("127.0.0.1:" + front.getPort())
					.hasMessageContaining(MAY_HAVE_BEEN_CARRIED_OUT);
				assertThat(proxy.getCalls("KV/Put")).hasSize(1);
			});
		}
	}

	@Test
	void writeWithoutAnswerSaysWhatThatMeans() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			proxy.refuse((method, headers) -> method.endsWith("KV/Put") ? GrpcProxy.SILENCE : null);
			runner(proxy.getConnectionString()).withPropertyValues("etcd.relation.client.request-timeout=5s")
				.run((context) -> {
					Throwable failure = failure(
							context.getBean(Client.class).getKVClient().put(bytes("unanswered"), bytes("value")));
					assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
					assertThat(failure).hasMessageContaining("Relation 'etcd'")
						.hasMessageContaining("127.0.0.1:" + proxy.getPort())
						.hasMessageContaining(MAY_HAVE_BEEN_CARRIED_OUT);
					assertThat(proxy.getCalls("KV/Put")).hasSize(1);
				});
		}
	}

	@ParameterizedTest
	@EnumSource(Break.class)
	void readWhoseConnectionBreaksIsSentAgain(Break kind) throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort());
				TcpProxy front = new TcpProxy("127.0.0.1", proxy.getPort())) {
			AtomicInteger silent = new AtomicInteger(1);
			proxy.refuse((method, headers) -> (method.endsWith("KV/Range") && silent.getAndDecrement() > 0)
					? GrpcProxy.SILENCE : null);
			runner("http://127.0.0.1:" + front.getPort()).run((context) -> {
				CompletableFuture<GetResponse> read = context.getBean(Client.class).getKVClient().get(bytes("broken"));
				Awaitility.await().until(() -> !proxy.getCalls("KV/Range").isEmpty());
				kind.action.accept(front);
				assertThat(get(read).getKvs()).isEmpty();
			});
		}
	}

	@Test
	void readThatEndsWithoutResponseIsSentOnceMore() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			AtomicInteger empty = new AtomicInteger(1);
			proxy.refuse((method, headers) -> (method.endsWith("KV/Range") && empty.getAndDecrement() > 0) ? Status.OK
					: null);
			runner(proxy.getConnectionString()).run((context) -> {
				assertThat(get(context.getBean(Client.class).getKVClient().get(bytes("empty"))).getKvs()).isEmpty();
				assertThat(proxy.getCalls("KV/Range")).hasSize(2);
			});
		}
	}

	@Test
	void readThatAlwaysEndsWithoutResponseFailsWithTheReason() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			proxy.refuse((method, headers) -> method.endsWith("KV/Range") ? Status.OK : null);
			runner(proxy.getConnectionString()).withPropertyValues("etcd.relation.client.request-timeout=60s")
				.run((context) -> {
					Throwable failure = failure(context.getBean(Client.class).getKVClient().get(bytes("empty")));
					assertThat(failure).hasMessageContaining("Relation 'etcd'")
						.hasMessageContaining("127.0.0.1:" + proxy.getPort())
						.hasMessageContaining("no response, which etcd does not send");
					assertThat(proxy.getCalls("KV/Range")).hasSizeLessThan(10);
				});
		}
	}

	private static RecordingListener watch(Client client, String prefix) throws Exception {
		// From a revision that is known, so that it need not be created before the puts
		long revision = get(client.getKVClient().get(bytes(prefix))).getHeader().getRevision();
		RecordingListener listener = new RecordingListener();
		client.getWatchClient()
			.watch(bytes(prefix), WatchOption.builder().isPrefix(true).withRevision(revision + 1).build(), listener);
		return listener;
	}

	private static long put(String key) throws Exception {
		return get(hidden.getKVClient().put(bytes(key), bytes("value"))).getHeader().getRevision();
	}

	private static ApplicationContextRunner runner(String connectionString) {
		return RelationTester.runner().withPropertyValues("etcd.relation.connection-string=" + connectionString);
	}

	/**
	 * How a connection breaks.
	 */
	enum Break {

		RESET(TcpProxy::reset), END(TcpProxy::finish);

		private final Consumer<TcpProxy> action;

		Break(Consumer<TcpProxy> action) {
			this.action = action;
		}

	}

}
