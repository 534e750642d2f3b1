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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdExtension;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications that fail, end or are lied to while their configuration changes.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class ConfigFaultTests {

	@RegisterExtension
	static final LocalEtcdExtension extension = new LocalEtcdExtension(LocalEtcd.builder());

	private final LocalEtcd etcd = extension.getEtcd();

	private String prefix;

	@BeforeEach
	void name(TestInfo test) {
		this.prefix = "/" + test.getTestMethod().orElseThrow().getName() + "/";
	}

	@Test
	void contextIsClosedByAListener() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
			ConfigurableApplicationContext context = run(Closing.class);
			Closing closing = context.getBean(Closing.class);
			writer.put(this.prefix + "name", "two");
			assertThat(closing.closed.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(closing.time.get()).isLessThan(Duration.ofSeconds(4));
			assertThat(closing.interrupted).isFalse();
		}
		awaitNoThreads();
	}

	@Test
	void listenerEndsBeforeItsBeansAreDestroyed() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
			ConfigurableApplicationContext context = run(Slow.class);
			Slow slow = context.getBean(Slow.class);
			writer.put(this.prefix + "name", "two");
			assertThat(slow.called.await(30, TimeUnit.SECONDS)).isTrue();
			Thread closer = new Thread(context::close);
			closer.start();
			Awaitility.await()
				.until(() -> closer.getState() == Thread.State.TIMED_WAITING
						|| closer.getState() == Thread.State.WAITING || slow.destroyed.get());
			slow.goOn.countDown();
			closer.join(30_000);
			assertThat(slow.usedAfterwards).isFalse();
			assertThat(slow.destroyed).isTrue();
		}
	}

	@Test
	void startThatFailsBeforeTheContextIsRefreshedLeavesNoThreads() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
		}
		SpringApplication application = new SpringApplicationBuilder(ConfigApplication.Main.class)
			.web(WebApplicationType.NONE)
			.listeners((ApplicationListener<ApplicationPreparedEvent>) (event) -> {
				throw new IllegalStateException("Of a test");
			})
			.build();
		String[] arguments = ConfigApplication.arguments(this.etcd.getProperties("etcd.relation"))
			.toArray(String[]::new);
		application.setDefaultProperties(Map.of("spring.config.import", "etcd:" + this.prefix));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> application.run(arguments));
		awaitNoThreads();
	}

	@Test
	void startThatFailsWhileTheContextIsRefreshedLeavesNoThreads() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
		}
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> run(Failing.class));
		awaitNoThreads();
	}

	@Test
	void beansThatCannotBeBoundDoNotKeepOthersFromBeingRefreshed(CapturedOutput output) throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
			try (ConfigurableApplicationContext context = run(Refreshed.class)) {
				Supplier<?> name = context.getBean("name", Supplier.class);
				assertThat(name.get()).isEqualTo("one");
				writer.put(this.prefix + "bound/name", "wrong");
				Awaitility.await().until(() -> output.getAll().contains("A listener failed on"));
				writer.put(this.prefix + "name", "two");
				Awaitility.await().untilAsserted(() -> assertThat(name.get()).isEqualTo("two"));
			}
		}
	}

	@Test
	void keysOfAProfileDoNotVanishWithAWipedEtcd() throws Exception {
		try (LocalEtcd own = LocalEtcd.builder().start()) {
			try (Writer writer = new Writer(own)) {
				writer.put("/config/app/url", "test");
				writer.put("/config/app,prod/url", "prod");
			}
			try (ConfigurableApplicationContext context = ConfigApplication.run(own, "spring.profiles.active=prod",
					"spring.config.import=etcd:/config/app/")) {
				LocalEtcdMember member = own.getMember(0);
				member.kill();
				FileSystemUtils.deleteRecursively(member.getDataDirectory().toFile());
				member.start();
				Awaitility.await()
					.during(Duration.ofSeconds(2))
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(context.getEnvironment().getProperty("url")).isEqualTo("prod"));
				try (Writer writer = new Writer(own)) {
					writer.put("/config/app,prod/url", "again");
					writer.put("/config/app/url", "test");
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(context.getEnvironment().getProperty("url")).isEqualTo("again"));
			}
		}
	}

	@Test
	void documentsImportAndActivateProfiles() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "app.yaml", """
					spring:
					  config.import: "etcd:%smore/,optional:etcd:/none.yaml"
					  profiles.include: extra
					from: app
					""".formatted(this.prefix.replace("/documents", "/other")));
			writer.put(this.prefix.replace("/documents", "/other") + "more/from", "import");
			writer.put(this.prefix.replace("/documents", "/other") + "more,extra/profile", "extra");
			try (ConfigurableApplicationContext context = run(ConfigApplication.Main.class)) {
				Environment environment = context.getEnvironment();
				assertThat(environment.getProperty("from")).isEqualTo("import");
				assertThat(environment.getProperty("profile")).isEqualTo("extra");
				writer.put(this.prefix.replace("/documents", "/other") + "more/from", "changed");
				Awaitility.await().until(() -> "changed".equals(environment.getProperty("from")));
			}
		}
	}

	@Test
	void oddKeysHarmNoOthers() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			for (String key : List.of("", "/", "leaf", "leaf/below", "leaf/", "//", "a[", "a[0", "list[x]", "a b",
					"\u00e9", "\n", ".", "${leaf}", "name", "x=y", ".yaml.", "UPPER_CASE")) {
				writer.put(this.prefix + key, "value of " + key);
			}
			writer.put(this.prefix + "empty", "");
			writer.put(this.prefix + "empty.yaml", "");
			writer.put(this.prefix + "large", "x".repeat(1_000_000));
			try (ConfigurableApplicationContext context = run(ConfigApplication.Main.class)) {
				Environment environment = context.getEnvironment();
				assertThat(environment.getProperty("leaf")).isEqualTo("value of leaf");
				assertThat(environment.getProperty("leaf.below")).isEqualTo("value of leaf/below");
				assertThat(environment.getProperty("name")).isEqualTo("value of name");
				assertThat(environment.getProperty("empty")).isEmpty();
				assertThat(environment.getProperty("large")).hasSize(1_000_000);
				writer.put(this.prefix + "name", "two");
				Awaitility.await().until(() -> "two".equals(environment.getProperty("name")));
			}
		}
	}

	@Test
	void relationThatBecomesAvailableLateBringsOptionalKeys(@TempDir Path directory) throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "name", "one");
		}
		try (ConfigurableApplicationContext context = ConfigApplication.run(ConfigApplication.Main.class,
				List.of("--etcd.relation.directory=" + directory, "--etcd.relation.poll-interval=100ms",
						"--etcd.relation.client.available-timeout=1s",
						"--spring.config.import=optional:etcd:" + this.prefix))) {
			assertThat(context.getEnvironment().getProperty("name")).isNull();
			Files.writeString(directory.resolve("connection_string"), this.etcd.getConnectionString());
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> "one".equals(context.getEnvironment().getProperty("name")));
		}
	}

	@Test
	void contextsOfAHierarchyChangeTogether() throws Exception {
		try (Writer writer = new Writer(this.etcd)) {
			writer.put(this.prefix + "bound/name", "one");
			String[] arguments = ConfigApplication.arguments(this.etcd.getProperties("etcd.relation"))
				.toArray(String[]::new);
			try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Parent.class)
				.properties("spring.config.import=etcd:" + this.prefix)
				.web(WebApplicationType.NONE)
				.child(Child.class)
				.properties("spring.config.import=etcd:" + this.prefix)
				.web(WebApplicationType.NONE)
				.run(arguments)) {
				ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();
				writer.put(this.prefix + "bound/name", "two");
				Bound own = child.getBean(Bound.class);
				Bound above = parent.getBean(Bound.class);
				assertThat(own).isNotSameAs(above);
				Awaitility.await().until(() -> "two".equals(own.getName()) && "two".equals(above.getName()));
				parent.close();
			}
		}
		awaitNoThreads();
	}

	private ConfigurableApplicationContext run(Class<?> main) {
		return ConfigApplication.run(this.etcd, main, "spring.config.import=etcd:" + this.prefix);
	}

	private static void awaitNoThreads() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("etcd-")));
	}

	/**
	 * Writes while it is open.
	 */
	private static final class Writer implements AutoCloseable {

		private final ConfigurableApplicationContext context;

		Writer(LocalEtcd etcd) {
			this.context = ConfigApplication.run(etcd);
		}

		void put(String key, String value) throws Exception {
			this.context.getBean(Client.class).getKVClient().put(bytes(key), bytes(value)).get(30, TimeUnit.SECONDS);
		}

		private static ByteSequence bytes(String text) {
			return ByteSequence.from(text, StandardCharsets.UTF_8);
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

	@Import(ConfigApplication.Main.class)
	static class Closing {

		final CountDownLatch closed = new CountDownLatch(1);

		final AtomicReference<Duration> time = new AtomicReference<>();

		final AtomicBoolean interrupted = new AtomicBoolean();

		private final ConfigurableApplicationContext context;

		Closing(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@EventListener
		void changed(EtcdConfigChangedEvent event) {
			long begin = System.nanoTime();
			this.context.close();
			this.time.set(Duration.ofNanos(System.nanoTime() - begin));
			this.interrupted.set(Thread.currentThread().isInterrupted());
			this.closed.countDown();
		}

	}

	// Destroyed before them
	@DependsOn("etcdConfigWatches")
	@Import(ConfigApplication.Main.class)
	static class Slow implements DisposableBean {

		final CountDownLatch called = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		final AtomicBoolean destroyed = new AtomicBoolean();

		final AtomicBoolean usedAfterwards = new AtomicBoolean();

		@EventListener
		void changed(EtcdConfigChangedEvent event) throws InterruptedException {
			this.called.countDown();
			this.goOn.await();
			this.usedAfterwards.set(this.destroyed.get());
		}

		@Override
		public void destroy() {
			this.destroyed.set(true);
		}

	}

	@Import(ConfigApplication.Main.class)
	static class Failing {

		@Bean
		Object failing() {
			throw new IllegalStateException("Of a test");
		}

	}

	@Import(ConfigApplication.Main.class)
	static class Refreshed {

		@Bean
		@ConfigurationProperties("bound")
		Bound bound() {
			return new Bound() {

				@Override
				public void setName(@Nullable String name) {
					if ("wrong".equals(name)) {
						throw new IllegalArgumentException("Of a test");
					}
					super.setName(name);
				}

			};
		}

		@Bean
		@RefreshScope
		Supplier<String> name(Environment environment) {
			String name = environment.getRequiredProperty("name");
			return () -> name;
		}

	}

	@Import(ConfigApplication.Main.class)
	@EnableConfigurationProperties(Bound.class)
	static class Parent {

	}

	@Import(ConfigApplication.Main.class)
	@EnableConfigurationProperties(Bound.class)
	static class Child {

	}

}
