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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.tls.PemFixtures;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static io.github.etcdrelation.event.RelationEventsAssert.assertThatEvents;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests relations whose properties change while the application runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class EtcdRelationCloudAutoConfigurationTests {

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	private final Map<String, Object> changed = new LinkedHashMap<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class,
				EtcdRelationCloudAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("changed", this.changed)))
		.withBean("recorder", Recorder.class, () -> new Recorder(this.events))
		// What cannot be connected to is not waited for
		.withPropertyValues("etcd.relation.client.connect-timeout=100ms",
				"etcd.relations.other.client.connect-timeout=100ms",
				"etcd.relations.other.connection-string=http://127.0.0.1:1");

	@Test
	void changedPropertyIsToldAndFollowed() {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1").run((context) -> {
			EtcdRelation relation = context.getBean("etcdRelation", EtcdRelation.class);
			this.events.clear();
			change(context, "etcd.relation.version", "3.6.5");
			assertThatEvents(this.events).areFromRelation("etcd").containsExactly(EtcdChangedEvent.class);
			assertThat(relation.getVersion()).isEqualTo("3.6.5");
			assertThat(relation.getConnectionString()).isEqualTo("http://127.0.0.1:1");
			change(context, "etcd.relation.connection-string", "");
			assertThatEvents(this.events).areFromRelation("etcd")
				.containsExactly(EtcdChangedEvent.class, EtcdUnavailableEvent.class);
			change(context, "etcd.relation.version", "");
			assertThatEvents(this.events).areFromRelation("etcd")
				.containsExactly(EtcdChangedEvent.class, EtcdUnavailableEvent.class, EtcdDisconnectedEvent.class);
			change(context, "etcd.relation.connection-string", "http://127.0.0.1:2");
			assertThatEvents(this.events).areFromRelation("etcd")
				.endsWith(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
			assertThat(relation.getConnectionString()).isEqualTo("http://127.0.0.1:2");
		});
	}

	@Test
	void furtherRelationsChangeIndependently() {
		this.runner
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1",
					"etcd.relations.other.connection-string=http://127.0.0.1:1",
					"etcd.relations.[a.b].connection-string=http://127.0.0.1:1")
			.run((context) -> {
				EtcdRelations relations = context.getBean(EtcdRelations.class);
				this.events.clear();
				change(context, "etcd.relations.other.version", "3.6.5");
				assertThatEvents(this.events).areFromRelation("other").containsExactly(EtcdChangedEvent.class);
				change(context, "etcd.relations[a.b].version", "3.6.6");
				assertThatEvents(this.events).areFromRelations("other", "a.b")
					.containsExactly(EtcdChangedEvent.class, EtcdChangedEvent.class);
				assertThat(relations.get("etcd").getVersion()).isNull();
				assertThat(relations.get("other").getVersion()).isEqualTo("3.6.5");
				assertThat(relations.get("a.b").getVersion()).isEqualTo("3.6.6");
			});
	}

	@Test
	void passwordOfTheKeyIsTakenOver() {
		this.runner
			.withPropertyValues("etcd.relation.connection-string=https://127.0.0.1:1",
					"etcd.relation.client-cert=" + PemFixtures.chain(PemFixtures.EC),
					"etcd.relation.client-key=" + PemFixtures.encrypted(PemFixtures.EC),
					"etcd.relation.client-key-password=" + PemFixtures.PASSWORD,
					"etcd.relation.client-ca=" + PemFixtures.ROOT_PEM)
			.run((context) -> {
				RelationRegistry registry = context.getBean(RelationRegistry.class);
				this.changed.put("etcd.relation.client-key-password", "s3cr3t-wrong");
				change(context, "etcd.relation.version", "3.6.5");
				Awaitility.await()
					.untilAsserted(() -> assertThat(registry.getManaged("etcd").reconciler().getStatus().pending())
						.isNotNull());
				change(context, "etcd.relation.client-key-password", PemFixtures.PASSWORD);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(registry.getManaged("etcd").reconciler().getStatus().pending()).isNull());
			});
	}

	@Test
	void otherKeysChangeNothing() {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1").run((context) -> {
			this.events.clear();
			this.changed.put("etcd.relation.version", "3.6.5");
			change(context, "etcd.provider.name", "db");
			assertThat(this.events).isEmpty();
			change(context, "etcd.relation.name", "ignored");
			assertThatEvents(this.events).areFromRelation("etcd").containsExactly(EtcdChangedEvent.class);
		});
	}

	@Test
	void valueThatCannotBeReadIsToldAndChangesNothing() {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1").run((context) -> {
			this.events.clear();
			change(context, "etcd.relation.client-key", "no key");
			assertThat(this.events).singleElement()
				.isInstanceOfSatisfying(EtcdRotationFailedEvent.class,
						(event) -> assertThat(event.getCause())
							.hasMessageStartingWith("client-key is neither PEM text nor a location")
							.hasMessageNotContaining("no key"));
			EtcdRelation relation = context.getBean(EtcdRelations.class).get("etcd");
			assertThat(relation.getConnectionString()).isEqualTo("http://127.0.0.1:1");
			assertThat(relation.getClientCredentials().clientKey()).isNull();
			change(context, "etcd.relation.client-key", "");
			change(context, "etcd.relation.version", "3.6.5");
			assertThatEvents(this.events).areFromRelation("etcd")
				.containsExactly(EtcdRotationFailedEvent.class, EtcdChangedEvent.class);
		});
	}

	@Test
	void connectionStringThatCannotBeUsedIsRefused() {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1").run((context) -> {
			this.events.clear();
			change(context, "etcd.relation.connection-string", "etcd:x");
			assertThatEvents(this.events).areFromRelation("etcd")
				.containsExactly(EtcdChangedEvent.class, EtcdRotationFailedEvent.class);
			assertThat(this.events).last()
				.isInstanceOfSatisfying(EtcdRotationFailedEvent.class, (event) -> assertThat(event.getCause())
					.hasMessageStartingWith("connection-string has an entry 'etcd:x'"));
		});
	}

	@Test
	void valueThatCannotBeBoundChangesNothing(CapturedOutput output) {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1").run((context) -> {
			this.events.clear();
			this.changed.put("etcd.relation.version", "3.6.5");
			change(context, "etcd.relation.poll-interval", "often");
			assertThat(this.events).isEmpty();
			assertThat(output).contains("Changed properties of relations to etcd cannot be used");
			change(context, "etcd.relation.poll-interval", "10s");
			assertThatEvents(this.events).areFromRelation("etcd").containsExactly(EtcdChangedEvent.class);
		});
	}

	@Test
	void withoutRelationsDoesNothing() {
		this.runner.withPropertyValues("etcd.relation.client.connect-timeout=").run((context) -> {
			this.events.clear();
			change(context, "etcd.relation.connection-string", "http://127.0.0.1:1");
			assertThat(context.getBean(EtcdRelations.class).getNames()).doesNotContain("etcd");
			assertThat(this.events).isEmpty();
		});
	}

	@Test
	void withoutSpringCloudBacksOff() {
		this.runner.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1")
			.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("etcdClient")
				.doesNotHaveBean("etcdRelationPropertiesListener"));
	}

	@Test
	void whenDisabledBacksOff() {
		this.runner.withPropertyValues("etcd.relation.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("etcdRelationPropertiesListener"));
	}

	private void change(ConfigurableApplicationContext context, String key, String value) {
		this.changed.put(key, value);
		context.publishEvent(new EnvironmentChangeEvent(context, Set.of(key)));
		EtcdRelations relations = context.getBean(EtcdRelations.class);
		relations.getNames().forEach(relations::refresh);
	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
