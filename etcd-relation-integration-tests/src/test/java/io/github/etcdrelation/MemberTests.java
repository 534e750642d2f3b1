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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Members of a cluster that are not as well as the others.
 */
class MemberTests {

	@TempDir
	private Path temporary;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void frozenMemberCostsNoReadAndNoEvent(boolean leader) {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			// Longer than etcd itself takes to give up what went to a leader that is gone
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=20s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					LocalEtcdMember frozen = member(client, etcd, leader);
					List<RecordingListener> listeners = watches(client);
					List<Throwable> failures = new CopyOnWriteArrayList<>();
					AtomicInteger reads = new AtomicInteger();
					try (Writers writers = new Writers(kv, "write/", 4);
							Readers readers = new Readers(kv, reads, failures)) {
						writers.awaitFurther(50);
						Awaitility.await().until(() -> reads.get() > 100);
						frozen.pause();
						try {
							int before = reads.get();
							Awaitility.await()
								.failFast("a read failed", () -> assertThat(failures).isEmpty())
								.atMost(Duration.ofSeconds(30))
								.until(() -> reads.get() > before + 500);
							long revision = putAtLast(kv);
							for (RecordingListener listener : listeners) {
								listener.assertSaw(List.of(revision));
							}
							writers.awaitFurther(50);
						}
						finally {
							frozen.resume();
						}
						assertThat(failures).isEmpty();
					}
				});
		}
	}

	/**
	 * Return a member that leads, or the first that does not.
	 */
	private static LocalEtcdMember member(Client client, LocalEtcd etcd, boolean leader) throws Exception {
		for (LocalEtcdMember member : etcd.getMembers()) {
			StatusResponse status = get(client.getMaintenanceClient().statusMember(member.getEndpoint()));
			if ((status.getLeader() == status.getHeader().getMemberId()) == leader) {
				return member;
			}
		}
		throw new AssertionError("No member has this role");
	}

	@Test
	void memberWithoutLeaderCostsNoReadAndNoEvent() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				GrpcProxy lost = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort());
				GrpcProxy other = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=%s,%s".formatted(lost.getConnectionString(),
						other.getConnectionString()))
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					List<RecordingListener> listeners = watches(client);
					List<Throwable> failures = new CopyOnWriteArrayList<>();
					AtomicInteger reads = new AtomicInteger();
					try (Readers readers = new Readers(kv, reads, failures)) {
						Awaitility.await()
							.until(() -> reads.get() > 100 && !lost.getCalls("KV/Range").isEmpty()
									&& !other.getCalls("KV/Range").isEmpty());
						lost.loseLeader();
						int before = reads.get();
						Awaitility.await()
							.failFast("a read failed", () -> assertThat(failures).isEmpty())
							.atMost(Duration.ofSeconds(20))
							.until(() -> reads.get() > before + 500);
						long revision = putAtLast(kv);
						for (RecordingListener listener : listeners) {
							listener.assertSaw(List.of(revision));
						}
						assertThat(failures).isEmpty();
					}
				});
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void keptLeaseHearsNothingWhileQuorumIsLost() {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).start();
				Client third = Client.builder().endpoints(etcd.getMember(2).getEndpoint()).build()) {
			RelationTester.runner(etcd).run((context) -> {
				Client client = context.getBean(Client.class);
				// Renewed every ten seconds
				long lease = get(client.getLeaseClient().grant(30)).getID();
				List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
				List<Object> ends = new CopyOnWriteArrayList<>();
				try (CloseableClient keepAlive = client.getLeaseClient()
					.keepAlive(lease,
							Observers.<LeaseKeepAliveResponse>builder()
								.onNext(renewals::add)
								.onError(ends::add)
								.onCompleted(() -> ends.add("completed"))
								.build())) {
					Awaitility.await().until(() -> !renewals.isEmpty());
					try {
						etcd.getMember(0).pause();
						etcd.getMember(1).pause();
						Awaitility.await()
							.atMost(Duration.ofSeconds(20))
							.until(() -> get(third.getMaintenanceClient().statusMember(etcd.getMember(2).getEndpoint()))
								.getLeader() == 0);
						// etcd takes some seconds to end the streams that want a leader
						Awaitility.await()
							.failFast("told of a loss that passes", () -> assertThat(ends).isEmpty())
							.atMost(Duration.ofSeconds(20))
							.during(Duration.ofSeconds(6))
							.until(ends::isEmpty);
					}
					finally {
						etcd.getMember(0).resume();
						etcd.getMember(1).resume();
					}
					int before = renewals.size();
					Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> renewals.size() > before);
					assertThat(ends).isEmpty();
				}
			});
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void statusOfDeadMemberFailsSoonAndNamesThatMember() {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=20s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					get(client.getKVClient().get(bytes("key")));
					etcd.getMember(1).kill();
					long start = System.nanoTime();
					Throwable failure = failure(
							client.getMaintenanceClient().statusMember(etcd.getMember(1).getEndpoint()));
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
					assertThat(failure).hasMessageContaining("Relation 'etcd'")
						.hasMessageContaining(address(etcd.getMember(1)))
						.hasMessageContaining("Connection refused")
						.hasMessageNotContaining(address(etcd.getMember(0)))
						.hasMessageNotContaining(address(etcd.getMember(2)));
				});
		}
	}

	private static String address(LocalEtcdMember member) {
		return member.getHost() + ":" + member.getPort();
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	@EnabledOnOs(value = OS.LINUX, disabledReason = "each member needs an address of its own")
	void eachAddressOfOneNameIsUsed() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			List<TcpProxy> proxies = proxiesWithOnePort(etcd);
			try {
				callInJvm(etcd, proxies.get(0).getPort());
				assertThat(proxies).allSatisfy((proxy) -> assertThat(proxy.getConnections()).isPositive());
			}
			finally {
				proxies.forEach(TcpProxy::close);
			}
		}
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	@EnabledOnOs(value = OS.LINUX, disabledReason = "each member needs an address of its own")
	void oneAddressOfANameMayBeUnreachable() throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			List<TcpProxy> proxies = proxiesWithOnePort(etcd);
			try {
				int port = proxies.get(0).getPort();
				proxies.get(0).close();
				callInJvm(etcd, port);
			}
			finally {
				proxies.forEach(TcpProxy::close);
			}
		}
	}

	private static List<TcpProxy> proxiesWithOnePort(LocalEtcd etcd) {
		for (int attempt = 0; attempt < 20; attempt++) {
			List<TcpProxy> proxies = new ArrayList<>();
			try {
				int port = 0;
				for (LocalEtcdMember member : etcd.getMembers()) {
					proxies.add(new TcpProxy(member.getHost(), port, member.getHost(), member.getPort()));
					port = proxies.get(0).getPort();
				}
				return proxies;
			}
			catch (UncheckedIOException ex) {
				proxies.forEach(TcpProxy::close);
			}
		}
		throw new IllegalStateException("No port is free on all addresses");
	}

	/**
	 * Call an etcd at https://localhost in a JVM for which that name has three addresses.
	 */
	private void callInJvm(LocalEtcd etcd, int port) throws IOException, InterruptedException {
		Path hosts = Files.writeString(this.temporary.resolve("hosts"),
				"127.0.0.1 localhost\n127.0.0.2 localhost\n127.0.0.3 localhost\n");
		RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
		directory.write("https://localhost:" + port, etcd.getClientCredentials());
		Path output = this.temporary.resolve("output");
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Djdk.net.hosts.file=" + hosts, "-cp",
				System.getProperty("java.class.path"), Application.class.getName(), directory.getPath().toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).as("the JVM ended").isTrue();
			assertThat(jvm.exitValue()).as(() -> read(output)).isZero();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<RecordingListener> watches(Client client) throws Exception {
		long revision = get(client.getKVClient().put(bytes("watched"), bytes("first"))).getHeader().getRevision();
		List<RecordingListener> listeners = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			RecordingListener listener = new RecordingListener();
			client.getWatchClient()
				.watch(bytes("watched"), WatchOption.builder().withRevision(revision).build(), listener);
			listeners.add(listener);
		}
		for (RecordingListener listener : listeners) {
			listener.assertSaw(List.of(revision));
		}
		return listeners;
	}

	/**
	 * Put, as often as it takes: what was sent to the member must not be sent again.
	 */
	private static long putAtLast(KV kv) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.until(() -> get(kv.put(bytes("watched"), bytes("value"))).getHeader().getRevision(), (revision) -> true);
	}

	/**
	 * Threads that read one value after the other.
	 */
	private static final class Readers implements AutoCloseable {

		private volatile boolean running = true;

		private Readers(KV kv, AtomicInteger reads, List<Throwable> failures) {
			for (int i = 0; i < 4; i++) {
				new Thread(() -> read(kv, reads, failures), "readers-" + i).start();
			}
		}

		private void read(KV kv, AtomicInteger reads, List<Throwable> failures) {
			while (this.running) {
				try {
					get(kv.get(bytes("watched")));
					reads.incrementAndGet();
				}
				catch (Exception ex) {
					if (this.running) {
						failures.add(ex);
					}
				}
			}
		}

		@Override
		public void close() {
			this.running = false;
		}

	}

	/**
	 * Reads through a relation.
	 */
	public static final class Application {

		private Application() {
		}

		public static void main(String[] arguments) {
			RelationTester.runner().withPropertyValues("etcd.relation.directory=" + arguments[0]).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				// The first is waited for alone, so that others are reached as well
				for (int round = 0; round < 10; round++) {
					List<CompletableFuture<?>> reads = new ArrayList<>();
					for (int i = 0; i < 30; i++) {
						reads.add(kv.get(bytes("key")));
					}
					for (CompletableFuture<?> read : reads) {
						get(read);
					}
				}
			});
			System.exit(0);
		}

	}

}
