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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ends calls from this side, and what must not.
 */
@WithLocalEtcd
@Execution(ExecutionMode.CONCURRENT)
class DeadlineTests {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final LocalEtcd etcd;

	DeadlineTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void deadlineOfWatchHoldsWhileItWaits() {
		verifyDeadlineHoldsWhileItWaits(WatchGrpc.getWatchMethod(),
				WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest.getDefaultInstance()).build(), false);
	}

	@Test
	void deadlineOfKeepAliveHoldsWhileItWaits() {
		verifyDeadlineHoldsWhileItWaits(LeaseGrpc.getLeaseKeepAliveMethod(), LeaseKeepAliveRequest.getDefaultInstance(),
				false);
	}

	@Test
	void deadlineOfSnapshotHoldsWhileItWaits() {
		verifyDeadlineHoldsWhileItWaits(MaintenanceGrpc.getSnapshotMethod(), SnapshotRequest.getDefaultInstance(),
				true);
	}

	@Test
	void deadlineOfUnaryCallHoldsWhileItWaits() {
		verifyDeadlineHoldsWhileItWaits(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance(), true);
	}

	private static <ReqT, RespT> void verifyDeadlineHoldsWhileItWaits(MethodDescriptor<ReqT, RespT> method,
			ReqT request, boolean halfClose) {
		runWithoutConnection((calls) -> {
			RecordingCallListener<RespT> listener = new RecordingCallListener<>();
			start(calls.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS)), listener,
					request, halfClose);
			Awaitility.await().atMost(LIMIT).until(() -> !listener.getEnds().isEmpty());
			assertThat(listener.getEnds().get(0).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		});
	}

	@Test
	void contextEndsStreamThatWaits() {
		verifyContextEndsCallThatWaits(MaintenanceGrpc.getSnapshotMethod(), SnapshotRequest.getDefaultInstance());
	}

	@Test
	void contextEndsUnaryCallThatWaits() {
		verifyContextEndsCallThatWaits(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance());
	}

	private static <ReqT, RespT> void verifyContextEndsCallThatWaits(MethodDescriptor<ReqT, RespT> method,
			ReqT request) {
		runWithoutConnection((calls) -> {
			RecordingCallListener<RespT> listener = new RecordingCallListener<>();
			Context.CancellableContext context = Context.ROOT.withCancellation();
			context.run(() -> start(calls.newCall(method, CallOptions.DEFAULT), listener, request, true));
			context.cancel(null);
			Awaitility.await().atMost(LIMIT).until(() -> !listener.getEnds().isEmpty());
			assertThat(listener.getEnds().get(0).getCode()).isEqualTo(Status.Code.CANCELLED);
		});
	}

	private static void runWithoutConnection(Consumer<PlainCalls> test) {
		PlainCalls calls = new PlainCalls();
		RelationTester.runner()
			.withBean(PlainCalls.class, () -> calls)
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1",
					"etcd.relation.client.request-timeout=60s", "etcd.relation.client.fail-fast=false")
			.run((context) -> {
				CompletableFuture<GetResponse> waiting = context.getBean(Client.class).getKVClient().get(bytes("key"));
				test.accept(calls);
				assertThat(waiting).isNotDone();
			});
	}

	private static <ReqT, RespT> void start(ClientCall<ReqT, RespT> call, RecordingCallListener<RespT> listener,
			ReqT request, boolean halfClose) {
		call.start(listener, new Metadata());
		call.request(2);
		call.sendMessage(request);
		if (halfClose) {
			call.halfClose();
		}
	}

	@Test
	void longMaintenanceOutlivesTheRequestTimeout() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			proxy.delay((method, headers) -> {
				boolean slow = method.endsWith("Defragment") || method.endsWith("HashKV")
						|| method.endsWith("KV/Compact");
				return slow ? Duration.ofSeconds(4) : Duration.ZERO;
			});
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString(),
						"etcd.relation.client.request-timeout=2s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long revision = get(client.getKVClient().put(bytes("key"), bytes("value"))).getHeader()
						.getRevision();
					var hash = client.getMaintenanceClient().hashKV(proxy.getConnectionString(), 0);
					var compaction = client.getKVClient().compact(revision);
					var defragmentation = client.getMaintenanceClient().defragmentMember(proxy.getConnectionString());
					get(hash);
					get(compaction);
					get(defragmentation);
				});
		}
	}

	@Test
	void contextOfOneCallerDoesNotEndTheStreamThatLeasesShare() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			long first = get(client.getLeaseClient().grant(3)).getID();
			long second = get(client.getLeaseClient().grant(3)).getID();
			List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
			List<Throwable> errors = new CopyOnWriteArrayList<>();
			Context.CancellableContext cancellable = Context.ROOT.withCancellation();
			try (CloseableClient ofCaller = cancellable
				.call(() -> client.getLeaseClient().keepAlive(first, Observers.observer((response) -> {
				})));
					CloseableClient ofAnother = client.getLeaseClient()
						.keepAlive(second,
								Observers.<LeaseKeepAliveResponse>builder()
									.onNext(renewals::add)
									.onError(errors::add)
									.build())) {
				Awaitility.await().until(() -> !renewals.isEmpty());
				cancellable.cancel(null);
				int before = renewals.size();
				Awaitility.await()
					.failFast("the stream ended", () -> assertThat(errors).isEmpty())
					.until(() -> renewals.size() > before + 1);
			}
		});
	}

}
