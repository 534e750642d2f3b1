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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.internal.source.TestFiles;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests an application whose relation is given by a directory or by a service binding.
 */
class DirectoryRelationTests {

	@TempDir
	private Path directory;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
		.withBean("recorder", Recorder.class, () -> new Recorder(this.events));

	@Test
	void startsWithoutDirectoryAndFollowsIt() {
		Path missing = this.directory.resolve("missing/relation");
		this.runner.withPropertyValues("etcd.relation.directory=" + missing).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Client.class);
			assertThat(relation(context).isConnected()).isFalse();
			assertThat(this.events).isEmpty();
			TestFiles.write(missing.resolve("uri"), "http://127.0.0.1:1");
			await().until(relation(context)::isAvailable);
			assertThat(relation(context).getConnectionString()).isEqualTo("http://127.0.0.1:1");
			await().until(() -> this.events.size() == 2);
		});
	}

	@Test
	void startsWithDirectoryThatCannotBeUsed() {
		TestFiles.write(this.directory.resolve("uri"), "etcd:x");
		this.runner.withPropertyValues("etcd.relation.directory=" + this.directory).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(relation(context).isAvailable()).isTrue();
			assertThat(this.events).last()
				.isInstanceOfSatisfying(EtcdRotationFailedEvent.class,
						(event) -> assertThat(event.getCause()).isInstanceOf(InvalidRelationDataException.class)
							.hasMessageContaining("connection-string has an entry 'etcd:x'"));
		});
	}

	@Test
	void startsWithFileThatCannotBeReadAndTellsOnce() throws IOException {
		Files.write(this.directory.resolve("client_key"), new byte[] { (byte) 0xff, (byte) 0xfe });
		this.runner.withPropertyValues("etcd.relation.directory=" + this.directory, "etcd.relation.poll-interval=100ms")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				await().until(() -> !this.events.isEmpty());
				for (int i = 0; i < 10; i++) {
					context.getBean(EtcdRelations.class).refresh("etcd");
				}
				assertThat(this.events).hasSize(1)
					.first()
					.isInstanceOfSatisfying(EtcdRotationFailedEvent.class, (event) -> assertThat(event.getCause())
						.hasMessageContaining(this.directory.resolve("client_key").toString()));
			});
	}

	@Test
	void pollIntervalThatIsTooShortIsRefused() {
		this.runner.withPropertyValues("etcd.relation.directory=" + this.directory, "etcd.relation.poll-interval=99ms")
			.run((context) -> assertFails(context, "Property 'etcd.relation.poll-interval' is less than 100 ms",
					"Give a longer time"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "connection-string=http://a:2379", "version=3", "client-ca=x" })
	void directoryTogetherWithDataIsRefused(String data) {
		this.runner
			.withPropertyValues("etcd.relations.other.directory=" + this.directory, "etcd.relations.other." + data)
			.run((context) -> assertFails(context,
					"Property 'etcd.relations.other.directory' and the properties that give the relation's data "
							+ "are mutually exclusive",
					"Give either a directory, or"));
	}

	@Test
	void findsServiceBinding() {
		binding("first", "etcd\n", "http://a:2379");
		binding("second", "mysql", "jdbc:");
		TestFiles.write(this.directory.resolve("file"), "etcd");
		TestFiles.write(this.directory.resolve("..hidden/type"), "etcd");
		withBindings().run((context) -> {
			assertThat(context).hasSingleBean(Client.class);
			assertThat(relation(context).getConnectionString()).isEqualTo("http://a:2379");
			TestFiles.write(this.directory.resolve("first/uri"), "http://b:2379");
			await().until(() -> "http://b:2379".equals(relation(context).getConnectionString()));
		});
	}

	@Test
	void ignoresServiceBindingsOfOtherTypes() {
		binding("first", "mysql", "jdbc:");
		TestFiles.write(this.directory.resolve("second/uri"), "http://a:2379");
		withBindings().run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Client.class)
			.doesNotHaveBean(EtcdRelation.class));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void ignoresServiceBindingWhoseTypeCannotBeRead() throws Exception {
		binding("first", "etcd", "http://a:2379");
		Path type = Files.createDirectories(this.directory.resolve("second")).resolve("type");
		// Nothing is mapped at the beginning of the memory
		Files.createSymbolicLink(type, Path.of("/proc/self/mem"));
		withBindings().run((context) -> assertThat(relation(context).getConnectionString()).isEqualTo("http://a:2379"));
	}

	@Test
	void ignoresServiceBindingWhoseTypeIsHuge() throws Exception {
		binding("first", "etcd", "http://a:2379");
		Path type = Files.createDirectories(this.directory.resolve("second")).resolve("type");
		Files.writeString(type, "etcd" + " ".repeat(1024));
		withBindings().run((context) -> assertThat(relation(context).getConnectionString()).isEqualTo("http://a:2379"));
	}

	@Test
	void whenRootOfServiceBindingsIsNoPathFails() {
		MockEnvironment environment = new MockEnvironment().withProperty("SERVICE_BINDING_ROOT", "a\0b");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> ServiceBindings.find(environment))
			.withMessage("directory cannot be found: the value of SERVICE_BINDING_ROOT is not a path. "
					+ "Correct it, or set it to the directory of the service binding");
	}

	@Test
	void whenRootOfServiceBindingsDoesNotExistStarts() {
		this.runner.withPropertyValues("SERVICE_BINDING_ROOT=" + this.directory.resolve("missing"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Client.class));
	}

	@Test
	void severalServiceBindingsAreRefused() {
		binding("first", "etcd", "http://a:2379");
		binding("second", "etcd", "http://b:2379");
		withBindings().run((context) -> assertFails(context,
				"Property 'etcd.relation.directory' is not set and there are several service bindings of type etcd",
				"Set it to the directory of one of them"));
	}

	@Test
	void directoryWinsOverServiceBindings() {
		binding("first", "etcd", "http://a:2379");
		binding("second", "etcd", "http://b:2379");
		withBindings()
			.withPropertyValues("etcd.relation.directory=" + this.directory.resolve("second"),
					"etcd.relations.other.directory=" + this.directory.resolve("first"))
			.run((context) -> {
				EtcdRelations relations = context.getBean(EtcdRelations.class);
				assertThat(relations.get("etcd").getConnectionString()).isEqualTo("http://b:2379");
				assertThat(relations.get("other").getConnectionString()).isEqualTo("http://a:2379");
			});
	}

	@Test
	void dataWinsOverServiceBindings() {
		binding("first", "etcd", "http://a:2379");
		binding("second", "etcd", "http://b:2379");
		withBindings().withPropertyValues("etcd.relation.connection-string=http://c:2379")
			.run((context) -> assertThat(relation(context).getConnectionString()).isEqualTo("http://c:2379"));
	}

	private ApplicationContextRunner withBindings() {
		return this.runner.withPropertyValues("SERVICE_BINDING_ROOT=" + this.directory);
	}

	private void binding(String name, String type, String uri) {
		TestFiles.write(this.directory.resolve(name).resolve("type"), type);
		TestFiles.write(this.directory.resolve(name).resolve("uri"), uri);
	}

	private static EtcdRelation relation(AssertableApplicationContext context) {
		return context.getBean(EtcdRelations.class).get("etcd");
	}

	private static void assertFails(AssertableApplicationContext context, String description, String action) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new InvalidRelationConfigurationFailureAnalyzer()
			.analyze(context.getStartupFailure());
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains(description);
		assertThat(analysis.getAction()).contains(action);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10));
	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
