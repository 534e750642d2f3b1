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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The MDC and other values of the caller's thread in the callbacks of its calls.
 */
@WithLocalEtcd
class CallerContextTests {

	private static final String KEY = "caller";

	private final LocalEtcd etcd;

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path parent;

	CallerContextTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void callbacksHaveTheMdcOfTheirCaller() {
		runWaiting((client, directory) -> {
			List<CompletableFuture<Seen>> seen = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				seen.add(callAs((i % 3 > 0) ? "caller " + i : null, client.getKVClient()));
			}
			assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
			directory.write("connection_string", this.etcd.getConnectionString());
			for (int i = 0; i < seen.size(); i++) {
				Seen callback = get(seen.get(i));
				assertThat(callback.thread()).startsWith("etcd-relation-");
				assertThat(callback.caller()).isEqualTo((i % 3 > 0) ? "caller " + i : null);
				assertThat(callback.stray()).isNull();
			}
		});
	}

	@Test
	void callbackOfFailureHasTheMdcOfItsCaller() {
		runWaiting((client, directory) -> {
			MDC.put(KEY, "fails");
			CompletableFuture<@Nullable String> seen = client.getKVClient()
				.get(bytes("key"))
				.handle((response, failure) -> (failure != null) ? MDC.get(KEY) : null);
			MDC.clear();
			assertThat(get(seen)).isEqualTo("fails");
		}, "etcd.relation.client.available-timeout=300ms");
	}

	@Test
	void listenerHasTheMdcOfTheCreatorOfItsWatch() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			List<String> seen = new CopyOnWriteArrayList<>();
			MDC.put(KEY, "creator");
			try (Watch.Watcher watcher = client.getWatchClient()
				.watch(bytes("watched"), (response) -> seen.add(String.valueOf(MDC.get(KEY))))) {
				MDC.put(KEY, "writer");
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
					get(client.getKVClient().put(bytes("watched"), bytes("value")));
					return seen.size() > 2;
				});
			}
			assertThat(seen).containsOnly("creator");
		});
	}

	@Test
	void sharedStreamHasTheMdcOfNobody() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			long lease = get(client.getLeaseClient().grant(2)).getID();
			List<String> seen = new CopyOnWriteArrayList<>();
			MDC.put(KEY, "first");
			try (CloseableClient keepAlive = client.getLeaseClient()
				.keepAlive(lease,
						Observers.<LeaseKeepAliveResponse>builder()
							.onNext((response) -> seen.add(String.valueOf(MDC.get(KEY))))
							.build())) {
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() > 1);
			}
			assertThat(seen).containsOnly("null");
		});
	}

	@Test
	void callbackOfSingleRenewalHasTheMdcOfItsCaller() {
		runWaiting((client, directory) -> {
			List<CompletableFuture<@Nullable String>> seen = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				if (i % 3 > 0) {
					MDC.put(KEY, "caller " + i);
				}
				seen.add(client.getLeaseClient().keepAliveOnce(4711).handle((response, failure) -> MDC.get(KEY)));
				MDC.clear();
			}
			directory.write("connection_string", this.etcd.getConnectionString());
			for (int i = 0; i < seen.size(); i++) {
				assertThat(get(seen.get(i))).isEqualTo((i % 3 > 0) ? "caller " + i : null);
			}
		});
	}

	@Test
	void registeredValuesReachCallbacks() {
		ThreadLocal<String> tenant = new ThreadLocal<>();
		ContextRegistry registry = ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", tenant);
		try {
			runWaiting((client, directory) -> {
				tenant.set("blue");
				CompletableFuture<@Nullable String> seen = client.getKVClient()
					.get(bytes("key"))
					.thenApply((response) -> tenant.get());
				tenant.remove();
				CompletableFuture<@Nullable String> other = client.getKVClient()
					.get(bytes("key"))
					.thenApply((response) -> tenant.get());
				directory.write("connection_string", this.etcd.getConnectionString());
				assertThat(get(seen)).isEqualTo("blue");
				assertThat(get(other)).isNull();
			});
		}
		finally {
			registry.removeThreadLocalAccessor("tenant");
		}
	}

	@Test
	void registeredKeysOfTheMdcAreTheOnlyOnes() {
		ContextRegistry registry = ContextRegistry.getInstance()
			.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor(KEY));
		try {
			runWaiting((client, directory) -> {
				MDC.put(KEY, "chosen");
				MDC.put("other", "not chosen");
				CompletableFuture<Map<String, String>> seen = client.getKVClient()
					.get(bytes("key"))
					.thenApply((response) -> MDC.getCopyOfContextMap());
				MDC.clear();
				directory.write("connection_string", this.etcd.getConnectionString());
				assertThat(get(seen)).containsExactly(Map.entry(KEY, "chosen"));
			});
		}
		finally {
			registry.removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
		}
	}

	private static CompletableFuture<Seen> callAs(@Nullable String caller, KV kv) {
		if (caller != null) {
			MDC.put(KEY, caller);
		}
		try {
			return kv.get(bytes("key")).thenApply((response) -> {
				Seen seen = new Seen(Thread.currentThread().getName(), MDC.get(KEY), MDC.get("stray"));
				if (caller != null) {
					MDC.put("stray", caller);
				}
				return seen;
			});
		}
		finally {
			MDC.clear();
		}
	}

	/**
	 * Run a test whose calls wait, so that their callbacks do not run on its thread.
	 */
	private void runWaiting(WaitingTest test, String... properties) {
		RelationDirectory directory = new RelationDirectory(this.parent.resolve("relation"));
		ApplicationContextRunner runner = RelationTester.runner()
			.withPropertyValues("etcd.relation.directory=" + directory.getPath(), "etcd.relation.poll-interval=100ms",
					"etcd.relation.client.request-timeout=25s", "etcd.relation.client.available-timeout=25s")
			.withPropertyValues(properties);
		runner.run((context) -> {
			Client client = context.getBean(Client.class);
			assertThat(context.getBean(EtcdRelation.class).isAvailable()).isFalse();
			test.run(client, directory);
			MDC.clear();
		});
	}

	@FunctionalInterface
	private interface WaitingTest {

		void run(Client client, RelationDirectory directory) throws Exception;

	}

	private record Seen(String thread, @Nullable String caller, @Nullable String stray) {

	}

}
