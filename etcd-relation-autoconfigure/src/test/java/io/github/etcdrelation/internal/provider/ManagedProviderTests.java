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

package io.github.etcdrelation.internal.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.event.EtcdProviderDisconnectedEvent;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.UnitHookTools;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests {@link ManagedProvider} with the hook tools as its target.
 */
@ExtendWith(OutputCaptureExtension.class)
class ManagedProviderTests {

	private static final Duration SOON = Duration.ofMillis(20);

	private final FakeTools tools = new FakeTools();

	private final BlockingQueue<ApplicationEvent> events = new LinkedBlockingQueue<>();

	private final ManagedProvider provider = new ManagedProvider("db",
			new JujuProviderTarget(new JujuEndpoint("db", this.tools, new HookEnvironment((name) -> null))),
			(event) -> this.events.add((ApplicationEvent) event), new RefreshExecutor(), SOON);

	@AfterEach
	void close() {
		this.provider.close();
	}

	@Test
	void tellsWhetherSomeoneIsThereOnlyWhenThatChanges() throws InterruptedException {
		this.provider.load();
		this.provider.start();
		assertThat(this.provider.isConnected()).isFalse();
		assertThat(this.events).isEmpty();
		this.tools.relations.put("db:1", List.of("web/0"));
		assertThat(nextEvent()).isInstanceOfSatisfying(EtcdProviderConnectedEvent.class, (event) -> {
			assertThat(event.getProvider()).isSameAs(this.provider);
			assertThat(event.getProviderName()).isEqualTo("db");
		});
		assertThat(this.provider.isConnected()).isTrue();
		this.tools.relations.put("db:1", List.of());
		assertThat(nextEvent()).isInstanceOf(EtcdProviderDisconnectedEvent.class);
		assertThat(this.provider.isConnected()).isFalse();
		assertThat(this.events).isEmpty();
	}

	@Test
	void whenStartedAgainDoesNotRepeatItself() {
		this.tools.relations.put("db:1", List.of("web/0"));
		this.provider.start();
		this.provider.stop();
		this.provider.start();
		assertThat(this.events).hasSize(1);
	}

	@Test
	void whenListenerThrowsGoesOn() {
		ManagedProvider failing = new ManagedProvider("db",
				new JujuProviderTarget(new JujuEndpoint("db", this.tools, new HookEnvironment((name) -> null))),
				(event) -> {
					throw new IllegalStateException("listener");
				}, new RefreshExecutor(), SOON);
		this.tools.relations.put("db:1", List.of("web/0"));
		failing.start();
		assertThat(failing.isConnected()).isTrue();
		failing.close();
	}

	@Test
	void oneCallForEachRelationAndChange() {
		this.tools.relations.put("db:1", List.of("web/0"));
		this.tools.relations.put("db:2", List.of());
		this.provider.setClientCredentials("key", "cert", "ca");
		assertThat(this.tools.calls).containsExactly("db:1 [client_ca, client_cert, client_key]",
				"db:2 [client_ca, client_cert, client_key]");
		this.tools.calls.clear();
		this.provider.setClientCredentials("key", "cert", "ca");
		assertThat(this.tools.calls).isEmpty();
		this.provider.setClientCredentials("other", "cert", "");
		assertThat(this.tools.calls).containsExactly("db:1 [client_ca, client_key]", "db:2 [client_ca, client_key]");
		assertThat(this.tools.databags).isEqualTo(Map.of("db:1", Map.of("client_key", "other", "client_cert", "cert"),
				"db:2", Map.of("client_key", "other", "client_cert", "cert")));
	}

	@Test
	void withoutVersionWithdrawsIt() {
		this.tools.relations.put("db:1", List.of());
		this.tools.databags.put("db:1", new TreeMap<>(Map.of("version", "3.4", "mine", "stays")));
		this.provider.setConnectionString("https://a:2379");
		assertThat(this.tools.databags)
			.isEqualTo(Map.of("db:1", Map.of("connection_string", "https://a:2379", "mine", "stays")));
	}

	@Test
	void relationThatAppearsLaterIsTold() throws InterruptedException {
		this.provider.setConnectionString("https://a:2379", "3.5.16");
		this.provider.start();
		this.tools.relations.put("db:7", List.of("web/0"));
		nextEvent();
		assertThat(this.tools.databags)
			.isEqualTo(Map.of("db:7", Map.of("connection_string", "https://a:2379", "version", "3.5.16")));
		this.tools.relations.put("db:8", List.of());
		await(() -> this.tools.databags.containsKey("db:8"));
		assertThat(this.tools.calls).hasSize(2);
	}

	@Test
	void whenToolFailsOthersAreToldAndItIsTriedAgain(CapturedOutput output) throws InterruptedException {
		this.tools.relations.put("db:1", List.of("web/0"));
		this.tools.relations.put("db:2", List.of("web/1"));
		this.tools.failing = "db:1";
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setConnectionString("https://a:2379"))
			.withMessageContaining("words of the tool");
		assertThat(this.tools.databags).containsOnlyKeys("db:2");
		this.provider.start();
		await(() -> this.tools.attempts > 5);
		assertThat(output.getOut().split("words of the tool", -1)).hasSize(2);
		this.tools.failing = "";
		await(() -> this.tools.databags.containsKey("db:1"));
		assertThat(this.tools.calls).hasSize(2);
		assertThat(this.provider.isConnected()).isTrue();
	}

	@Test
	void neitherProviderNorItsEventsShowValues() {
		this.provider.setClientCredentials("secret", "secret", "secret");
		assertThat(this.provider).hasToString("EtcdRelationProvider[name=db, connected=false]");
	}

	private ApplicationEvent nextEvent() throws InterruptedException {
		ApplicationEvent event = this.events.poll(20, TimeUnit.SECONDS);
		assertThat(event).isNotNull();
		return event;
	}

	private static void await(BooleanSupplier condition) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(5);
		}
	}

	@Test
	void keyIsNeitherLoggedAtTraceNorShown(CapturedOutput output) throws InterruptedException {
		Logger logger = (Logger) LoggerFactory.getLogger("io.github.etcdrelation");
		logger.setLevel(Level.TRACE);
		try {
			this.tools.relations.put("db:1", List.of("web/0"));
			this.tools.failing = "db:1";
			this.provider.start();
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> this.provider.setClientCredentials("the secret key", "certificate", "authority"))
				.withMessageNotContaining("the secret key");
			// What the caller was told is logged when it is tried again
			await(() -> output.getOut().contains("words of the tool"));
			this.tools.failing = "";
			this.provider.setClientCredentials("the other secret key", "certificate", "authority");
			assertThat(this.tools.databags.get("db:1")).containsEntry("client_key", "the other secret key");
			assertThat(output + this.provider.toString()).doesNotContain("secret key");
		}
		finally {
			logger.setLevel(null);
		}
	}

	/**
	 * Hook tools that keep databags in memory.
	 */
	private static final class FakeTools extends UnitHookTools {

		private final Map<String, List<String>> relations = new ConcurrentSkipListMap<>();

		private final Map<String, Map<String, String>> databags = new ConcurrentSkipListMap<>();

		private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

		private volatile String failing = "";

		private volatile int attempts;

		@Override
		public List<String> relationIds(String endpoint) {
			assertThat(endpoint).isEqualTo("db");
			return List.copyOf(this.relations.keySet());
		}

		@Override
		public List<String> relationList(String relationId) {
			return this.relations.get(relationId);
		}

		@Override
		public Map<String, String> relationGet(String relationId, String unit) {
			throw new IllegalStateException("A provider reads nothing");
		}

		@Override
		public void relationSet(String relationId, Map<String, String> values) {
			if (relationId.equals(this.failing)) {
				this.attempts++;
				throw new InvalidRelationDataException("juju.enabled", "words of the tool", null);
			}
			Map<String, String> databag = new TreeMap<>(this.databags.getOrDefault(relationId, Map.of()));
			databag.putAll(values);
			databag.values().removeIf(String::isEmpty);
			this.calls.add(relationId + " " + new TreeMap<>(values).keySet());
			this.databags.put(relationId, databag);
		}

	}

}
