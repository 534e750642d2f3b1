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

package io.github.etcdrelation.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.github.etcdrelation.autoconfigure.BootstrapRelation;
import io.github.etcdrelation.autoconfigure.InvalidRelationConfigurationException;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Imports from a real etcd.
 */
class EtcdConfigTests {

	private static final LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().build();

	private static ConfigurableApplicationContext writer;

	@BeforeAll
	static void start() {
		etcd.start();
		writer = ConfigApplication.run(etcd);
	}

	@AfterAll
	static void stop() {
		writer.close();
		etcd.close();
	}

	@AfterEach
	void clear() {
		get(client().getKVClient().delete(bytes("/"), DeleteOption.builder().isPrefix(true).build()));
	}

	@Test
	void readsKeysBelowAPrefix() {
		put("/config/app/server/name", "one");
		put("/config/app/list[0]", "first");
		put("/config/application", "another");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			Environment environment = context.getEnvironment();
			assertThat(environment.getProperty("server.name")).isEqualTo("one");
			assertThat(environment.getProperty("list[0]")).isEqualTo("first");
			assertThat(source(context, "etcd:/config/app/").getPropertyNames()).hasSize(2);
		}
	}

	@Test
	void readsDocuments() {
		put("/config/app/a.yaml", "doc:\n  yaml: 1\n  list: [a, b]\n---\ndoc.second: 2\n");
		put("/config/app/b.properties", "doc.properties=Z\u00fcrich\ndoc.yaml=over\ndoc.list[0]=x");
		put("/config/app/b.xml",
				"<?xml version='1.0'?><!DOCTYPE properties SYSTEM 'http://java.sun.com/dtd/properties.dtd'>"
						+ "<properties><entry key='doc.xml'>4</entry></properties>");
		put("/config/app/c.json",
				"{\n\t\"doc\": {\"json\": [{\"x\": true}], \"none\": null, \"text\": \"a\\/\\ud83d\\ude00\\n\"}}");
		put("/config/app/doc/second", "value");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			Environment environment = context.getEnvironment();
			assertThat(environment.getProperty("doc.yaml")).isEqualTo("over");
			assertThat(environment.getProperty("doc.second")).isEqualTo("value");
			assertThat(environment.getProperty("doc.properties")).isEqualTo("Z\u00fcrich");
			assertThat(environment.getProperty("doc.xml")).isEqualTo("4");
			assertThat(Binder.get(environment).bind("doc.list", String[].class).get()).containsExactly("x");
			assertThat(source(context, "etcd:/config/app/ (/config/app/c.json)").snapshot().properties())
				.containsEntry("doc.json[0].x", true)
				.containsEntry("doc.text", "a/\ud83d\ude00\n")
				.containsEntry("doc.none", "");
		}
	}

	@Test
	void readsADocumentInOneKey() {
		put("/config/app.yaml", "name: one");
		put("/config/other", "name: two\nother: three");
		try (ConfigurableApplicationContext context = run(
				"spring.config.import=etcd:/config/other[.yaml],etcd:/config/app.yaml")) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("one");
			assertThat(context.getEnvironment().getProperty("other")).isEqualTo("three");
		}
	}

	@Test
	void readsWhatHoldsForProfiles() {
		put("/config/app/name", "base");
		put("/config/app,dev/name", "dev");
		put("/config/app/doc.yaml", "cond: no\n---\nspring.config.activate.on-profile: dev\ncond: dev\n"
				+ "---\nspring.config.activate.on-profile: prod\ncond: prod\n");
		put("/config/single.yaml", "single: base");
		put("/config/single-dev.yaml", "single: dev");
		try (ConfigurableApplicationContext context = run("spring.profiles.active=dev,other",
				"spring.config.import=etcd:/config/app/,etcd:/config/single.yaml")) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("dev");
			assertThat(context.getEnvironment().getProperty("cond")).isEqualTo("dev");
			assertThat(context.getEnvironment().getProperty("single")).isEqualTo("dev");
			put("/config/app,other/name", "other");
			put("/config/app/doc.yaml", "cond: no\n---\nspring.config.activate.on-profile: dev\ncond: changed\n");
			await("name", context, "other");
			await("cond", context, "changed");
		}
	}

	@Test
	void hasOneConnectionForConfigurationAndApplication() {
		put("/config/app/name", "one");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			RelationRegistry registry = context.getBean(RelationRegistry.class);
			ChannelStatus before = registry.getManaged("etcd").channel().getStatus();
			assertThat(before.rotations()).isZero();
			// The bootstrap relation has nothing left of its own
			context.getBean(BootstrapRelation.class).close();
			get(context.getBean(Client.class).getKVClient().put(bytes("/config/app/name"), bytes("two")));
			await("name", context, "two");
			assertThat(registry.getManaged("etcd").channel().getStatus().rotations()).isZero();
			assertThat(threads("etcd-relation-refresh")).isLessThanOrEqualTo(2);
		}
	}

	@Test
	void changesAreOfOneRevision() {
		putTogether(0);
		try (ConfigurableApplicationContext context = ConfigApplication.run(etcd, Listening.class,
				"spring.config.import=etcd:/config/app/")) {
			for (int i = 1; i <= 20; i++) {
				putTogether(i);
			}
			await("key9", context, "20");
			assertThat(context.getBean(Listening.class).torn).isEmpty();
			EtcdConfigChangedEvent event = context.getBean(Listening.class).events.get(0);
			assertThat(event.getLocation()).isEqualTo("etcd:/config/app/");
			assertThat(event.getRevision()).isPositive();
			assertThat(event.getPropertyNames()).hasSize(10);
		}
	}

	@Test
	void aValueThatCannotBeUsedChangesNothing() {
		put("/config/app/doc.yaml", "name: one");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			put("/config/app/doc.yaml", "name: [");
			put("/config/app/other", "value");
			put("/config/app/doc.yaml", "name: two");
			await("name", context, "two");
			assertThat(context.getEnvironment().getProperty("other")).isEqualTo("value");
		}
	}

	@Test
	void bindsAgainWithSpringCloud() {
		put("/config/app/bound/name", "one");
		try (ConfigurableApplicationContext context = ConfigApplication.run(etcd, Listening.class,
				"spring.config.import=etcd:/config/app/")) {
			Bound bound = context.getBean(Bound.class);
			assertThat(bound.getName()).isEqualTo("one");
			put("/config/app/bound/name", "two");
			Awaitility.await().until(() -> "two".equals(bound.getName()));
			Awaitility.await().until(() -> context.getBean(Listening.class).names.contains("two"));
		}
	}

	@Test
	void documentsOfOtherProfilesAreNotUsedWhateverChanges() {
		put("/config/app/doc.yaml", "spring.config.activate.on-profile: dev\nname: dev\n---\n"
				+ "spring.config.activate.on-profile: prod\nname: prod\n");
		try (ConfigurableApplicationContext context = run("spring.profiles.active=prod",
				"spring.config.import=etcd:/config/app/")) {
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("prod");
			put("/config/app/doc.yaml",
					"name: base\nmarker: 1\n---\nspring.config.activate.on-profile: dev\nname: dev\n"
							+ "---\nspring.config.activate.on-profile: prod\nname: changed\n");
			await("marker", context, "1");
			assertThat(context.getEnvironment().getProperty("name")).isEqualTo("changed");
			put("/config/app/doc.yaml", "spring.config.activate.on-profile: dev\nname: dev\n");
			put("/config/app/later.yaml", "marker: 2");
			await("marker", context, "2");
			assertThat(context.getEnvironment().getProperty("name")).isNull();
		}
	}

	@Test
	void keysThatHaveToBeThereDoNotVanishWhenEtcdIsAnother() {
		put("/config/app/name", "one");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			context.getBean(ConfigWatches.class).stop();
			get(client().getKVClient().delete(bytes("/config/app/name")));
			context.getBean(ConfigWatches.class).start();
			Awaitility.await()
				.during(Duration.ofSeconds(1))
				.untilAsserted(() -> assertThat(context.getEnvironment().getProperty("name")).isEqualTo("one"));
			put("/config/app/other", "two");
			await("other", context, "two");
			assertThat(context.getEnvironment().getProperty("name")).isNull();
		}
	}

	@Test
	void optionalIsNotForWhatIsWrong() {
		put("/config/app/doc.yaml", "name: [");
		assertThatExceptionOfType(EtcdConfigException.class)
			.isThrownBy(() -> run("spring.config.import=optional:etcd:/config/app/"))
			.withMessageContaining("cannot be parsed as yaml");
	}

	@Test
	void showsOrigins() {
		put("/config/app/name", "one");
		put("/config/app/doc.yaml", "a: b\nc: d\n");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			EnvironmentEndpoint endpoint = new EnvironmentEndpoint(context.getEnvironment(), List.of(), Show.ALWAYS);
			assertThat(origin(endpoint, "name")).matches("etcd key \"/config/app/name\" at revision \\d+");
			assertThat(origin(endpoint, "c")).matches("etcd key \"/config/app/doc.yaml\" at revision \\d+ - 2:4");
		}
	}

	@Test
	void failsWithoutKeysUnlessOptional() {
		assertThatExceptionOfType(ConfigDataResourceNotFoundException.class)
			.isThrownBy(() -> run("spring.config.import=etcd:/config/none/"))
			.withMessageContaining("etcd:/config/none/");
		try (ConfigurableApplicationContext context = run("spring.config.import=optional:etcd:/config/none/")) {
			put("/config/none/name", "late");
			await("name", context, "late");
		}
	}

	@Test
	void failsWithoutEtcdWithARemedy() {
		List<String> arguments = List.of("--etcd.relation.connection-string=http://127.0.0.1:1",
				"--etcd.relation.client.request-timeout=1s", "--etcd.relation.client.available-timeout=1s",
				"--spring.config.import=etcd:/config/app/");
		assertThatExceptionOfType(EtcdConfigException.class)
			.isThrownBy(() -> ConfigApplication.run(ConfigApplication.Main.class, arguments))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new EtcdConfigFailureAnalyzer().analyze(ex);
				assertThat(analysis.getDescription()).contains("etcd:/config/app/", "relation 'etcd'", "127.0.0.1:1");
				assertThat(analysis.getAction()).contains("optional:", "etcd.config.cache.directory");
			});
	}

	@Test
	void failsWithoutARelation() {
		assertThatExceptionOfType(EtcdConfigException.class)
			.isThrownBy(() -> ConfigApplication.run(ConfigApplication.Main.class,
					List.of("--spring.config.import=etcd:/config/app/")))
			.withMessageContaining("no relation to etcd is configured");
		assertThatExceptionOfType(InvalidRelationConfigurationException.class)
			.isThrownBy(() -> ConfigApplication.run(ConfigApplication.Main.class,
					List.of("--spring.config.import=etcd:/config/app/", "--etcd.relation.connection-string=nonsense:")))
			.withMessageContaining("etcd.relation.connection-string");
		ConfigApplication
			.run(ConfigApplication.Main.class, List.of("--spring.config.import=optional:etcd:/config/app/"))
			.close();
		ConfigApplication
			.run(ConfigApplication.Main.class,
					List.of("--spring.config.import=etcd:/config/app/", "--etcd.config.enabled=false"))
			.close();
	}

	@Test
	void startsFromACopyWithoutEtcd(@TempDir Path directory) {
		String cache = "etcd.config.cache.directory=" + directory.resolve("cache");
		try (LocalEtcd own = LocalEtcd.builder().start()) {
			putTo(own, "/config/app/name", "one");
			ConfigApplication.run(own, cache, "spring.config.import=etcd:/config/app/").close();
			putTo(own, "/config/app/name", "changed");
			ConfigApplication.run(own, cache, "spring.config.import=etcd:/config/app/").close();
			own.getMember(0).stop();
			try (ConfigurableApplicationContext context = ConfigApplication.run(own, cache,
					"etcd.relation.client.request-timeout=1s", "etcd.relation.client.available-timeout=1s",
					"spring.config.import=etcd:/config/app/")) {
				assertThat(context.getEnvironment().getProperty("name")).isEqualTo("changed");
				own.getMember(0).start();
				putTo(own, "/config/app/name", "two");
				await("name", context, "two");
			}
		}
	}

	@Test
	void goesOnAfterACompaction() {
		put("/config/app/name", "one");
		try (ConfigurableApplicationContext context = run("spring.config.import=etcd:/config/app/")) {
			context.getBean(ConfigWatches.class).stop();
			put("/config/app/name", "two");
			long revision = put("/config/app/added", "three");
			get(client().getKVClient().compact(revision));
			context.getBean(ConfigWatches.class).start();
			await("name", context, "two");
			await("added", context, "three");
		}
	}

	@Test
	void refusesAnythingElse() {
		assertThatExceptionOfType(EtcdConfigException.class)
			.isThrownBy(() -> run("spring.config.import=etcd:/config/app"))
			.withMessageContaining("neither a prefix of keys nor a document");
		put("/config/app/doc.yaml", "s3cr3t: [");
		assertThatExceptionOfType(EtcdConfigException.class)
			.isThrownBy(() -> run("spring.config.import=etcd:/config/app/"))
			.withMessageContaining("etcd key \"/config/app/doc.yaml\"")
			.satisfies((ex) -> assertThat(ex).hasNoCause())
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return ConfigApplication.run(etcd, properties);
	}

	private static void await(String property, ConfigurableApplicationContext context, String value) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(context.getEnvironment().getProperty(property)).isEqualTo(value));
	}

	private static EtcdPropertySource source(ConfigurableApplicationContext context, String name) {
		return (EtcdPropertySource) context.getEnvironment().getPropertySources().get(name);
	}

	private static String origin(EnvironmentEndpoint endpoint, String property) {
		return endpoint.environmentEntry(property)
			.getPropertySources()
			.stream()
			.filter((source) -> source.getProperty() != null)
			.findFirst()
			.orElseThrow()
			.getProperty()
			.getOrigin();
	}

	private static long threads(String name) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(name))
			.count();
	}

	private static Client client() {
		return writer.getBean(Client.class);
	}

	private static long put(String key, String value) {
		return get(client().getKVClient().put(bytes(key), bytes(value))).getHeader().getRevision();
	}

	private static void putTo(LocalEtcd other, String key, String value) {
		try (ConfigurableApplicationContext context = ConfigApplication.run(other)) {
			get(context.getBean(Client.class).getKVClient().put(bytes(key), bytes(value)));
		}
	}

	private static void putTogether(int value) {
		Op[] puts = IntStream.range(0, 10)
			.mapToObj((i) -> Op.put(bytes("/config/app/key" + i), bytes(String.valueOf(value)), PutOption.DEFAULT))
			.toArray(Op[]::new);
		get(client().getKVClient().txn().Then(puts).commit());
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	private static <T> T get(CompletableFuture<T> future) {
		return future.orTimeout(30, TimeUnit.SECONDS).join();
	}

	@Import(ConfigApplication.Main.class)
	@EnableConfigurationProperties(Bound.class)
	static class Listening {

		final List<EtcdConfigChangedEvent> events = new CopyOnWriteArrayList<>();

		final List<Map<String, Object>> torn = new CopyOnWriteArrayList<>();

		final List<String> names = new CopyOnWriteArrayList<>();

		private final Bound bound;

		Listening(Bound bound) {
			this.bound = bound;
		}

		@EventListener
		void changed(EtcdConfigChangedEvent event) {
			this.events.add(event);
			if (this.bound.getName() != null) {
				this.names.add(this.bound.getName());
			}
			Map<String, Object> properties = ((EtcdPropertySource) event.getSource()).snapshot().properties();
			if (properties.values().stream().distinct().count() > 1) {
				this.torn.add(properties);
			}
		}

	}

}
