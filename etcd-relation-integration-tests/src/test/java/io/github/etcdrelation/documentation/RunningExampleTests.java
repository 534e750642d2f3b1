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

package io.github.etcdrelation.documentation;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.ClassUtils;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that applications and components of the documentation do with a real etcd what
 * the pages say.
 */
@WithLocalEtcd(mutualTls = true)
@ExtendWith(OutputCaptureExtension.class)
class RunningExampleTests {

	@TempDir
	static Path classes;

	private static URLClassLoader loader;

	private final LocalEtcd etcd;

	RunningExampleTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void compile() throws Exception {
		JavaExamples examples = new JavaExamples();
		List.of("docs/getting-started.md", "docs/recipes.md")
			.forEach((page) -> examples.add(Markdown.read(page)
				.blocks("java")
				.stream()
				// An application finds no classes of its tests
				.filter((block) -> !block.text().contains("import io.github.etcdrelation.test."))
				.toList()));
		assertThat(examples.compile(classes)).isEmpty();
		loader = new URLClassLoader(new URL[] { classes.toUri().toURL() }, RunningExampleTests.class.getClassLoader());
	}

	@AfterAll
	static void close() throws Exception {
		loader.close();
	}

	@Test
	void serviceOfGettingStartedReadsADirectory(@TempDir Path directory, CapturedOutput output) throws Exception {
		ClientCredentials credentials = this.etcd.getClientCredentials();
		Files.writeString(directory.resolve("ca.crt"), credentials.clientCa());
		Files.writeString(directory.resolve("tls.crt"), credentials.clientCert());
		Files.writeString(directory.resolve("tls.key"), credentials.clientKey());
		Files.writeString(directory.resolve("endpoints"), this.etcd.getConnectionString());
		serves(Map.of("etcd.relation.directory", directory.toString()), output);
	}

	@Test
	void serviceOfGettingStartedTakesProperties(CapturedOutput output) throws Exception {
		serves(Map.copyOf(this.etcd.getProperties("etcd.relation")), output);
	}

	private void serves(Map<String, Object> properties, CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("com.example.orders.OrdersApplication", properties)) {
			assertThat(output).containsSubsequence("connected: etcd", "available: " + this.etcd.getConnectionString(),
					"TLS is available");
			Object orders = context.getBean(type("com.example.orders.Orders"));
			Awaitility.await().untilAsserted(() -> {
				CompletableFuture<String> answer = ReflectionTestUtils.invokeMethod(orders, "put", "1", "two books");
				assertThat(get(answer)).startsWith("revision ");
				assertThat(output).contains("watched: PUT orders/1");
			});
		}
	}

	@Test
	void consoleApplicationPrintsAndEnds(CapturedOutput output) throws Exception {
		RelationTester.runner(this.etcd)
			.run((context) -> get(
					context.getBean(Client.class).getKVClient().put(bytes("orders/1"), bytes("three books"))));
		try (ConfigurableApplicationContext context = start("com.example.console.ReportApplication",
				Map.copyOf(this.etcd.getProperties("etcd.relation")))) {
			assertThat(SpringApplication.exit(context)).isZero();
		}
		assertThat(output).contains("orders/1 = three books");
	}

	@Test
	void oneInstanceLeadsAndTheNextOneTakesOver() {
		runner("com.example.leader.Leadership").run((first) -> {
			Object leader = first.getBean(type("com.example.leader.Leadership"));
			Awaitility.await().until(() -> key(leader) != null);
			runner("com.example.leader.Leadership").run((second) -> {
				Object next = second.getBean(type("com.example.leader.Leadership"));
				assertThat(key(next)).isNull();
				ReflectionTestUtils.invokeMethod(leader, "stop");
				Awaitility.await().until(() -> key(next) != null);
				assertThat(key(leader)).isNull();
			});
		});
	}

	private static Object key(Object leadership) {
		return ReflectionTestUtils.invokeMethod(leadership, "getLeader");
	}

	@Test
	void workOfALockDoesNotOverlap() {
		runner("com.example.lock.Locks").run((context) -> {
			Object locks = context.getBean(type("com.example.lock.Locks"));
			AtomicInteger inside = new AtomicInteger();
			Callable<Integer> work = () -> {
				int others = inside.getAndIncrement();
				// As long as others need to get in, if nothing keeps them out
				Thread.sleep(20);
				inside.decrementAndGet();
				return others;
			};
			ExecutorService threads = Executors.newFixedThreadPool(5);
			try {
				List<Future<Integer>> all = threads.invokeAll(Collections.nCopies(5,
						() -> ReflectionTestUtils.<Integer>invokeMethod(locks, "withLock", "orders/lock", work)));
				for (Future<Integer> each : all) {
					assertThat(each.get()).isZero();
				}
			}
			finally {
				threads.shutdownNow();
			}
			assertThat(get(context.getBean(Client.class).getKVClient().get(bytes("orders/lock"))).getCount()).isZero();
		});
	}

	@Test
	void settingsAreThoseOfEtcd() {
		runner("com.example.settings.Settings").run((context) -> {
			Object settings = context.getBean(type("com.example.settings.Settings"));
			Client client = context.getBean(Client.class);
			get(client.getKVClient().put(bytes("settings/color"), bytes("blue")));
			Awaitility.await().until(() -> "blue".equals(value(settings, "color")));
			get(client.getKVClient().delete(bytes("settings/color")));
			Awaitility.await().until(() -> value(settings, "color") == null);
		});
	}

	private static Object value(Object settings, String name) {
		return ReflectionTestUtils.invokeMethod(settings, "get", name);
	}

	private ApplicationContextRunner runner(String component) {
		return RelationTester.runner(this.etcd).withUserConfiguration(type(component));
	}

	private static Class<?> type(String name) {
		return ClassUtils.resolveClassName(name, loader);
	}

	private static ConfigurableApplicationContext start(String type, Map<String, Object> properties) {
		Thread thread = Thread.currentThread();
		ClassLoader former = thread.getContextClassLoader();
		thread.setContextClassLoader(loader);
		try {
			SpringApplication application = new SpringApplication(new DefaultResourceLoader(loader), type(type));
			application.setBannerMode(Banner.Mode.OFF);
			application.setDefaultProperties(properties);
			return application.run("--server.port=0", "--logging.level.com.example=info");
		}
		finally {
			thread.setContextClassLoader(former);
		}
	}

}
