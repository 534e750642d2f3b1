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

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.actuate.RelationDescriptor;
import io.github.etcdrelation.autoconfigure.EtcdActuatorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.health.EtcdHealthContributorAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Relations of the interface {@code etcd_client}: etcd knows the user by the common name
 * of the certificate that the application brings, and limits it to a prefix.
 */
class EtcdClientRelationTests {

	private static final String PREFIX = "/my/app";

	private static LocalEtcd etcd;

	private static ClientCredentials own;

	private final TestSource source = new TestSource();

	private final ApplicationContextRunner runner = RelationTester.runner()
		.withConfiguration(AutoConfigurations.of(EtcdHealthContributorAutoConfiguration.class,
				EtcdActuatorAutoConfiguration.class))
		.withBean(RelationSource.class, () -> this.source)
		.withPropertyValues("management.endpoints.web.exposure.include=*", "etcd.relation.prefix=" + PREFIX,
				"etcd.relation.client-cert=" + own.clientCert(), "etcd.relation.client-key=" + own.clientKey());

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().mutualTls().start();
		own = etcd.newClientCredentials("app");
		asRoot((client) -> {
			Auth auth = client.getAuthClient();
			for (String user : new String[] { "root", "app" }) {
				get(auth.userAdd(bytes(user), bytes("unused")));
			}
			get(auth.userGrantRole(bytes("root"), bytes("root")));
			get(auth.roleAdd(bytes("app")));
			get(auth.roleGrantPermission(bytes("app"), bytes(PREFIX), bytes("/my/apq"), Permission.Type.READWRITE));
			get(auth.userGrantRole(bytes("app"), bytes("app")));
			get(auth.authEnable());
		});
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
	}

	@Test
	void requestOutsideThePrefixNamesUserPrefixAndKeys() {
		this.runner.run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			get(kv.put(bytes(PREFIX + "/key"), bytes("value")));
			assertThat(failure(kv.put(bytes("/other"), bytes("secret value"))))
				.hasMessageContaining("etcdserver: permission denied")
				.hasMessageContaining(
						"Relation 'etcd': the user 'app' of the client certificate, which was granted the "
								+ "prefix '/my/app', has no role for writing key '/other'")
				.message()
				.doesNotContain("secret value");
			assertThat(failure(kv.get(bytes("/a"), GetOption.builder().isPrefix(true).build())))
				.hasMessageContaining("has no role for reading keys from '/a' to '/b'");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void prefixIsTheNamespace(boolean requested) {
		ApplicationContextRunner namespaced = this.runner
			.withPropertyValues("etcd.relation.client.namespace-from-prefix=true");
		(requested ? namespaced : namespaced.withPropertyValues("etcd.relation.prefix=")).run((context) -> {
			Client client = context.getBean(Client.class);
			RecordingListener listener = new RecordingListener();
			client.getWatchClient()
				.watch(bytes("/watched"), WatchOption.builder().isPrefix(true).withRevision(1).build(), listener);
			long revision = get(client.getKVClient().put(bytes("/watched"), bytes("value"))).getHeader().getRevision();
			listener.assertSaw(List.of(revision));
			long lease = get(client.getLeaseClient().grant(60)).getID();
			String lock = text(get(client.getLockClient().lock(bytes("/lock"), lease)).getKey());
			assertThat(lock).isEqualTo("/lock/" + Long.toHexString(lease));
			String leader = text(
					get(client.getElectionClient().campaign(bytes("/election"), lease, bytes("me"))).getLeader()
						.getKey());
			asRoot((root) -> {
				List<String> keys = get(root.getKVClient()
					.get(ByteSequence.from(new byte[1]),
							GetOption.builder().withRange(ByteSequence.from(new byte[1])).build()))
					.getKvs()
					.stream()
					.map((entry) -> entry.getKey().toString(StandardCharsets.UTF_8))
					.toList();
				assertThat(keys).allMatch((key) -> key.startsWith(PREFIX))
					.contains(PREFIX + "/watched", PREFIX + lock)
					.anyMatch((key) -> key.startsWith(PREFIX + "/election/"));
			});
			assertThat(leader).contains("/election/");
			get(client.getLeaseClient().revoke(lease));
		});
	}

	@Test
	void incompleteDataKeepsWhatServes() {
		this.runner.run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			get(kv.put(bytes(PREFIX), bytes("value")));
			this.source.databag.remove("tls-ca");
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(context.getBean(EtcdRelation.class).isTlsAvailable()).isFalse();
			get(kv.put(bytes(PREFIX), bytes("value")));
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(String.valueOf(health.getDetails().get("pending")))
				.contains("has no certificate authority of etcd");
			this.source.databag.put("tls-ca", Objects.requireNonNull(own.clientCa()));
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(health(context).getDetails()).doesNotContainKey("pending");
		});
	}

	@Test
	void refusalOfTheProviderIsReported() {
		this.runner.run((context) -> {
			get(context.getBean(Client.class).getKVClient().put(bytes(PREFIX), bytes("value")));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			this.source.databag.put("status",
					"[{\"code\": 4010, \"message\": \"name in use\", \"resolution\": \"Take another\"}]");
			context.getBean(EtcdRelations.class).refresh("etcd");
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails())
				.containsEntry("reason",
						"Relation 'etcd': the provider refuses the request: name in use (4010): Take another")
				.containsEntry("refusals",
						List.of(Map.of("code", 4010, "message", "name in use", "resolution", "Take another")));
			RelationDescriptor descriptor = context.getBean(EtcdRelationEndpoint.class).relation("etcd");
			assertThat(descriptor.refusals())
				.containsExactly(new RelationDescriptor.Refusal(4010, "name in use", "Take another"));
			assertThat(descriptor.relationInterface()).isEqualTo("etcd_client");
			assertThat(descriptor.username()).isEqualTo("app");
			assertThat(descriptor.prefix()).isEqualTo(PREFIX);
			// What was granted before serves
			get(context.getBean(Client.class).getKVClient().put(bytes(PREFIX), bytes("value")));
			this.source.databag.put("status", "[]");
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void refusedRelationThatNeverServedIsDown() {
		this.source.databag.clear();
		this.source.databag.put("status", "[{\"code\": 5001, \"message\": \"no client TLS\"}]");
		this.runner.withPropertyValues("etcd.relation.client.available-timeout=200ms").run((context) -> {
			String reason = "Relation 'etcd' is not available: the provider refuses the request: no client TLS (5001)";
			assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes(PREFIX))))
				.hasMessageContaining(reason);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(String.valueOf(health.getDetails().get("reason"))).startsWith(reason);
			assertThat(health.getDetails()).containsKey("refusals");
		});
	}

	@Test
	void certificateOfASslBundleIsUsed() {
		this.runner
			.withPropertyValues("etcd.relation.client-cert=", "etcd.relation.client-key=",
					"etcd.relation.ssl.bundle=client",
					"spring.ssl.bundle.pem.client.keystore.certificate=" + own.clientCert(),
					"spring.ssl.bundle.pem.client.keystore.private-key=" + own.clientKey())
			.run((context) -> {
				get(context.getBean(Client.class).getKVClient().put(bytes(PREFIX), bytes("value")));
				assertThat(context.getBean(EtcdRelation.class).getClientCredentials().clientCa())
					.isEqualTo(own.clientCa());
			});
	}

	@Test
	void copiedCredentialsAreUsed() {
		RelationTester.runner(etcd.getConnectionString(), own)
			.withPropertyValues("etcd.relation.interface=etcd-client", "etcd.relation.prefix=" + PREFIX,
					"etcd.relation.client.namespace-from-prefix=true")
			.run((context) -> {
				get(context.getBean(Client.class).getKVClient().put(bytes("/copied"), bytes("value")));
				assertThat(context.getBean(EtcdRelation.class).getUsername()).isEqualTo("app");
			});
	}

	private static Health health(ApplicationContext context) {
		return Objects.requireNonNull(context.getBean("etcdHealthContributor", HealthIndicator.class).health());
	}

	private static void asRoot(Action action) {
		RelationTester.runner(etcd.getConnectionString(), etcd.newClientCredentials("root"))
			.run((context) -> action.run(context.getBean(Client.class)));
	}

	private interface Action {

		void run(Client client) throws Exception;

	}

	private static final class TestSource implements RelationSource {

		private final Map<String, String> databag = new HashMap<>(Map.of("uris", etcd.getConnectionString(), "username",
				"app", "tls", "true", "tls-ca", Objects.requireNonNull(own.clientCa()), "prefix", PREFIX));

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			return RelationView.empty()
				.withApplications(Map.of("etcd:1", new RemoteApplication(this.databag, Map.of())));
		}

		@Override
		public @Nullable String describeMissing() {
			return null;
		}

	}

}
