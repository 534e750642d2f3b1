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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.source.TestFiles;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests what is reported of a relation directory that is missing, cannot be read or
 * changes.
 */
@ExtendWith(OutputCaptureExtension.class)
class DirectoryReportTests {

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	@TempDir
	private Path parent;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
		.withBean("recorder", Recorder.class, () -> new Recorder(this.events))
		.withPropertyValues("etcd.relation.client.available-timeout=0s", "etcd.relation.client.request-timeout=1s",
				"etcd.relation.poll-interval=100ms");

	@Test
	void callThatFailsNamesMissingDirectoryUntilItAppears(CapturedOutput output) {
		run((context) -> {
			assertThatThrownBy(() -> context.getBean(Client.class).getKVClient().get(ByteSequence.EMPTY).get())
				.hasMessageContaining("Relation 'etcd' is not available: directory " + directory() + " does not exist");
			for (int i = 0; i < 5; i++) {
				context.getBean(EtcdRelations.class).refresh("etcd");
			}
			assertThat(output.getAll().lines().filter((line) -> line.contains("RelationReconciler"))).singleElement()
				.asString()
				.contains("WARN", "Relation 'etcd' is not available: directory " + directory() + " does not exist");
			TestFiles.write(directory().resolve("README"), "x");
			await().until(() -> problem(context).contains("has no file with a connection string"));
			TestFiles.write(directory().resolve("uri"), "http://127.0.0.1:1");
			await().until(() -> target(context) != null);
			assertThat(output).doesNotContain("remote unit");
		});
	}

	@Test
	void reasonIsUpdatedWithoutEvents() {
		run((context) -> {
			TestFiles.write(directory(), "x");
			await()
				.until(() -> problem(context).equals("directory " + directory() + " is not a directory, but a file"));
			TestFiles.delete(directory());
			await().until(() -> problem(context).equals("directory " + directory() + " does not exist"));
			assertThat(this.events).isEmpty();
		});
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void unreadableDirectoryIsNamed() throws Exception {
		Files.createDirectory(directory());
		Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("---------"));
		try {
			assumeThat(Files.isReadable(directory())).as("readable all the same, as for root").isFalse();
			run((context) -> assertThat(problem(context))
				.isEqualTo("directory " + directory() + " cannot be read (AccessDeniedException)"));
		}
		finally {
			Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwx------"));
		}
	}

	@Test
	void unreadableFileIsNamed() {
		TestFiles.write(directory().resolve("version"), "");
		run((context) -> {
			assertThat(problem(context)).contains("no file with a connection string");
			TestFiles.delete(directory());
		});
		this.events.clear();
		TestFiles.write(directory().resolve("etcd:1/etcd-0.json"), "x");
		run((context) -> assertThat(problem(context)).isEqualTo("directory has a file "
				+ directory().resolve("etcd:1/etcd-0.json") + " that is not a JSON object of strings"));
	}

	@Test
	void neighborsThatAreRewrittenChangeNothing() {
		TestFiles.write(directory().resolve("uri"), "http://127.0.0.1:1");
		run((context) -> {
			this.events.clear();
			for (int i = 0; i < 20; i++) {
				TestFiles.write(directory().resolve("backup/etcd-0.json"), "{\"connection_string\": \"" + i + "\"}");
				TestFiles.write(directory().resolve("lost+found/x" + i), "x");
				TestFiles.write(directory().resolve("README"), "x" + i);
				context.getBean(EtcdRelations.class).refresh("etcd");
			}
			TestFiles.delete(directory().resolve("backup"));
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(this.events).isEmpty();
			assertThat(context.getBean(EtcdRelations.class).get("etcd").isAvailable()).isTrue();
		});
	}

	@Test
	void userOfPropertiesWinsOverThatOfDirectory() {
		TestFiles.write(directory().resolve("uri"), "http://127.0.0.1:1");
		TestFiles.write(directory().resolve("username"), "u");
		TestFiles.write(directory().resolve("password"), "s3cr3t");
		this.runner
			.withPropertyValues("etcd.relation.directory=" + directory(), "etcd.relation.client.user=p",
					"etcd.relation.client.password=other-s3cr3t")
			.run((context) -> {
				assertThat(target(context).getUser().name()).isEqualTo("p");
				assertThat(context.getBean(EtcdConnectionDetails.class).getUser()).isEqualTo("p");
			});
	}

	@Test
	void connectionDetailsHaveUserOfDirectory() {
		TestFiles.write(directory().resolve("uri"), "http://127.0.0.1:1");
		TestFiles.write(directory().resolve("username"), "u");
		TestFiles.write(directory().resolve("password"), "s3cr3t");
		run((context) -> {
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThat(details.getUser()).isEqualTo("u");
			assertThat(details.getPassword()).isEqualTo("s3cr3t");
		});
	}

	private void run(Consumer consumer) {
		this.runner.withPropertyValues("etcd.relation.directory=" + directory()).run(consumer::accept);
	}

	private Path directory() {
		return this.parent.resolve("relation");
	}

	private static ChannelStatus status(AssertableApplicationContext context) {
		return context.getBean(RelationRegistry.class).getManaged("etcd").channel().getStatus();
	}

	private static String problem(AssertableApplicationContext context) {
		return String.valueOf(status(context).problem());
	}

	private static ChannelTarget target(AssertableApplicationContext context) {
		return status(context).target();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10));
	}

	/**
	 * What is done while the application runs.
	 */
	@FunctionalInterface
	private interface Consumer {

		void accept(AssertableApplicationContext context) throws Exception;

	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
