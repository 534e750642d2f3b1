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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import io.github.etcdrelation.autoconfigure.EtcdRelationCloudAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * User and password: tokens that etcd forgets when it restarts, and passwords that
 * change.
 */
@Execution(ExecutionMode.CONCURRENT)
class AuthenticationTests {

	private static final String PASSWORD = "right-s3cr3t";

	@Test
	void watchOutlivesLossOfItsToken() {
		try (LocalEtcd etcd = guarded();
				TcpProxy proxy = new TcpProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				RecordingListener listener = watch(client, "key");
				List<Long> revisions = new ArrayList<>();
				for (int i = 0; i < 2; i++) {
					revisions.add(put(kv, "key"));
					listener.assertSaw(revisions);
					etcd.getMember(0).restart();
					revisions.add(put(kv, "key"));
					listener.assertSaw(revisions);
					// None that was given up may come back with its events
					proxy.reset();
					revisions.add(put(kv, "key"));
					listener.assertSaw(revisions);
				}
				assertThat(listener.getRevisions()).isEqualTo(revisions);
			});
		}
	}

	@Test
	void watchFromAnOldRevisionOutlivesLossOfTheToken() {
		try (LocalEtcd etcd = guarded()) {
			runner(etcd.getConnectionString()).run((context) -> {
				Client client = context.getBean(Client.class);
				List<Long> revisions = new ArrayList<>();
				try (Writers writers = new Writers(client.getKVClient(), "old/", 16)) {
					writers.awaitFurther(1000);
					revisions.addAll(writers.stop());
				}
				etcd.getMember(0).restart();
				RecordingListener listener = watch(client, "old/");
				listener.assertSaw(revisions);
				etcd.getMember(0).restart();
				revisions.add(put(client.getKVClient(), "old/"));
				listener.assertSaw(revisions);
			});
		}
	}

	@Test
	void watchOutlivesAuthenticationThatFails() throws Exception {
		try (LocalEtcd etcd = guarded();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			AtomicInteger failing = new AtomicInteger();
			proxy.refuse((method, headers) -> (method.endsWith("Authenticate") && failing.getAndDecrement() > 0)
					? Status.UNAVAILABLE : null);
			runner(proxy.getConnectionString()).run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				RecordingListener listener = watch(client, "key");
				List<Long> revisions = new ArrayList<>();
				revisions.add(put(kv, "key"));
				listener.assertSaw(revisions);
				failing.set(1);
				etcd.getMember(0).restart();
				// Waits for its part in the new token as the watch does
				Awaitility.await().until(() -> failing.get() <= 0 || listener.isEnded());
				revisions.add(put(kv, "key"));
				listener.assertSaw(revisions);
			});
		}
	}

	@Test
	void callsInFlightShareOneAuthentication() throws Exception {
		try (LocalEtcd etcd = guarded();
				GrpcProxy proxy = new GrpcProxy(etcd.getMember(0).getHost(), etcd.getMember(0).getPort())) {
			runner(proxy.getConnectionString()).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				put(kv, "key");
				int before = proxy.getCalls("Authenticate").size();
				etcd.getMember(0).restart();
				List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
				for (int i = 0; i < 400; i++) {
					puts.add(kv.put(bytes("key/" + i), bytes("value")));
				}
				for (CompletableFuture<PutResponse> put : puts) {
					get(put);
				}
				// One, and a few more for calls that etcd refused late
				assertThat(proxy.getCalls("Authenticate").size() - before).isBetween(1, 5);
			});
		}
	}

	@Test
	void newPasswordOfConnectionDetailsIsTakenOver() {
		try (LocalEtcd etcd = guarded()) {
			Details details = new Details(etcd.getConnectionString());
			verifyNewPasswordIsTakenOver(etcd,
					RelationTester.runner().withBean(EtcdConnectionDetails.class, () -> details),
					(context) -> details.password = "new-s3cr3t");
		}
	}

	@Test
	void newPasswordPropertyIsTakenOver() {
		try (LocalEtcd etcd = guarded()) {
			String key = "etcd.relation.client.password";
			Map<String, Object> properties = new LinkedHashMap<>();
			properties.put(key, PASSWORD);
			ApplicationContextRunner runner = RelationTester.runner(etcd)
				.withConfiguration(AutoConfigurations.of(EtcdRelationCloudAutoConfiguration.class))
				.withPropertyValues("etcd.relation.client.user=root")
				.withInitializer((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("changed", properties)));
			verifyNewPasswordIsTakenOver(etcd, runner, (context) -> {
				properties.put(key, "new-s3cr3t");
				context.publishEvent(new EnvironmentChangeEvent(context, Set.of(key)));
			});
		}
	}

	@Test
	void newPasswordInDirectoryIsTakenOver(@TempDir Path path) {
		try (LocalEtcd etcd = guarded()) {
			RelationDirectory directory = new RelationDirectory(path);
			directory.write("endpoints", etcd.getConnectionString());
			directory.write("username", "root\n");
			directory.write("password", PASSWORD + "\n");
			verifyNewPasswordIsTakenOver(etcd,
					RelationTester.runner().withPropertyValues("etcd.relation.directory=" + path),
					(context) -> directory.write("password", "new-s3cr3t\n"));
		}
	}

	private static void verifyNewPasswordIsTakenOver(LocalEtcd etcd, ApplicationContextRunner runner,
			Consumer<ConfigurableApplicationContext> change) {
		runner.run((context) -> {
			Client client = context.getBean(Client.class);
			KV kv = client.getKVClient();
			RecordingListener listener = watch(client, "key");
			List<Long> revisions = new ArrayList<>();
			revisions.add(put(kv, "key"));
			listener.assertSaw(revisions);
			// etcd forgets the tokens of a user whose password changes
			get(client.getAuthClient().userChangePassword(bytes("root"), bytes("new-s3cr3t")));
			change.accept(context);
			context.getBean(EtcdRelations.class).refresh("etcd");
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.ignoreExceptions()
				.until(() -> get(kv.get(bytes("key"))) != null);
			etcd.getMember(0).restart();
			revisions.add(put(kv, "key"));
			listener.assertSaw(revisions);
		});
	}

	@Test
	void userAndPasswordDoNoHarmWithoutAuthentication() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			runner(etcd.getConnectionString()).run((context) -> {
				Client client = context.getBean(Client.class);
				RecordingListener listener = watch(client, "key");
				listener.assertSaw(List.of(put(client.getKVClient(), "key")));
			});
		}
	}

	@Test
	void authenticationThatIsEnabledLaterIsNoticed() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			runner(etcd.getConnectionString()).run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				put(kv, "key");
				enableAuthentication(etcd);
				put(kv, "key");
			});
		}
	}

	private static LocalEtcd guarded() {
		LocalEtcd etcd = LocalEtcd.builder().start();
		enableAuthentication(etcd);
		return etcd;
	}

	private static void enableAuthentication(LocalEtcd etcd) {
		RelationTester.runner(etcd).run((context) -> {
			Auth auth = context.getBean(Client.class).getAuthClient();
			get(auth.userAdd(bytes("root"), bytes(PASSWORD)));
			get(auth.userGrantRole(bytes("root"), bytes("root")));
			get(auth.authEnable());
		});
	}

	private static RecordingListener watch(Client client, String prefix) {
		RecordingListener listener = new RecordingListener();
		client.getWatchClient()
			.watch(bytes(prefix), WatchOption.builder().isPrefix(true).withRevision(1).build(), listener);
		return listener;
	}

	private static long put(KV kv, String key) throws Exception {
		// On a connection that works: a write that was sent is not sent again
		get(kv.get(bytes(key)));
		return get(kv.put(bytes(key), bytes("value"))).getHeader().getRevision();
	}

	private static ApplicationContextRunner runner(String connectionString) {
		return RelationTester.runner()
			.withPropertyValues("etcd.relation.connection-string=" + connectionString, "etcd.relation.client.user=root",
					"etcd.relation.client.password=" + PASSWORD);
	}

	private static final class Details implements EtcdConnectionDetails {

		private final String connectionString;

		private volatile String password = PASSWORD;

		private Details(String connectionString) {
			this.connectionString = connectionString;
		}

		@Override
		public String getConnectionString() {
			return this.connectionString;
		}

		@Override
		public String getUser() {
			return "root";
		}

		@Override
		public String getPassword() {
			return this.password;
		}

	}

}
