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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.FileSystemUtils;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where a watch goes on after its connection was replaced or broke.
 */
class WatchPositionTests {

	@TempDir
	private Path temporary;

	@Test
	void quietWatchOutlivesRotationAfterItsPastWasCompacted() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.write(etcd.getConnectionString(), etcd.newClientCredentials("first"));
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					RecordingListener listener = watch(client, "quiet", 1);
					long first = put(kv, "quiet");
					listener.assertSaw(List.of(first));
					long last = first;
					for (int i = 0; i < 50; i++) {
						last = put(kv, "elsewhere");
					}
					get(kv.compact(last));
					ClientCredentials second = etcd.newClientCredentials("second");
					directory.write(etcd.getConnectionString(), second);
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					Awaitility.await().until(() -> second.equals(relation.getClientCredentials()));
					listener.assertSaw(List.of(first, put(kv, "quiet")));
					// Whatever moves later than the event that tells of the rotation
					Awaitility.await()
						.failFast("the watch ended", listener::assertNotEnded)
						.during(Duration.ofSeconds(1))
						.until(() -> true);
					assertThat(listener.getEvents()).isEqualTo(2);
				});
		}
	}

	@Test
	void progressAskedForAheadOfTheBacklogLosesNothing() throws Exception {
		int backlog = 3000;
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			runner(proxy).run((context) -> {
				Client client = context.getBean(Client.class);
				List<Long> revisions = new ArrayList<>();
				try (Writers writers = new Writers(client.getKVClient(), "backlog/", 16)) {
					writers.awaitFurther(backlog);
					revisions.addAll(writers.stop());
				}
				// Answers to a request for progress belong to no watch
				AtomicBoolean answered = new AtomicBoolean();
				proxy.cut("Watch/Watch", 1, Status.UNAVAILABLE,
						(message) -> parse(message).getWatchId() == -1 && answered.compareAndSet(false, true));
				RecordingListener listener = new RecordingListener();
				Watch.Watcher watcher = client.getWatchClient()
					.watch(bytes("backlog/"), WatchOption.builder().isPrefix(true).withRevision(2).build(), listener);
				Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
					watcher.requestProgress();
					return answered.get() || listener.getEvents() >= revisions.size();
				});
				listener.assertSaw(revisions);
			});
		}
	}

	@Test
	void watchesWhosePastIsCompactedLeaveNoStreams() throws Exception {
		int count = 50;
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort());
				TcpProxy front = new TcpProxy("127.0.0.1", proxy.getPort())) {
			runner("http://127.0.0.1:" + front.getPort()).run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				for (int i = 0; i < 10; i++) {
					get(kv.compact(put(kv, "key")));
				}
				List<RecordingListener> listeners = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					listeners.add(watch(client, "key", 2));
				}
				Awaitility.await()
					.untilAsserted(() -> assertThat(listeners)
						.allSatisfy((listener) -> assertThat(listener.getErrors()).singleElement()
							.isInstanceOf(CompactedException.class)));
				Awaitility.await().untilAsserted(() -> assertThat(proxy.getOpenCalls("Watch/Watch")).isZero());
				front.reset();
				get(kv.get(bytes("key")));
				assertThat(proxy.getCalls("Watch/Watch")).hasSize(count);
			});
		}
	}

	@Test
	void watchSaysThatEtcdWasWiped() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			LocalEtcdMember member = etcd.getMember(0);
			RelationTester.runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				RecordingListener listener = watch(client, "wiped", 1);
				List<Long> revisions = new ArrayList<>();
				for (int i = 0; i < 50; i++) {
					revisions.add(put(kv, "wiped"));
				}
				listener.assertSaw(revisions);
				member.kill();
				FileSystemUtils.deleteRecursively(member.getDataDirectory());
				member.start();
				put(kv, "wiped");
				Awaitility.await().untilAsserted(() -> assertThat(listener.getErrors()).isNotEmpty());
				assertThat(listener.getErrors().get(0)).hasMessageContaining("Relation 'etcd'");
			});
		}
	}

	@Test
	void nothingIsToldAfterTheEnd() {
		int count = 1500;
		PlainCalls calls = new PlainCalls();
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			RelationTester.runner(etcd).withBean(PlainCalls.class, () -> calls).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				put(kv, "key");
				List<RecordingCallListener<WatchResponse>> listeners = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					ClientCall<WatchRequest, WatchResponse> call = calls.newCall(WatchGrpc.getWatchMethod(),
							CallOptions.DEFAULT);
					RecordingCallListener<WatchResponse> listener = new RecordingCallListener<>();
					listeners.add(listener);
					call.start(listener, new Metadata());
					call.request(2);
					call.sendMessage(WatchRequest.newBuilder()
						.setCreateRequest(WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("key")))
						.build());
					// At about the time of the first answer, sometimes before and
					// sometimes
					// after it
					if (i % 2 == 0) {
						kv.get(bytes("key")).join();
					}
					call.cancel("no longer wanted", null);
				}
				Awaitility.await()
					.until(() -> listeners.stream().noneMatch((listener) -> listener.getEnds().isEmpty()));
				// What was under way has come when a later call is answered
				get(kv.get(bytes("key")));
				assertThat(listeners.stream().mapToInt((listener) -> listener.getEnds().size()).sum()).isEqualTo(count);
				assertThat(listeners.stream().mapToInt(RecordingCallListener::getCallbacksAfterEnd).sum()).isZero();
			});
		}
	}

	@Test
	void eventsBelowThePositionAreNotTold() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			List<byte[]> passed = new CopyOnWriteArrayList<>();
			// What etcd does after a change of its leader before 3.4.38, 3.5.22 and 3.6.2
			proxy.rewrite((method, call, message) -> {
				if (!method.endsWith("Watch/Watch")) {
					return List.of(message);
				}
				WatchResponse response = parse(message);
				if (response.getEventsCount() > 0) {
					passed.add(message);
				}
				if (call > 1 && response.getCreated()) {
					List<byte[]> again = new ArrayList<>(passed);
					again.add(0, message);
					return again;
				}
				return List.of(message);
			});
			runner(proxy).run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				RecordingListener listener = watch(client, "repeated", 1);
				List<Long> revisions = new ArrayList<>();
				for (int i = 0; i < 3; i++) {
					revisions.add(put(kv, "repeated"));
					revisions.add(put(kv, "repeated"));
					listener.assertSaw(revisions);
					proxy.end(Status.UNAVAILABLE);
				}
				revisions.add(put(kv, "repeated"));
				listener.assertSaw(revisions);
				assertThat(listener.getRevisions()).isEqualTo(revisions);
			});
		}
	}

	private static WatchResponse parse(byte[] message) {
		try {
			return WatchResponse.parseFrom(message);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new UncheckedIOException(new IOException(ex));
		}
	}

	private static RecordingListener watch(Client client, String key, long revision) {
		RecordingListener listener = new RecordingListener();
		client.getWatchClient().watch(bytes(key), WatchOption.builder().withRevision(revision).build(), listener);
		return listener;
	}

	private static long put(KV kv, String key) throws Exception {
		// On a connection that works: a write that was sent is not sent again
		get(kv.get(bytes(key)));
		return get(kv.put(bytes(key), bytes("value"))).getHeader().getRevision();
	}

	private static ApplicationContextRunner runner(GrpcProxy proxy) {
		return runner(proxy.getConnectionString());
	}

	private static ApplicationContextRunner runner(String connectionString) {
		return RelationTester.runner().withPropertyValues("etcd.relation.connection-string=" + connectionString);
	}

}
