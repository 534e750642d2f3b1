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

package io.github.etcdrelation.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRequestRefusedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.internal.tls.PemFixtures;
import io.netty.pkitesting.X509Bundle;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static io.github.etcdrelation.event.RelationEventsAssert.assertThatEvents;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests how the certificate that the application brings meets what a provider grants,
 * which arrives in parts.
 */
@ExtendWith(OutputCaptureExtension.class)
class OwnCertificateTests {

	private static final String CERT = "etcd.relation.client-cert";

	private static final String KEY = "etcd.relation.client-key";

	private final TestSource source = new TestSource();

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	private final Map<String, Object> changing = new LinkedHashMap<>(Map.of(CERT, TestPem.CERT, KEY, TestPem.KEY));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class,
				EtcdRelationCloudAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("changing", this.changing)))
		.withBean(RelationSource.class, () -> this.source)
		.withBean("recorder", Recorder.class, () -> new Recorder(this.events))
		.withPropertyValues("etcd.relation.client.connect-timeout=100ms",
				"etcd.relation.client.available-timeout=200ms", "etcd.relation.client.request-timeout=200ms");

	@Test
	void partsArriveQuietly(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class);
			assertCallFails(context, "it is connected but has no user of etcd, no certificate authority of etcd");
			publish(context, "endpoints", "127.0.0.1:1");
			publish(context, "username", "test");
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
			assertCallFails(context, "it is connected but has no certificate authority of etcd");
			publish(context, "tls-ca", TestPem.CA);
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdTlsAvailableEvent.class, EtcdChangedEvent.class);
			assertThat(context.getBean(EtcdRelation.class).getClientCredentials())
				.isEqualTo(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
		});
		assertThat(output).doesNotContain("was refused");
	}

	@Test
	void authorityThatVanishesIsRefused(CapturedOutput output) {
		publishAll();
		this.runner.run((context) -> {
			this.events.clear();
			this.source.databag.remove("tls-ca");
			refresh(context);
			assertThat(this.events).last().isInstanceOf(EtcdRotationFailedEvent.class);
			assertThat(output).contains("new data was refused").contains("has no certificate authority of etcd");
		});
	}

	@Test
	void refusalOfTheProviderIsTheReasonOfCalls(CapturedOutput output) {
		this.runner.run((context) -> {
			publish(context, "status", """
					[{"code": 4010, "message": "common name in use", "resolution": "Use another certificate"}]""");
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdRequestRefusedEvent.class);
			assertCallFails(context, "Relation 'etcd' is not available: the provider refuses the request: common name "
					+ "in use (4010): Use another certificate");
			refresh(context);
			publish(context, "status", "[]");
			assertCallFails(context, "it is connected but has no user of etcd");
		});
		assertThat(output)
			.containsOnlyOnce("Relation 'etcd': the provider refuses the request: common name in use "
					+ "(4010): Use another certificate")
			.containsOnlyOnce("Relation 'etcd': the provider does not refuse the request any more: common name in use "
					+ "(4010)");
	}

	@Test
	void certificateThatTheProviderWouldRefuseIsRefused() {
		X509Bundle refused = PemFixtures.unconstrained();
		this.changing.putAll(Map.of(CERT, PemFixtures.chain(refused), KEY, refused.getPrivateKeyPEM()));
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			String reason = "client-cert holds a certificate (CN=client) without the extension BasicConstraints";
			assertCallFails(context, reason);
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdRotationFailedEvent.class);
			this.changing.put(KEY, TestPem.KEY);
			change(context, CERT, TestPem.CERT);
			assertCallFails(context, "it is connected but has no user of etcd");
		});
	}

	@Test
	void pairThatDoesNotMatchIsRefusedBeforeThereIsAnAnswer(CapturedOutput output) {
		this.runner.run((context) -> {
			change(context, CERT, TestPem.RSA_CERT);
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdRotationFailedEvent.class);
			assertCallFails(context, "client-key does not belong to the certificate in client-cert");
			refresh(context);
		});
		assertThat(output).containsOnlyOnce("client-key does not belong to the certificate in client-cert. Give");
	}

	@Test
	void locationOfOwnCertificateIsOnlyReadForEtcdClient() {
		this.changing.put(CERT, "file:/no/such/file");
		this.source.view = RelationView.of("etcd:1", "etcd/0", Map.of("connection_string", "http://127.0.0.1:1"));
		this.runner.run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getInterface()).isEqualTo("etcd");
			assertThat(relation.getStates()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE);
			assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
			this.source.view = null;
			refresh(context);
			assertThat(this.events).last()
				.asInstanceOf(InstanceOfAssertFactories.type(EtcdRotationFailedEvent.class))
				.satisfies((event) -> assertThat(event.getCause())
					.hasMessageStartingWith("client-cert names a location 'file:/no/such/file' that cannot be read"));
		});
	}

	@Test
	void ownDataIsNotAddedToClassicSource() {
		this.changing.put(CERT, "file:/no/such/file");
		this.runner.withPropertyValues("etcd.relation.interface=etcd")
			.run((context) -> assertThat(this.events).isEmpty());
	}

	@Test
	void dataOfOtherInterfaceThanConfiguredIsNamed(CapturedOutput output) {
		publishAll();
		this.runner.withPropertyValues("etcd.relation.interface=etcd").run((context) -> {
			assertThat(context.getBean(EtcdRelation.class).getStates()).isEmpty();
			String reason = "its data looks like that of the interface etcd_client, but etcd.relation.interface says etcd";
			assertCallFails(context, reason);
			assertThat(output).contains("Relation 'etcd' is not available: " + reason);
			this.source.view = RelationView.of("etcd:1", "etcd/0", Map.of());
			refresh(context);
			assertThat(context.getBean(EtcdRelation.class).getInterface()).isEqualTo("etcd");
			assertCallFails(context, "it is connected but has no connection string");
		});
	}

	@Test
	void bundleWithCertificateThatTheProviderWouldRefuseIsNamed() {
		publishAll();
		this.changing.clear();
		X509Bundle refused = PemFixtures.unconstrained();
		this.runner
			.withPropertyValues("etcd.relation.ssl.bundle=orders",
					"spring.ssl.bundle.pem.orders.keystore.certificate=" + PemFixtures.chain(refused),
					"spring.ssl.bundle.pem.orders.keystore.private-key=" + refused.getPrivateKeyPEM())
			.run((context) -> assertCallFails(context,
					"ssl.bundle names an SSL bundle 'orders' that holds a certificate "
							+ "(CN=client) without the extension BasicConstraints"));
	}

	@Test
	void directoryThatOnlyLooksLikeEtcdClientHasWayOut(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		this.changing.clear();
		X509Bundle refused = PemFixtures.unconstrained();
		for (Map.Entry<String, String> file : Map
			.of("endpoints", "127.0.0.1:1", "username", "client", "tls-ca", TestPem.CA, "client_cert",
					PemFixtures.chain(refused), "client_key", refused.getPrivateKeyPEM())
			.entrySet()) {
			Files.writeString(directory.resolve(file.getKey()), file.getValue());
		}
		ApplicationContextRunner files = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withPropertyValues("etcd.relations.audit.directory=" + directory);
		String alternative = "Have it issued with basicConstraints=CA:FALSE. If the files are not those of an etcd_client "
				+ "relation, set etcd.relations.audit.interface=etcd";
		files.run((context) -> assertThat(context.getBean(EtcdRelations.class).get("audit").getInterface())
			.isEqualTo("etcd_client"));
		assertThat(output).containsOnlyOnce(alternative);
		files.withPropertyValues("etcd.relations.audit.interface=etcd_client").run((context) -> {
		});
		assertThat(output).containsOnlyOnce(alternative);
		files.withPropertyValues("etcd.relations.audit.interface=etcd")
			.run((context) -> assertThat(context.getBean(EtcdRelations.class).get("audit").isTlsAvailable()).isTrue());
		assertThat(output).containsOnlyOnce("BasicConstraints, which the provider of an etcd_client relation refuses. "
				+ "Have it issued with basicConstraints=CA:FALSE. If");
	}

	@Test
	void spoolHasNoWayOut(@TempDir Path directory, CapturedOutput output) throws Exception {
		this.changing.clear();
		X509Bundle refused = PemFixtures.unconstrained();
		Files.writeString(directory.resolve("client_cert"), PemFixtures.chain(refused));
		Files.writeString(directory.resolve("client_key"), refused.getPrivateKeyPEM());
		Path relation = Files.createDirectory(directory.resolve("etcd-client:1"));
		Files.writeString(relation.resolve("etcd.json"), "{\"endpoints\": \"127.0.0.1:1\"}");
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withPropertyValues("etcd.relation.directory=" + directory)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Have it issued with basicConstraints=CA:FALSE").doesNotContain("interface=etcd");
	}

	@Test
	void changedPropertiesAreUsed() {
		publishAll();
		this.runner.run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getStates()).containsExactly(RelationState.values());
			this.changing.put(KEY, TestPem.RSA_KEY);
			change(context, CERT, TestPem.RSA_CERT);
			assertThat(relation.getClientCredentials())
				.isEqualTo(new ClientCredentials(TestPem.RSA_CERT, TestPem.RSA_KEY, TestPem.CA));
			change(context, "etcd.relation.prefix", "/other/");
			assertThat(relation.getPrefix()).isEqualTo("/other/");
		});
	}

	@Test
	void updatedBundleIsUsed(@TempDir Path directory) throws Exception {
		publishAll();
		this.changing.clear();
		Path cert = Files.writeString(directory.resolve("tls.crt"), TestPem.CERT);
		Path key = Files.writeString(directory.resolve("tls.key"), TestPem.KEY);
		this.runner
			.withPropertyValues("etcd.relation.ssl.bundle=client", "spring.ssl.bundle.watch.file.quiet-period=50ms",
					"spring.ssl.bundle.pem.client.reload-on-update=true",
					"spring.ssl.bundle.pem.client.keystore.certificate=" + cert.toUri(),
					"spring.ssl.bundle.pem.client.keystore.private-key=" + key.toUri())
			.run((context) -> {
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getClientCredentials().clientCert()).isEqualToIgnoringWhitespace(TestPem.CERT);
				assertThat(relation.getClientCredentials().clientCa()).isEqualTo(TestPem.CA);
				Files.writeString(key, TestPem.RSA_KEY);
				Files.writeString(cert, TestPem.RSA_CERT);
				Awaitility.await().untilAsserted(() -> {
					ClientCredentials latest = relation.getClientCredentials();
					assertThat(latest.clientCert()).isEqualToIgnoringWhitespace(TestPem.RSA_CERT);
					assertThat(latest.clientKey()).isEqualToIgnoringWhitespace(TestPem.RSA_KEY);
				});
			});
	}

	@Test
	void bundleWithoutKeyIsReportedOnceItIsNeeded() {
		this.changing.clear();
		this.runner
			.withPropertyValues("etcd.relation.prefix=/app/", "etcd.relation.ssl.bundle=client",
					"spring.ssl.bundle.pem.client.truststore.certificate=" + TestPem.CA)
			.run((context) -> {
				assertCallFails(context, "ssl.bundle names an SSL bundle without a private key");
				assertThatEvents(this.events).containsExactly(EtcdConnectedEvent.class, EtcdRotationFailedEvent.class);
				this.events.clear();
				// The other interface uses the bundle as it is
				this.source.view = RelationView.of("etcd:1", "etcd/0",
						Map.of("connection_string", "https://a.invalid:1"));
				refresh(context);
				assertThat(context.getBean(EtcdRelation.class).getInterface()).isEqualTo("etcd");
				assertThat(this.events).noneMatch(EtcdRotationFailedEvent.class::isInstance);
			});
	}

	@Test
	void anotherPrefixThanTheNamespaceIsRefused() {
		publishAll();
		this.source.databag.put("prefix", "/a");
		this.runner.withPropertyValues("etcd.relation.client.namespace-from-prefix=true").run((context) -> {
			assertThat(context).hasSingleBean(Client.class);
			this.events.clear();
			publish(context, "prefix", "/b");
			assertThatEvents(this.events).containsExactly(EtcdChangedEvent.class, EtcdRotationFailedEvent.class)
				.haveFailureMessages(
						"prefix is '/b' now, but clients use '/a' as their namespace, which cannot change. "
								+ "Restart the application, so that it uses the new prefix");
		});
	}

	private void publishAll() {
		this.source.databag.putAll(Map.of("endpoints", "127.0.0.1:1", "username", "test", "tls-ca", TestPem.CA));
	}

	private void publish(ConfigurableApplicationContext context, String key, String value) {
		this.source.databag.put(key, value);
		refresh(context);
	}

	private static void refresh(ConfigurableApplicationContext context) {
		context.getBean(EtcdRelations.class).refresh("etcd");
	}

	private void change(ConfigurableApplicationContext context, String key, String value) {
		this.changing.put(key, value);
		context.publishEvent(new EnvironmentChangeEvent(context, Set.of(key)));
		refresh(context);
	}

	private static void assertCallFails(ConfigurableApplicationContext context, String reason) {
		assertThatException()
			.isThrownBy(
					() -> context.getBean(Client.class).getKVClient().get(ByteSequence.from("key".getBytes())).get())
			.withMessageContaining(reason);
	}

	private static final class TestSource implements RelationSource {

		private final Map<String, String> databag = new HashMap<>();

		private volatile RelationView view;

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			RelationView given = this.view;
			return (given != null) ? given : RelationView.empty()
				.withApplications(Map.of("etcd:1", new RemoteApplication(this.databag, Map.of())));
		}

		@Override
		public String getDescription() {
			return "a test";
		}

	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
