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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A relation in an application that is lazily initialized, uses virtual threads, or is
 * paused.
 */
@WithLocalEtcd(mutualTls = true)
class ContextModesTests {

	private final LocalEtcd etcd;

	private RelationDirectory directory;

	ContextModesTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeEach
	void relate(@TempDir Path parent) {
		this.directory = new RelationDirectory(parent.resolve("relation"));
		this.directory.write(this.etcd.getConnectionString(), this.etcd.getClientCredentials());
	}

	@Test
	void directoryIsFollowedByLazyApplication() throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.main.lazy-initialization=true")) {
			assertThat(context.getBeanFactory().getBeanDefinition("etcdClient").isLazyInit()).isTrue();
			Events events = context.getBean(Events.class);
			assertThat(events.names()).containsExactly("EtcdConnectedEvent", "EtcdAvailableEvent",
					"EtcdTlsAvailableEvent");
			rotate("lazy");
			awaitLast(events, "EtcdChangedEvent");
			get(context.getBean(Client.class).getKVClient().put(bytes("lazy"), bytes("value")));
		}
	}

	@Test
	void clientIsUsedByVirtualThreads() throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.threads.virtual.enabled=true")) {
			Client client = context.getBean(Client.class);
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			List<CompletableFuture<Boolean>> tasks = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				String key = "virtual/" + i;
				tasks.add(executor.submitCompletable(() -> {
					get(client.getKVClient().put(bytes(key), bytes("value")));
					get(client.getKVClient().get(bytes(key)));
					return isVirtual(Thread.currentThread());
				}));
			}
			boolean virtual = Threading.VIRTUAL.isActive(context.getEnvironment());
			assertThat(virtual).isEqualTo(Runtime.version().feature() >= 21);
			for (CompletableFuture<Boolean> task : tasks) {
				assertThat(get(task)).isEqualTo(virtual);
			}
			rotate("virtual");
			awaitLast(context.getBean(Events.class), "EtcdChangedEvent");
		}
	}

	@Test
	void nothingIsRepeatedAfterPause() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			Events events = context.getBean(Events.class);
			assertThat(events.names()).hasSize(3);
			get(context.getBean(Client.class).getKVClient().put(bytes("before"), bytes("value")));
			for (int i = 0; i < 3; i++) {
				context.pause();
				context.restart();
			}
			assertThat(events.names()).hasSize(3);
			rotate("after pause");
			awaitLast(events, "EtcdChangedEvent");
			assertThat(events.names()).hasSize(4);
			get(context.getBean(Client.class).getKVClient().put(bytes("after"), bytes("value")));
		}
	}

	@Test
	void changeDuringPauseIsToldAfterIt() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			Events events = context.getBean(Events.class);
			context.pause();
			ClientCredentials credentials = rotate("during pause");
			assertThat(events.names()).hasSize(3);
			context.restart();
			awaitLast(events, "EtcdChangedEvent");
			assertThat(events.names()).hasSize(4);
			assertThat(context.getBean(EtcdRelation.class).getClientCredentials()).isEqualTo(credentials);
		}
	}

	private ClientCredentials rotate(String name) {
		ClientCredentials credentials = this.etcd.newClientCredentials(name);
		this.directory.write(this.etcd.getConnectionString(), credentials);
		return credentials;
	}

	private ConfigurableApplicationContext run(String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("etcd.relation.directory=" + this.directory.getPath(), "etcd.relation.poll-interval=1h",
					"spring.main.banner-mode=off")
			.run(arguments);
	}

	private static void awaitLast(Events events, String name) {
		Awaitility.await().untilAsserted(() -> assertThat(events.names()).last().isEqualTo(name));
	}

	private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
		return Runtime.version().feature() >= 21 && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		static Events events() {
			return new Events();
		}

	}

	static final class Events {

		private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void onEvent(EtcdRelationEvent event) {
			// Comes when all members have accepted, whenever that is
			if (!(event instanceof EtcdRotatedEvent)) {
				this.events.add(event);
			}
		}

		List<String> names() {
			return this.events.stream().map((event) -> event.getClass().getSimpleName()).toList();
		}

	}

}
