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
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What calls do while etcd, a member of it or the relation is not there.
 */
@ExtendWith(OutputCaptureExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = Resources.SYSTEM_OUT, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class AvailabilityTests {

	@Test
	@ResourceLock(Resources.SYSTEM_OUT)
	void applicationStartsBeforeEtcd(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build()) {
			RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=2s").run((context) -> {
				assertThat(context).hasNotFailed();
				Client client = context.getBean(Client.class);
				RecordingListener listener = new RecordingListener();
				try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("early"), listener)) {
					long start = System.nanoTime();
					Throwable failure = failure(client.getKVClient().get(bytes("early")));
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1900),
							Duration.ofSeconds(4));
					assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
					assertThat(failure).hasMessageContaining("Relation 'etcd'")
						.hasMessageContaining(etcd.getConnectionString())
						.hasMessageContaining("Connection refused");
					etcd.start();
					CompletableFuture<GetResponse> next = client.getKVClient().get(bytes("early"));
					assertThat(get(next).getKvs()).isEmpty();
					// The watch may be created after this put, of which it need not tell
					Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> {
						get(client.getKVClient().put(bytes("early"), bytes("value")));
						return listener.getEvents() > 0;
					});
					assertThat(listener.getErrors()).isEmpty();
				}
			});
		}
		assertThat(output.toString().split("cannot be reached", -1)).hasSizeLessThanOrEqualTo(3);
	}

	@Test
	void reconnectsSoonAfterLongOutage() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=2s").run((context) -> {
				Client client = context.getBean(Client.class);
				get(client.getKVClient().put(bytes("key"), bytes("value")));
				etcd.getMember(0).kill();
				// Long enough for gRPC to wait for longer than the request timeout
				for (int i = 0; i < 4; i++) {
					failure(client.getKVClient().get(bytes("key")));
				}
				etcd.getMember(0).restart();
				assertThat(text(get(client.getKVClient().get(bytes("key"))).getKvs().get(0).getValue()))
					.isEqualTo("value");
			});
		}
	}

	@Test
	void unaryCallHasDeadline() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=1s").run((context) -> {
				Client client = context.getBean(Client.class);
				get(client.getKVClient().put(bytes("key"), bytes("value")));
				etcd.getMember(0).pause();
				try {
					Throwable failure = failure(client.getKVClient().get(bytes("key")));
					assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
					assertThat(failure).hasMessageContaining("no answer from etcd at " + etcd.getConnectionString());
				}
				finally {
					etcd.getMember(0).resume();
				}
				get(client.getKVClient().get(bytes("key")));
			});
		}
	}

	@Test
	void deadlineOfCallItselfWins() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			CallDeadline deadline = new CallDeadline(Duration.ofSeconds(30));
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=2s")
				.withBean(EtcdClientBuilderCustomizer.class, () -> (builder) -> builder.interceptor(deadline))
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					get(kv.put(bytes("key"), bytes("value")));
					etcd.getMember(0).pause();
					try {
						CompletableFuture<GetResponse> patient = kv.get(bytes("key"));
						deadline.duration = Duration.ofMillis(200);
						CompletableFuture<GetResponse> impatient = kv.get(bytes("key"));
						deadline.duration = null;
						CompletableFuture<GetResponse> usual = kv.get(bytes("key"));
						assertThat(Status.fromThrowable(failure(impatient)).getCode())
							.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
						assertThat(usual).isNotDone();
						failure(usual);
						assertThat(patient).isNotDone();
						etcd.getMember(0).resume();
						assertThat(get(patient).getCount()).isOne();
					}
					finally {
						etcd.getMember(0).resume();
					}
				});
		}
	}

	@Test
	void callbackOfCallThatNeverLeftDoesNotHoldUpTheTimer() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=1s",
						"etcd.relation.client.callback-executor=direct")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					// Accepts connections and says nothing
					etcd.getMember(0).pause();
					try {
						String thread = get(client.getKVClient()
							.get(bytes("key"))
							.handle((response, failure) -> Thread.currentThread().getName()));
						assertThat(thread).doesNotContain("timer");
					}
					finally {
						etcd.getMember(0).resume();
					}
				});
		}
	}

	@Test
	void lockWaitsLongerThanTheDeadlineAndOutlivesItsConnection() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				TcpProxy proxy = new TcpProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			RelationTester.runner("https://127.0.0.1:" + proxy.getPort(), etcd.getClientCredentials())
				.withPropertyValues("etcd.relation.client.request-timeout=1s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					// The first connection of a process may take longer than the timeout
					Awaitility.await().ignoreExceptions().until(() -> count(client, "lock/") == 0);
					long first = get(client.getLeaseClient().grant(60)).getID();
					long second = get(client.getLeaseClient().grant(60)).getID();
					long third = get(client.getLeaseClient().grant(60)).getID();
					var held = get(client.getLockClient().lock(bytes("lock"), first)).getKey();
					var leader = get(client.getElectionClient().campaign(bytes("election"), first, bytes("first")))
						.getLeader();
					CompletableFuture<LockResponse> waiting = client.getLockClient().lock(bytes("lock"), second);
					var campaigning = client.getElectionClient().campaign(bytes("election"), third, bytes("third"));
					Awaitility.await().during(Duration.ofMillis(1500)).until(() -> !waiting.isDone());
					int connections = proxy.getConnections();
					proxy.reset();
					Awaitility.await().until(() -> proxy.getConnections() > connections);
					// Whoever waited is in the queue, whatever etcd made of the break
					Awaitility.await()
						.until(() -> waiting.isDone() || campaigning.isDone()
								|| (count(client, "lock/") == 2 && count(client, "election/") == 2));
					assertThat(waiting).isNotDone();
					assertThat(campaigning).isNotDone();
					get(client.getLockClient().unlock(held));
					get(client.getElectionClient().resign(leader));
					assertThat(text(get(waiting).getKey())).startsWith("lock/");
					assertThat(get(campaigning).getLeader()).isNotNull();
				});
		}
	}

	private static long count(Client client, String prefix) throws Exception {
		GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
		return get(client.getKVClient().get(bytes(prefix), option)).getCount();
	}

	@Test
	void memberThatIsDownFromTheStartDoesNoHarm() {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			etcd.getMember(1).kill();
			RelationTester.runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				verifyServed(client);
				// Each member has a certificate for its own address only
				for (LocalEtcdMember member : etcd.getMembers()) {
					if (member.isRunning()) {
						assertThat(get(client.getMaintenanceClient().statusMember(member.getEndpoint())).getVersion())
							.isEqualTo(etcd.getVersion());
					}
				}
				etcd.getMember(1).restart();
				etcd.getMember(0).kill();
				verifyServed(client);
				etcd.getMember(0).restart();
				etcd.getMember(2).kill();
				verifyServed(client);
			});
		}
	}

	private static void verifyServed(Client client) throws Exception {
		// etcd itself answers with errors until it has elected another leader
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.ignoreExceptions()
			.until(() -> get(client.getKVClient().get(bytes("key"))) != null);
		for (int i = 0; i < 20; i++) {
			get(client.getKVClient().get(bytes("key")));
		}
	}

	@Test
	void callsWaitForTheRelationAndThenFailByName() {
		RelationTester.runner()
			.withPropertyValues("etcd.relation.version=3.4.23", "etcd.relation.client.available-timeout=1s",
					"etcd.relation.client.request-timeout=1s")
			.run((context) -> {
				Client client = context.getBean(Client.class);
				assertThat(context.getBean(EtcdRelation.class).getStates()).containsExactly(RelationState.CONNECTED);
				long start = System.nanoTime();
				Throwable failure = failure(client.getKVClient().get(bytes("key")));
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(900),
						Duration.ofMillis(2500));
				assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(failure).hasMessageContaining("Relation 'etcd' is not available")
					.hasMessageContaining("no connection string");
				Throwable putFailure = failure(client.getKVClient().put(bytes("key"), bytes("value")));
				assertThat(Status.fromThrowable(putFailure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			});
	}

	@Test
	void leaseThatCannotBeRenewedSaysWhy() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().build()) {
			RelationTester.runner(etcd).withPropertyValues("etcd.relation.client.request-timeout=1s").run((context) -> {
				CompletableFuture<LeaseKeepAliveResponse> renewal = context.getBean(Client.class)
					.getLeaseClient()
					.keepAliveOnce(4711);
				assertThat(failure(renewal)).hasMessageContaining("Connection refused");
			});
		}
	}

	@Test
	void timeoutsMayBeShort() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=400ms",
						"etcd.relation.client.available-timeout=0s")
				.run((context) -> Awaitility.await()
					.ignoreExceptions()
					.until(() -> get(context.getBean(Client.class).getKVClient().get(bytes("key"))) != null));
		}
	}

	@Test
	void unknownHostIsNamed() {
		RelationTester.runner()
			.withPropertyValues("etcd.relation.connection-string=http://no-such-host.invalid:2379",
					"etcd.relation.client.request-timeout=3s")
			.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("key"))))
				.hasMessageContaining("unknown host no-such-host.invalid"));
	}

	@Test
	void knownHostServesBesideUnknownHost() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=http://no-such-host.invalid:2379,"
						+ etcd.getConnectionString())
				.run((context) -> get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value"))));
		}
	}

	/**
	 * Gives calls a deadline of their own.
	 */
	private static final class CallDeadline implements ClientInterceptor {

		private @Nullable Duration duration;

		private CallDeadline(Duration duration) {
			this.duration = duration;
		}

		@Override
		public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
				CallOptions options, Channel next) {
			return next.newCall(method, (this.duration != null) ? options.withDeadlineAfter(this.duration) : options);
		}

	}

}
