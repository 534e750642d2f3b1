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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.Context;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Locks, free and waited for, alone and together with those that etcd carries out.
 */
@WithLocalEtcd
@Execution(ExecutionMode.CONCURRENT)
class LockTests {

	private final LocalEtcd etcd;

	private final CallHandle call = new CallHandle();

	private Queue queue;

	LockTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeEach
	void openQueue(TestInfo test) {
		this.queue = new Queue(this.etcd, test.getTestMethod().orElseThrow().getName());
	}

	@AfterEach
	void closeQueue() {
		this.queue.close();
	}

	private ApplicationContextRunner runner() {
		return runner(this.etcd.getConnectionString());
	}

	private ApplicationContextRunner runner(String connectionString) {
		return RelationTester.runner(connectionString, this.etcd.getClientCredentials())
			.withBean(EtcdClientBuilderCustomizer.class, () -> (builder) -> builder.interceptor(this.call));
	}

	private CompletableFuture<LockResponse> lock(Client client, long lease) {
		return client.getLockClient().lock(bytes(this.queue.getName()), lease);
	}

	private Status.Code code(CompletableFuture<?> future) {
		return Status.fromThrowable(failure(future)).getCode();
	}

	@Test
	void freeLockIsTheKeyOfTheLease() {
		runner().run((context) -> {
			long lease = this.queue.grant();
			LockResponse response = get(lock(context.getBean(Client.class), lease));
			assertThat(text(response.getKey())).isEqualTo(this.queue.key(lease));
			assertThat(response.getHeader().getRevision()).isPositive();
			KeyValue entry = this.queue.read().get(0);
			assertThat(entry.getLease()).isEqualTo(lease);
			assertThat(text(entry.getValue())).isEmpty();
			this.queue.assertFirst(lease);
		});
	}

	@Test
	void locksAreGivenInTheOrderOfTheCallsAndOneAtATime() {
		runner().run((context) -> {
			List<Long> leases = new ArrayList<>();
			List<CompletableFuture<LockResponse>> locks = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				leases.add(this.queue.grant());
				locks.add(lock(context.getBean(Client.class), leases.get(i)));
				this.queue.awaitKeys(leases.toArray(Long[]::new));
			}
			this.queue.assertTurns(leases, locks);
			assertThat(this.queue.keys()).isEmpty();
		});
	}

	@Test
	void lockWaitsForOneThatEtcdCarriesOut() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			LockResponse held = get(lock(this.queue.getClient(), first));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			this.queue.awaitKeys(first, second);
			assertThat(waiting).isNotDone();
			get(this.queue.getClient().getLockClient().unlock(held.getKey()));
			get(waiting);
			this.queue.assertFirst(second);
		});
	}

	@Test
	void lockThatEtcdCarriesOutWaitsForOurs() {
		runner().run((context) -> {
			Lock lock = context.getBean(Client.class).getLockClient();
			long first = this.queue.grant();
			long second = this.queue.grant();
			LockResponse held = get(lock(context.getBean(Client.class), first));
			CompletableFuture<LockResponse> waiting = lock(this.queue.getClient(), second);
			this.queue.awaitKeys(first, second);
			assertThat(waiting).isNotDone();
			get(lock.unlock(held.getKey()));
			get(waiting);
			this.queue.assertFirst(second);
		});
	}

	@Test
	void leaseThatHoldsTheLockIsGivenItAgain() {
		runner().run((context) -> {
			long lease = this.queue.grant();
			LockResponse first = get(lock(context.getBean(Client.class), lease));
			LockResponse second = get(lock(context.getBean(Client.class), lease));
			assertThat(second.getKey()).isEqualTo(first.getKey());
			assertThat(this.queue.keys()).containsExactly(this.queue.key(lease));
		});
	}

	@Test
	void unknownLeaseIsRefusedByEtcd() {
		runner().run((context) -> {
			Throwable failure = failure(lock(context.getBean(Client.class), 4711));
			assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.NOT_FOUND);
			assertThat(failure).hasMessageContaining("etcdserver: requested lease not found");
			assertThat(this.queue.keys()).isEmpty();
		});
	}

	@Test
	void lockWithoutLeaseIsCarriedOutByEtcd() {
		runner().run((context) -> {
			LockResponse held = get(lock(context.getBean(Client.class), 0));
			KeyValue entry = this.queue.read().get(0);
			assertThat(entry.getKey()).isEqualTo(held.getKey());
			assertThat(entry.getLease()).isNotZero();
		});
	}

	@Test
	void waitEndsWithAFailureWhenItsLeaseIsRevoked() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			this.queue.awaitKeys(first, second);
			this.queue.revoke(second);
			Throwable failure = failure(waiting);
			assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.NOT_FOUND);
			assertThat(failure).hasMessageContaining("Relation 'etcd'").hasMessageContaining(this.queue.key(second));
			this.queue.assertFirst(first);
		});
	}

	@Test
	void lockIsNotGivenToALeaseThatWasRevokedBeforeItsTurn() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			this.queue.awaitKeys(first, second);
			this.queue.revoke(second);
			this.queue.delete(first);
			assertThat(code(waiting)).isEqualTo(Status.Code.NOT_FOUND);
		});
	}

	@Test
	void lockPassesToTheNextWhenTheLeaseOfItsHolderEnds() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			this.queue.awaitKeys(first, second);
			this.queue.revoke(first);
			get(waiting);
			this.queue.assertFirst(second);
		});
	}

	@Test
	void waitThatIsCancelledLeavesTheQueue() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			this.queue.awaitKeys(first, second);
			this.call.cancel();
			assertThat(code(waiting)).isEqualTo(Status.Code.CANCELLED);
			this.queue.awaitKeys(first);
		});
	}

	@Test
	void waitLeavesTheQueueAtTheDeadlineOfItsContext() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
			try (Context.CancellableContext limited = Context.current()
				.withDeadlineAfter(500, TimeUnit.MILLISECONDS, timer)) {
				CompletableFuture<LockResponse> waiting = limited
					.call(() -> lock(context.getBean(Client.class), second));
				assertThat(code(waiting)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
				this.queue.awaitKeys(first);
			}
			finally {
				timer.shutdownNow();
			}
		});
	}

	@Test
	void waitLeavesTheQueueAtItsDeadline() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(context.getBean(Client.class), first));
			this.call.setDeadline(Duration.ofMillis(500));
			CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
			assertThat(code(waiting)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			this.queue.awaitKeys(first);
		});
	}

	@Test
	void callThatIsCancelledAtOnceLeavesNothingBehind() {
		runner().run((context) -> {
			// Otherwise one may be given before it is cancelled
			long holder = this.queue.grant();
			get(lock(context.getBean(Client.class), holder));
			List<CompletableFuture<LockResponse>> locks = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				locks.add(lock(context.getBean(Client.class), this.queue.grant()));
				this.call.cancel();
			}
			for (CompletableFuture<LockResponse> cancelled : locks) {
				assertThat(code(cancelled)).isEqualTo(Status.Code.CANCELLED);
			}
			this.queue.awaitKeys(holder);
		});
	}

	@Test
	void laterCallOfTheLeaseIsNotHarmedByTheEndOfAnEarlierOne() {
		runner().run((context) -> {
			Client client = context.getBean(Client.class);
			for (int i = 0; i < 30; i++) {
				long first = this.queue.grant();
				long second = this.queue.grant();
				get(lock(client, first));
				CompletableFuture<LockResponse> given = lock(client, second);
				this.queue.awaitKeys(first, second);
				this.call.cancel();
				CompletableFuture<LockResponse> taken = lock(client, second);
				this.queue.delete(first);
				get(taken);
				assertThat(code(given)).isEqualTo(Status.Code.CANCELLED);
				this.queue.assertFirst(second);
				this.queue.delete(second);
			}
		});
	}

	@Test
	void lockThatIsHeldIsNotHarmedByTheEndOfALaterCallOfTheLease() {
		runner().run((context) -> {
			long lease = this.queue.grant();
			get(lock(context.getBean(Client.class), lease));
			long revision = this.queue.read().get(0).getCreateRevision();
			for (int i = 0; i < 50; i++) {
				CompletableFuture<LockResponse> again = lock(context.getBean(Client.class), lease);
				this.call.cancel();
				assertThat(again.handle((response, failure) -> true)).succeedsWithin(Duration.ofSeconds(30));
			}
			get(lock(context.getBean(Client.class), lease));
			assertThat(this.queue.read().get(0).getCreateRevision()).isEqualTo(revision);
		});
	}

	@Test
	void twoCallsOfALeaseWaitTogether() {
		runner().run((context) -> {
			Client client = context.getBean(Client.class);
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(lock(client, first));
			CompletableFuture<LockResponse> one = lock(client, second);
			this.queue.awaitKeys(first, second);
			long written = this.queue.read().get(1).getModRevision();
			CompletableFuture<LockResponse> other = lock(client, second);
			Awaitility.await().until(() -> this.queue.read().get(1).getModRevision() > written);
			this.call.cancel();
			assertThat(code(other)).isEqualTo(Status.Code.CANCELLED);
			this.queue.delete(first);
			get(one);
			this.queue.assertFirst(second);
		});
	}

	@Test
	void lockWhoseAnswerWasLostIsGivenAllTheSame() throws Exception {
		LocalEtcdMember member = this.etcd.getMember(0);
		try (GrpcProxy proxy = new GrpcProxy(member.getHost(), member.getPort())) {
			runner(proxy.getConnectionString()).run((context) -> {
				long lease = this.queue.grant();
				proxy.cut("/Txn", 3, Status.UNAVAILABLE, () -> true);
				get(lock(context.getBean(Client.class), lease));
				assertThat(proxy.getCuts()).isEqualTo(3);
				assertThat(this.queue.keys()).containsExactly(this.queue.key(lease));
			});
		}
	}

	@Test
	void waitLeavesTheQueueThoughItsConnectionsBreak() throws Exception {
		LocalEtcdMember member = this.etcd.getMember(0);
		try (GrpcProxy proxy = new GrpcProxy(member.getHost(), member.getPort())) {
			runner(proxy.getConnectionString()).run((context) -> {
				long first = this.queue.grant();
				long second = this.queue.grant();
				get(lock(context.getBean(Client.class), first));
				CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
				this.queue.awaitKeys(first, second);
				proxy.cut("/Txn", 3, Status.UNAVAILABLE, () -> true);
				this.call.cancel();
				assertThat(code(waiting)).isEqualTo(Status.Code.CANCELLED);
				this.queue.awaitKeys(first);
				Awaitility.await().until(() -> proxy.getCuts() == 3);
			});
		}
	}

	@Test
	void waitsKeepTheirPlacesWhenConnectionsBreak() {
		LocalEtcdMember member = this.etcd.getMember(0);
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				List<Long> leases = new ArrayList<>();
				List<CompletableFuture<LockResponse>> locks = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					leases.add(this.queue.grant());
					locks.add(lock(context.getBean(Client.class), leases.get(i)));
					this.queue.awaitKeys(leases.toArray(Long[]::new));
				}
				for (int i = 0; i < 6; i++) {
					get(locks.get(i));
					this.queue.assertFirst(leases.get(i));
					assertThat(locks.subList(i + 1, 6)).noneMatch(CompletableFuture::isDone);
					int connections = proxy.getConnections();
					proxy.reset();
					this.queue.delete(leases.get(i));
					if (i < 5) {
						Awaitility.await().until(() -> proxy.getConnections() > connections);
					}
				}
			});
		}
	}

	@Test
	void waitIsNotEndedByACompactionThatItDidNotSee() {
		LocalEtcdMember member = this.etcd.getMember(0);
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				long first = this.queue.grant();
				long second = this.queue.grant();
				get(lock(context.getBean(Client.class), first));
				CompletableFuture<LockResponse> waiting = lock(context.getBean(Client.class), second);
				this.queue.awaitKeys(first, second);
				long revision = 0;
				for (int i = 0; i < 50; i++) {
					revision = get(this.queue.getClient().getKVClient().put(bytes("elsewhere"), bytes("value")))
						.getHeader()
						.getRevision();
				}
				get(this.queue.getClient().getKVClient().compact(revision));
				int connections = proxy.getConnections();
				proxy.reset();
				Awaitility.await().until(() -> proxy.getConnections() > connections);
				assertThat(waiting).isNotDone();
				this.queue.delete(first);
				get(waiting);
				this.queue.assertFirst(second);
			});
		}
	}

	@Test
	void lockHasOneHolderWhenEtcdNoticesLateThatAConnectionBroke() {
		try (LocalEtcd own = LocalEtcd.builder().start();
				Queue others = new Queue(own, this.queue.getName());
				TcpProxy proxy = new TcpProxy(own.getMember(0).getHost(), own.getMember(0).getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				List<Long> leases = List.of(others.grant(), others.grant(), others.grant());
				get(lock(others.getClient(), leases.get(0)));
				CompletableFuture<LockResponse> ours = lock(context.getBean(Client.class), leases.get(1));
				others.awaitKeys(leases.get(0), leases.get(1));
				CompletableFuture<LockResponse> third = lock(others.getClient(), leases.get(2));
				others.awaitKeys(leases.toArray(Long[]::new));
				int connections = proxy.getConnections();
				own.getMember(0).pause();
				try {
					proxy.reset();
					Awaitility.await().until(() -> proxy.getConnections() > connections);
				}
				finally {
					own.getMember(0).resume();
				}
				others.delete(leases.get(0));
				get(ours);
				others.assertFirst(leases.get(1));
				assertThat(third).isNotDone();
				others.delete(leases.get(1));
				get(third);
			});
		}
	}

	@Test
	void waitsKeepTheirPlacesWhenMembersAreKilledAndStarted() {
		try (LocalEtcd cluster = LocalEtcd.builder().members(3).start();
				Queue seen = new Queue(cluster, this.queue.getName())) {
			RelationTester.runner(cluster).run((context) -> {
				List<Long> leases = new ArrayList<>();
				List<CompletableFuture<LockResponse>> locks = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					leases.add(seen.grant());
					locks.add(lock(context.getBean(Client.class), leases.get(i)));
					seen.awaitKeys(leases.toArray(Long[]::new));
				}
				for (LocalEtcdMember member : cluster.getMembers()) {
					member.kill();
					member.restart();
				}
				cluster.getMember(0).pause();
				try {
					assertThat(locks.subList(1, 6)).noneMatch(CompletableFuture::isDone);
				}
				finally {
					cluster.getMember(0).resume();
				}
				seen.assertTurns(leases, locks);
			});
		}
	}

	@Test
	void waitOutlivesAnEtcdThatIsDownForLongerThanTheRequestTimeout() {
		try (LocalEtcd own = LocalEtcd.builder().start(); Queue seen = new Queue(own, this.queue.getName())) {
			RelationTester.runner(own).withPropertyValues("etcd.relation.client.request-timeout=1s").run((context) -> {
				Client client = context.getBean(Client.class);
				List<Long> leases = List.of(seen.grant(), seen.grant());
				List<CompletableFuture<LockResponse>> locks = new ArrayList<>();
				for (int i = 0; i < 2; i++) {
					locks.add(lock(client, leases.get(i)));
					seen.awaitKeys(leases.subList(0, i + 1).toArray(Long[]::new));
				}
				own.getMember(0).kill();
				for (int i = 0; i < 3; i++) {
					failure(client.getKVClient().get(bytes("key")));
				}
				own.getMember(0).restart();
				seen.assertTurns(leases, locks);
			});
		}
	}

	@Test
	void lockFailsWithinTheRequestTimeoutWhenEtcdIsDown() {
		try (LocalEtcd absent = LocalEtcd.builder().build()) {
			RelationTester.runner(absent)
				.withPropertyValues("etcd.relation.client.request-timeout=1s")
				.run((context) -> {
					Throwable failure = failure(lock(context.getBean(Client.class), 1));
					assertThat(failure).hasMessageContaining("Relation 'etcd'")
						.hasMessageContaining("cannot be reached");
				});
		}
	}

	@Test
	void lockNeedsThePermissionForItsNameAlone() {
		try (LocalEtcd guarded = LocalEtcd.builder().start()) {
			RelationTester.runner(guarded).run((context) -> enableUsers(context.getBean(Client.class)));
			RelationTester.runner(guarded)
				.withPropertyValues("etcd.relation.client.user=user", "etcd.relation.client.password=s3cr3t")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long first = get(client.getLeaseClient().grant(60)).getID();
					long second = get(client.getLeaseClient().grant(60)).getID();
					LockResponse held = get(client.getLockClient().lock(bytes("own"), first));
					CompletableFuture<LockResponse> waiting = client.getLockClient().lock(bytes("own"), second);
					GetOption prefix = GetOption.builder().isPrefix(true).build();
					Awaitility.await()
						.until(() -> get(client.getKVClient().get(bytes("own/"), prefix)).getCount() == 2);
					assertThat(waiting).isNotDone();
					get(client.getLockClient().unlock(held.getKey()));
					get(waiting);
					assertThat(failure(client.getLockClient().lock(bytes("other"), first)))
						.hasMessageContaining("etcdserver: permission denied");
				});
		}
	}

	private static void enableUsers(Client client) throws Exception {
		Auth auth = client.getAuthClient();
		for (String user : List.of("root", "user")) {
			get(auth.userAdd(bytes(user), bytes("s3cr3t")));
			get(auth.roleAdd(bytes(user)));
			get(auth.userGrantRole(bytes(user), bytes(user)));
		}
		get(auth.roleGrantPermission(bytes("user"), bytes("own/"), bytes("own0"), Permission.Type.READWRITE));
		get(auth.authEnable());
	}

	@Test
	void waitEndsWhenTheRelationLeadsToAnotherCluster(@TempDir Path directory) {
		try (LocalEtcd other = LocalEtcd.builder().start()) {
			RelationDirectory relation = new RelationDirectory(directory.resolve("relation"));
			relation.write("connection_string", this.etcd.getConnectionString());
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + relation.getPath())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long first = this.queue.grant();
					long second = this.queue.grant();
					get(lock(client, first));
					CompletableFuture<LockResponse> waiting = lock(client, second);
					this.queue.awaitKeys(first, second);
					relation.write("connection_string", other.getConnectionString());
					Throwable failure = failure(waiting);
					assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
					assertThat(failure).hasMessageContaining("another etcd cluster");
				});
		}
	}

}
