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

package io.github.etcdrelation.internal.channel;

import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.internal.tls.PemSslBundles;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a channel owes its calls when nothing else happens at the same time.
 */
@Execution(ExecutionMode.CONCURRENT)
class ChannelDutiesTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ChannelExecutors executors = new ChannelExecutors();

	private RelationChannel channel;

	private RelationChannel channel(Duration timeout) {
		this.channel = new RelationChannel("test",
				new ChannelSettings(timeout, timeout, Duration.ofSeconds(5), Duration.ofSeconds(30),
						Duration.ofSeconds(10), Duration.ofSeconds(5), Integer.MAX_VALUE, true, Integer.MAX_VALUE,
						"etcd.relation"),
				this.executors, false);
		return this.channel;
	}

	@AfterEach
	void close() {
		if (this.channel != null) {
			this.channel.close();
		}
		this.executors.close();
	}

	@Test
	void secondWatchOnTheSameConnectionLeavesFrozenMember() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			channel(LONG).connectTo(ChannelTarget.plainText(Endpoints.parse(etcd.getConnectionString())));
			RecordedCall first = watch();
			Awaitility.await().until(() -> first.messages > 0);
			first.call.cancel("enough", null);
			ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) this.executors.timer();
			Awaitility.await().until(() -> timer.getQueue().isEmpty());
			RecordedCall second = watch();
			Awaitility.await().until(() -> second.messages > 0);
			etcd.getMember(0).pause();
			try {
				Awaitility.await()
					.atMost(Duration.ofSeconds(15))
					.until(() -> this.channel.getStatus().members().get(0).condition() != MemberCondition.SERVING);
			}
			finally {
				etcd.getMember(0).resume();
			}
		}
	}

	@Test
	void callsThatWaitForTokenEndWhenTheChannelIsClosed() throws Exception {
		channel(LONG).connectTo(unreachable().withUser(new EtcdUser("name", "s3cr3t")));
		RecordedCall watch = watch();
		RecordedCall get = get();
		this.channel.close();
		assertThat(get.end()).isEqualTo(Status.Code.CANCELLED);
		assertThat(watch.end()).isEqualTo(Status.Code.CANCELLED);
	}

	@Test
	void callsThatWaitedForTokenInVainAreForgotten() throws Exception {
		channel(Duration.ofMillis(300)).connectTo(unreachable().withUser(new EtcdUser("name", "s3cr3t")));
		List<RecordedCall> calls = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			calls.add(get());
		}
		for (RecordedCall call : calls) {
			call.end();
		}
		Object authenticator = field(this.channel, "authenticator");
		assertThat(((PendingCalls) field(authenticator, "waiting")).isEmpty()).isTrue();
	}

	@Test
	void userThatIsReplacedBeforeItWasProvenIsReportedAsSuch() throws Exception {
		ChannelTarget target = unreachable();
		channel(LONG).connectTo(target.withUser(new EtcdUser("name", "first-s3cr3t")));
		CompletableFuture<Void> second = this.channel.connectTo(target.withUser(new EtcdUser("name", "second-s3cr3t")));
		this.channel.connectTo(target.withUser(new EtcdUser("name", "first-s3cr3t")));
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(second::isDone);
	}

	@Test
	void callThatIsAboutToBeSentAgainEndsWhenTheChannelIsClosed() throws Exception {
		try (FakeMember member = new FakeMember()) {
			member.range = (request, observer) -> observer
				.onError(Status.UNAVAILABLE.withDescription("etcdserver: leader changed").asException());
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			RecordedCall get = get();
			Awaitility.await().until(() -> member.calls(KVGrpc.getRangeMethod()) == 7);
			this.channel.close();
			this.executors.close();
			assertThat(get.end()).isEqualTo(Status.Code.CANCELLED);
		}
	}

	@Test
	void watchThatIsAboutToBeOpenedAgainEndsWhenTheChannelIsClosed() throws Exception {
		try (FakeMember member = new FakeMember()) {
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			RecordedCall watch = watch();
			Awaitility.await().until(() -> member.calls(WatchGrpc.getWatchMethod()) == 7);
			this.channel.close();
			this.executors.close();
			assertThat(watch.end()).isEqualTo(Status.Code.CANCELLED);
		}
	}

	@Test
	void memberCallOfCanceledCallerLeavesNothingOpen() throws Exception {
		channel(LONG).connectTo(unreachable());
		Context.CancellableContext context = Context.current().withCancellation();
		context.cancel(null);
		RecordedCall call = context.call(() -> new RecordedCall(
				this.channel.newMemberCall(MaintenanceGrpc.getStatusMethod(), CallOptions.DEFAULT, "127.0.0.1:1"),
				StatusRequest.getDefaultInstance(), true));
		assertThat(call.end()).isEqualTo(Status.Code.CANCELLED);
		Awaitility.await()
			.atMost(Duration.ofSeconds(3))
			.untilAsserted(
					() -> assertThat((Collection<?>) field(this.channel.getDedicatedMembers(), "all")).isEmpty());
	}

	@Test
	void newCredentialsAreNotReportedAsRefusedForWhatWasWrongWithTheFormer() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials right = etcd.getClientCredentials();
			ClientCredentials wrong = new ClientCredentials(right.clientCert(), right.clientKey(),
					CertificateAuthority.create().caPem());
			channel(LONG).connectTo(target(etcd, wrong));
			RecordedCall get = get();
			Awaitility.await()
				.until(() -> this.channel.getStatus()
					.members()
					.stream()
					.anyMatch((member) -> member.condition() == MemberCondition.UNREACHABLE));
			assertThat(this.channel.connectTo(target(etcd, right))).succeedsWithin(Duration.ofSeconds(10));
			assertThat(get.end()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void writeIsAnsweredOnTheConnectionThatWasReplacedMeanwhile() throws Exception {
		ScheduledExecutorService slowly = Executors.newSingleThreadScheduledExecutor();
		try (FakeMember former = new FakeMember(); FakeMember latter = new FakeMember()) {
			former.put = (request, observer) -> slowly
				.schedule(() -> FakeMember.answer(observer, PutResponse.getDefaultInstance()), 6, TimeUnit.SECONDS);
			channel(LONG).connectTo(ChannelTarget.plainText(former.endpoints()));
			RecordedCall put = put();
			Awaitility.await().until(() -> former.calls(KVGrpc.getPutMethod()) == 1);
			this.channel.connectTo(ChannelTarget.plainText(latter.endpoints())).get(10, TimeUnit.SECONDS);
			assertThat(put.end()).isEqualTo(Status.Code.OK);
		}
		finally {
			slowly.shutdownNow();
		}
	}

	@Test
	void questionsOfItsOwnAreNoUse() throws Exception {
		try (FakeMember member = new FakeMember();
				ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			Endpoints both = Endpoints.parse(member.endpoints() + ",http://127.0.0.1:" + silent.getLocalPort());
			channel(LONG).connectTo(ChannelTarget.plainText(both));
			assertThat(get().end()).isEqualTo(Status.Code.OK);
			Object members = field(this.channel, "members");
			Awaitility.await()
				.until(() -> this.channel.getStatus()
					.members()
					.stream()
					.anyMatch((candidate) -> candidate.condition() == MemberCondition.UNREACHABLE));
			Object time = field(members, "activeTime");
			Awaitility.await()
				.during(Duration.ofSeconds(4))
				.atMost(Duration.ofSeconds(6))
				.until(() -> field(members, "activeTime").equals(time));
		}
	}

	@Test
	void memberThatHasNotHeardOfTheLastElectionGetsNoCalls() throws Exception {
		try (FakeMember current = new FakeMember(); FakeMember former = new FakeMember()) {
			current.status = (request, observer) -> FakeMember.answer(observer, status(1, 7));
			former.status = (request, observer) -> FakeMember.answer(observer, status(0, 6));
			Endpoints both = Endpoints.parse(current.endpoints() + "," + former.endpoints());
			channel(LONG).connectTo(ChannelTarget.plainText(both));
			assertThat(get().end()).isEqualTo(Status.Code.OK);
			awaitCondition(former, MemberCondition.NO_LEADER, "etcd has no leader");
			former.status = (request, observer) -> FakeMember.answer(observer, status(2, 6));
			awaitCondition(former, MemberCondition.NO_LEADER, "the member has not heard of the last election");
			former.status = (request, observer) -> FakeMember.answer(observer, status(1, 7));
			awaitCondition(former, MemberCondition.SERVING, null);
		}
	}

	private static StatusResponse status(long leader, long term) {
		return StatusResponse.newBuilder().setLeader(leader).setRaftTerm(term).setVersion("3.6.16").build();
	}

	private void awaitCondition(FakeMember member, MemberCondition condition, @Nullable String problem) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.channel.getStatus()
				.members()
				.stream()
				.anyMatch((candidate) -> candidate.url().equals(member.endpoints().toString())
						&& candidate.condition() == condition && Objects.equals(candidate.problem(), problem)));
	}

	@Test
	void writeGoesToAnotherMemberWhereOneIsBusyAndTellsSoWhereAllAre() throws Exception {
		try (FakeMember busy = new FakeMember(); FakeMember other = new FakeMember()) {
			busy.put = (request, observer) -> observer
				.onError(Status.UNKNOWN.withDescription("etcdserver: too many requests").asException());
			channel(LONG)
				.connectTo(ChannelTarget.plainText(Endpoints.parse(busy.endpoints() + "," + other.endpoints())));
			assertThat(get().end()).isEqualTo(Status.Code.OK);
			awaitCondition(busy, MemberCondition.SERVING, null);
			awaitCondition(other, MemberCondition.SERVING, null);
			while (busy.calls(KVGrpc.getPutMethod()) == 0) {
				assertThat(put().end()).isEqualTo(Status.Code.OK);
			}
			other.put = busy.put;
			assertThat(put().end()).isEqualTo(Status.Code.UNKNOWN);
		}
	}

	@Test
	void watchOutlivesMemberThatLagsWhileTheStoreIsRead() throws Exception {
		try (FakeMember member = new FakeMember()) {
			CompletableFuture<StreamObserver<WatchResponse>> second = new CompletableFuture<>();
			CompletableFuture<StreamObserver<RangeResponse>> read = new CompletableFuture<>();
			member.range = (request, observer) -> read.complete(observer);
			member.watch = (first) -> {
				member.watch = (observer) -> {
					observer.onNext(created(8));
					second.complete(observer);
				};
				first.onNext(created(9));
				first.onNext(event(10));
				first.onError(Status.UNAVAILABLE.asException());
			};
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			RecordedCall watch = watch();
			StreamObserver<RangeResponse> pending = read.get(30, TimeUnit.SECONDS);
			second.get(30, TimeUnit.SECONDS).onNext(event(11));
			Awaitility.await().until(() -> watch.messages == 3);
			// What was read before the last event
			FakeMember.answer(pending, RangeResponse.newBuilder().setHeader(header(10)).build());
			second.get().onNext(event(12));
			Awaitility.await().until(() -> watch.messages == 4);
			Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !watch.end.isDone());
		}
	}

	@Test
	void watchThatBeginsLaterOutlivesItsConnection() throws Exception {
		try (FakeMember member = new FakeMember()) {
			member.range = (request, observer) -> FakeMember.answer(observer,
					RangeResponse.newBuilder().setHeader(header(9)).build());
			member.watch = (first) -> {
				member.watch = (observer) -> {
					observer.onNext(created(9));
					observer.onNext(event(100));
				};
				first.onNext(created(9));
				first.onError(Status.UNAVAILABLE.asException());
			};
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			RecordedCall watch = watch(100);
			Awaitility.await().until(() -> watch.messages == 2);
			Awaitility.await().during(Duration.ofSeconds(1)).until(() -> !watch.end.isDone());
			assertThat(member.calls(KVGrpc.getRangeMethod())).isZero();
		}
	}

	@Test
	void watchEndsWhenTheStoreHasLostItsDataThoughItCouldNotBeReadAtOnce() throws Exception {
		try (FakeMember member = new FakeMember()) {
			List<RangeRequest> reads = new CopyOnWriteArrayList<>();
			member.range = (request, observer) -> {
				reads.add(request);
				if (reads.size() == 1) {
					observer.onError(Status.PERMISSION_DENIED.asException());
				}
				else {
					FakeMember.answer(observer, RangeResponse.newBuilder().setHeader(header(3)).build());
				}
			};
			member.watch = (first) -> {
				member.watch = (observer) -> observer.onNext(created(3));
				first.onNext(created(9));
				first.onError(Status.UNAVAILABLE.asException());
			};
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			RecordedCall watch = watch();
			assertThat(watch.end()).isEqualTo(Status.Code.OK);
			assertThat(watch.messages).isEqualTo(2);
			assertThat(reads).hasSize(2).allMatch((request) -> request.getKey().equals(ByteString.copyFromUtf8("key")));
		}
	}

	@Test
	void writeOutlivesAnElectionBeforeIt() throws Exception {
		ScheduledExecutorService slowly = new ScheduledThreadPoolExecutor(1);
		try (FakeMember member = new FakeMember()) {
			member.status = (request, observer) -> FakeMember.answer(observer, status(1, 5));
			member.put = (request, observer) -> slowly
				.schedule(() -> FakeMember.answer(observer, PutResponse.getDefaultInstance()), 6, TimeUnit.SECONDS);
			channel(LONG).connectTo(ChannelTarget.plainText(member.endpoints()));
			assertThat(get().end()).isEqualTo(Status.Code.OK);
			member.status = (request, observer) -> FakeMember.answer(observer, status(1, 6));
			MemberState state = ((Members) field(this.channel, "members")).getMembers().get(0).getState();
			Awaitility.await().until(() -> state.getTerm(System.nanoTime()) == 0);
			assertThat(put().end()).isEqualTo(Status.Code.OK);
		}
		finally {
			slowly.shutdownNow();
		}
	}

	@Test
	void membersAreAskedForTwoAtTheSameTime() throws Exception {
		try (FakeMember member = new FakeMember();
				ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			ChannelTarget target = ChannelTarget
				.plainText(Endpoints.parse(member.endpoints() + ",http://127.0.0.1:" + silent.getLocalPort()));
			channel(LONG).connectTo(target);
			MemberProbe probe = new MemberProbe(this.channel);
			CompletableFuture<List<MemberStatus>> first = CompletableFuture
				.supplyAsync(() -> probe.ask(target, Duration.ofMillis(500)));
			List<MemberStatus> second = probe.ask(target, Duration.ofSeconds(3));
			assertThat(first.get(10, TimeUnit.SECONDS)).extracting(MemberStatus::serving)
				.containsExactlyInAnyOrder(true, false);
			assertThat(second).extracting(MemberStatus::serving).containsExactlyInAnyOrder(true, false);
		}
	}

	private static ResponseHeader header(long revision) {
		return ResponseHeader.newBuilder().setClusterId(1).setRevision(revision).build();
	}

	private static WatchResponse created(long revision) {
		return WatchResponse.newBuilder().setHeader(header(revision)).setCreated(true).build();
	}

	private static WatchResponse event(long revision) {
		return WatchResponse.newBuilder()
			.setHeader(header(revision))
			.addEvents(Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(revision)))
			.build();
	}

	private static ChannelTarget target(LocalEtcd etcd, ClientCredentials credentials) {
		return ChannelTarget.tls(Endpoints.parse(etcd.getConnectionString()), PemSslBundles.create(credentials),
				credentials);
	}

	private static ChannelTarget unreachable() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return ChannelTarget.plainText(Endpoints.parse("http://127.0.0.1:" + socket.getLocalPort()));
		}
	}

	private RecordedCall watch() {
		return watch(0);
	}

	private RecordedCall watch(long startRevision) {
		WatchRequest request = WatchRequest.newBuilder()
			.setCreateRequest(WatchCreateRequest.newBuilder()
				.setKey(ByteString.copyFromUtf8("key"))
				.setStartRevision(startRevision))
			.build();
		return new RecordedCall(this.channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT), request, false);
	}

	private RecordedCall get() {
		return unary(KVGrpc.getRangeMethod(), RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("key")).build());
	}

	private RecordedCall put() {
		return unary(KVGrpc.getPutMethod(), PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("key")).build());
	}

	private <T> RecordedCall unary(MethodDescriptor<T, ?> method, T request) {
		return new RecordedCall(this.channel.newCall(method, CallOptions.DEFAULT), request, true);
	}

	private static Object field(Object object, String name) throws Exception {
		Field field = object.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(object);
	}

	private static final class RecordedCall {

		private final ClientCall<?, ?> call;

		private final CompletableFuture<Status> end = new CompletableFuture<>();

		private volatile int messages;

		private <ReqT, RespT> RecordedCall(ClientCall<ReqT, RespT> call, ReqT request, boolean unary) {
			this.call = call;
			call.start(new ClientCall.Listener<>() {

				@Override
				public void onMessage(RespT message) {
					RecordedCall.this.messages++;
					call.request(1);
				}

				@Override
				public void onClose(Status status, Metadata trailers) {
					RecordedCall.this.end.complete(status);
				}

			}, new Metadata());
			call.request(2);
			call.sendMessage(request);
			if (unary) {
				call.halfClose();
			}
		}

		private Status.Code end() throws Exception {
			try {
				return this.end.get(12, TimeUnit.SECONDS).getCode();
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
