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
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that say nothing, from the beginning or from some moment on.
 */
@Execution(ExecutionMode.CONCURRENT)
class SilentPeerTests {

	private final List<TcpProxy> proxies = new ArrayList<>();

	@AfterEach
	void closeProxies() {
		this.proxies.forEach(TcpProxy::close);
	}

	@Test
	void plainTextPeerThatAcceptsAndSaysNothingIsGivenUp() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			TcpProxy proxy = proxy(etcd.getMember(0));
			proxy.setSilent(true);
			verifyGivenUp(runner("http://127.0.0.1:" + proxy.getPort(), etcd), proxy, () -> proxy.setSilent(false));
		}
	}

	@Test
	void peerThatAcceptsAndNeverShakesHandsIsGivenUp() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			TcpProxy proxy = proxy(etcd.getMember(0));
			proxy.setSilent(true);
			verifyGivenUp(runner("https://127.0.0.1:" + proxy.getPort(), etcd), proxy, () -> proxy.setSilent(false));
		}
	}

	@Test
	void peerThatSaysNothingAfterTheHandshakeIsGivenUp() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start(); SocketServer silent = silent(etcd)) {
			LocalEtcdMember member = etcd.getMember(0);
			TcpProxy proxy = proxy(member);
			proxy.setTarget("127.0.0.1", silent.getPort());
			verifyGivenUp(runner("https://127.0.0.1:" + proxy.getPort(), etcd), proxy,
					() -> proxy.setTarget(member.getHost(), member.getPort()));
		}
	}

	/**
	 * Return a server that says nothing after the handshake and reads until the peer
	 * gives up.
	 */
	private static SocketServer silent(LocalEtcd etcd) {
		return SocketServer.tls(etcd.getCertificateAuthority().issueServer("127.0.0.1"),
				(socket) -> socket.getInputStream().readAllBytes());
	}

	private static void verifyGivenUp(ApplicationContextRunner runner, TcpProxy proxy, Runnable mend) {
		runner.withPropertyValues("etcd.relation.client.connect-timeout=1s", "etcd.relation.client.request-timeout=4s")
			.run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				assertThat(failure(kv.get(bytes("key")))).hasMessageContaining("Relation 'etcd'")
					.hasMessageContaining("127.0.0.1:" + proxy.getPort());
				// The first has been given up for another, which is no better
				Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> proxy.getConnections() > 1);
				mend.run();
				Awaitility.await()
					.atMost(Duration.ofSeconds(15))
					.ignoreExceptions()
					.until(() -> get(kv.get(bytes("key"))) != null);
			});
	}

	@Test
	void anotherMemberServesWhileOneSaysNothing() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start(); SocketServer silent = silent(etcd)) {
			TcpProxy mute = proxy(etcd.getMember(0));
			mute.setSilent(true);
			runner("https://127.0.0.1:%d,https://127.0.0.1:%d,%s".formatted(mute.getPort(), silent.getPort(),
					etcd.getConnectionString()), etcd)
				.run((context) -> {
					Client client = context.getBean(Client.class);
					RecordingListener listener = watch(client, "key");
					List<Long> revisions = new ArrayList<>();
					for (int i = 0; i < 20; i++) {
						revisions.add(put(client.getKVClient(), "key"));
					}
					listener.assertSaw(revisions);
				});
		}
	}

	@Test
	@EnabledOnOs(value = OS.LINUX, disabledReason = "each member needs an address of its own")
	void connectionsThatAreDroppedWithoutASignCostNoReadAndNoEvent() {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			List<String> endpoints = new ArrayList<>();
			for (LocalEtcdMember member : etcd.getMembers()) {
				endpoints.add("https://" + member.getHost() + ":" + proxy(member).getPort());
			}
			runner(String.join(",", endpoints), etcd).withPropertyValues("etcd.relation.client.request-timeout=20s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					List<RecordingListener> listeners = new ArrayList<>();
					for (int i = 0; i < 6; i++) {
						listeners.add(watch(client, "key"));
					}
					List<Long> revisions = new ArrayList<>();
					revisions.add(put(kv, "key"));
					for (RecordingListener listener : listeners) {
						listener.assertSaw(revisions);
					}
					List<CompletableFuture<?>> reads = new ArrayList<>();
					for (int i = 0; i < 100; i++) {
						reads.add(kv.get(bytes("key")));
					}
					for (CompletableFuture<?> read : reads) {
						get(read);
					}
					Awaitility.await()
						.untilAsserted(() -> assertThat(this.proxies)
							.allSatisfy((proxy) -> assertThat(proxy.getConnections()).isPositive()));
					this.proxies.forEach(TcpProxy::swallow);
					for (int i = 0; i < 6; i++) {
						get(kv.get(bytes("key")));
					}
					// One that goes where nothing was heard since is lost and must not be
					// sent again
					revisions.add(Awaitility.await()
						.atMost(Duration.ofSeconds(30))
						.ignoreExceptions()
						.until(() -> put(kv, "key"), (revision) -> true));
					for (RecordingListener listener : listeners) {
						listener.assertSaw(revisions);
					}
				});
		}
	}

	private TcpProxy proxy(LocalEtcdMember member) {
		TcpProxy proxy = new TcpProxy(member.getHost(), 0, member.getHost(), member.getPort());
		this.proxies.add(proxy);
		return proxy;
	}

	private static RecordingListener watch(Client client, String key) {
		RecordingListener listener = new RecordingListener();
		client.getWatchClient().watch(bytes(key), WatchOption.builder().withRevision(1).build(), listener);
		return listener;
	}

	private static long put(KV kv, String key) throws Exception {
		return get(kv.put(bytes(key), bytes("value"))).getHeader().getRevision();
	}

	private static ApplicationContextRunner runner(String connectionString, LocalEtcd etcd) {
		return RelationTester.runner(connectionString, etcd.getClientCredentials());
	}

}
