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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.event.RelationEventsAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the events that a context publishes.
 */
@ExtendWith(OutputCaptureExtension.class)
class RelationEventsTests {

	private static final int WEB_SERVER_PHASE = SmartLifecycle.DEFAULT_PHASE - 2048;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(RecorderConfiguration.class);

	private final ApplicationContextRunner tlsContextRunner = this.contextRunner.withPropertyValues(
			"etcd.relation.connection-string=https://localhost:2379", "etcd.relation.client-cert=" + TestPem.CERT,
			"etcd.relation.client-key=" + TestPem.KEY, "etcd.relation.client-ca=" + TestPem.CA);

	@Test
	void startPublishesEachStateOnceInOrder() {
		this.tlsContextRunner.run((context) -> assertThatEvents(recorder(context))
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class));
	}

	@Test
	void withoutRelationStartPublishesNothing() {
		this.contextRunner.run((context) -> assertThat(recorder(context).getEvents()).isEmpty());
	}

	@Test
	void startPublishesOnStartingThread() {
		this.tlsContextRunner.run((context) -> assertThat(recorder(context).getThreads()).isNotEmpty()
			.containsOnly(Thread.currentThread()));
	}

	@Test
	void startPublishesBeforeWebServerAndAfterSingletons() {
		this.tlsContextRunner.withUserConfiguration(WebServerConfiguration.class).run((context) -> {
			assertThat(recorder(context).getRecorded()).hasExactlyElementsOfTypes(EtcdConnectedEvent.class,
					EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class, WebServer.class,
					ContextRefreshedEvent.class);
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdTlsAvailableEvent.class);
		});
	}

	@Test
	void startPublishesEventsOfFurtherRelationsAfterThoseOfDefaultRelation() {
		this.contextRunner
			.withPropertyValues("etcd.relations.blue.connection-string=http://blue:2379",
					"etcd.relations.red.version=3.6.0", "etcd.relation.connection-string=http://default:2379")
			.run((context) -> RelationEventsAssert.assertThatEvents(recorder(context).getEvents())
				.areFromRelations("etcd", "etcd", "blue", "blue", "red")
				.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdConnectedEvent.class,
						EtcdAvailableEvent.class, EtcdConnectedEvent.class));
	}

	@Test
	void relationShowsAllStatesDuringEachEvent() {
		this.tlsContextRunner.run((context) -> assertThat(recorder(context).getSeenStates()).hasSize(3)
			.allMatch((states) -> states.equals("[CONNECTED, AVAILABLE, TLS_AVAILABLE]")));
	}

	@Test
	void lazyInitializationStillPublishes() {
		this.tlsContextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().getBeanDefinition("etcdClient").isLazyInit()).isTrue();
				assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
						EtcdTlsAvailableEvent.class);
			});
	}

	@Test
	void restartDoesNotRepeatEvents() {
		this.tlsContextRunner.run((context) -> {
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			Recorder recorder = recorder(context);
			recorder.clear();
			application.stop();
			application.start();
			assertThat(recorder.getEvents()).isEmpty();
		});
	}

	@Test
	void restartPublishesWhatHasChangedMeanwhile() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			assertThat(recorder(context).getEvents()).isEmpty();
			application.stop();
			source.show(Map.of("connection_string", "http://localhost:2379"));
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(recorder(context).getEvents()).isEmpty();
			application.start();
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
		});
	}

	@Test
	void refreshPublishesWhatDiffersBeforeItReturns() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			source.show(Map.of());
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class);
			recorder(context).clear();
			source.show(Map.of("connection_string", "http://localhost:2379", "version", "3.5.0"));
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdAvailableEvent.class);
			recorder(context).clear();
			source.show(Map.of("connection_string", "http://localhost:2379", "version", "3.6.0"));
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdChangedEvent.class);
			recorder(context).clear();
			relations.refresh("etcd");
			assertThat(recorder(context).getEvents()).isEmpty();
			source.vanish();
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdUnavailableEvent.class,
					EtcdDisconnectedEvent.class);
			assertThat(relations.get("etcd").getStates()).isEmpty();
		});
	}

	@Test
	void refreshPublishesOnRefreshThread() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			source.show(Map.of());
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(recorder(context).getThreads()).singleElement()
				.satisfies((thread) -> assertThat(thread.getName()).startsWith("etcd-relation-refresh-"));
		});
	}

	@Test
	void refreshWithinListenerReturns() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source)
			.withUserConfiguration(RefreshingListenerConfiguration.class)
			.run((context) -> {
				source.show(Map.of());
				context.getBean(EtcdRelations.class).refresh("etcd");
				assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class);
			});
	}

	@Test
	void unusableDataKeepsStatesAndTellsWhy() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			source.show(Map.of("connection_string", "no URL"));
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdRotationFailedEvent.class);
			assertThat(relations.get("etcd").getConnectionString()).isEqualTo("no URL");
			assertThat(recorder(context).getCause()).isInstanceOf(InvalidRelationDataException.class)
				.hasMessageContaining("connection-string has an entry 'no URL'");
		});
	}

	@Test
	void dataAloneCannotTakeTlsAway() {
		ChangingSource source = new ChangingSource();
		source.show(tls("https://localhost:2379", TestPem.KEY));
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			recorder(context).clear();
			source.show(Map.of("connection_string", "http://localhost:2379"));
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdTlsUnavailableEvent.class, EtcdChangedEvent.class,
					EtcdRotationFailedEvent.class);
			assertThat(recorder(context).getCause()).hasMessageContaining("has http endpoints")
				.hasMessageContaining("set allow-plain-text to true");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "U0VDUkVUU0VDUkVUU0VDUkVU",
			"-----BEGIN PRIVATE KEY-----\nU0VDUkVUU0VDUkVUU0VDUkVU\n-----END PRIVATE KEY-----\n" })
	void unusableKeyKeepsStatesAndIsNotShown(String key, CapturedOutput output) {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			source.show(tls("https://localhost:2379", key));
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdTlsAvailableEvent.class, EtcdRotationFailedEvent.class);
			assertThat(relations.get("etcd").getClientCredentials().clientKey()).isEqualTo(key);
			assertThat(recorder(context).getCause()).hasMessageContaining("client-key");
			StringWriter stackTrace = new StringWriter();
			recorder(context).getCause().printStackTrace(new PrintWriter(stackTrace));
			assertThat(stackTrace.toString()).doesNotContain("U0VDUkVU");
		});
		assertThat(output).doesNotContain("U0VDUkVU");
	}

	@Test
	void eventsShowNoValue() {
		ChangingSource source = new ChangingSource();
		source.show(tls("https://localhost:2379", TestPem.KEY));
		this.contextRunner.withBean(RelationSource.class, () -> source)
			.run((context) -> assertThat(recorder(context).getTexts()).hasSize(3)
				.noneMatch((text) -> text.contains("-----BEGIN") || text.contains("localhost")));
	}

	@Test
	void unreadableSourceKeepsStatesAndTellsWhy() {
		ChangingSource source = new ChangingSource();
		source.show(Map.of("connection_string", "http://localhost:2379"));
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			recorder(context).clear();
			source.fail();
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			relations.refresh("etcd");
			assertThatEvents(recorder(context)).containsExactly(EtcdRotationFailedEvent.class);
			assertThat(relations.get("etcd").isAvailable()).isTrue();
		});
	}

	@Test
	void throwingListenerDoesNotStopOthers(CapturedOutput output) {
		this.tlsContextRunner.withUserConfiguration(ThrowingListenersConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdTlsAvailableEvent.class);
			assertThat(context.getBean(ThrowingListenersConfiguration.class).getThrown()).hasSize(6);
			assertThat(output).contains("A listener failed on EtcdAvailableEvent", "thrown by method",
					"thrown by bean");
		});
	}

	@Test
	void throwingListenerDoesNotStopOthersOnRefresh() {
		ChangingSource source = new ChangingSource();
		this.contextRunner.withBean(RelationSource.class, () -> source)
			.withUserConfiguration(ThrowingListenersConfiguration.class)
			.run((context) -> {
				source.show(Map.of("connection_string", "http://localhost:2379"));
				context.getBean(EtcdRelations.class).refresh("etcd");
				assertThatEvents(recorder(context)).containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
			});
	}

	@Test
	void listenerBeansHearEachEventOnce() {
		this.tlsContextRunner.withUserConfiguration(ListenerBeanConfiguration.class)
			.run((context) -> assertThat(context.getBean(ListenerBean.class).getEvents()).hasSize(1));
	}

	@Test
	void listenerOfInitializerHearsEachEventOnce() {
		List<EtcdRelationEvent> events = new ArrayList<>();
		this.tlsContextRunner
			.withInitializer(
					(context) -> context.addApplicationListener((ApplicationListener<EtcdAvailableEvent>) events::add))
			.run((context) -> assertThat(events).hasSize(1));
	}

	@Test
	void multicasterOfApplicationIsUsed() {
		this.tlsContextRunner.withUserConfiguration(MulticasterConfiguration.class).run((context) -> {
			assertThat(context.getBean(Multicaster.class).getEvents()).filteredOn(EtcdRelationEvent.class::isInstance)
				.hasSize(3);
			assertThat(recorder(context).getEvents()).hasSize(3);
		});
	}

	@Test
	void parentContextHearsEachEventOnce() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(
				RecorderConfiguration.class)) {
			new ApplicationContextRunner()
				.withConfiguration(
						AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
				.withParent(parent)
				.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
				.run((context) -> assertThatEvents(parent.getBean(Recorder.class))
					.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class));
		}
	}

	@Test
	void childContextDoesNotRepeatEvents() {
		this.tlsContextRunner.run((context) -> {
			recorder(context).clear();
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.register(RecorderConfiguration.class);
				child.refresh();
				assertThat(child.getBean(Recorder.class).getEvents()).isEmpty();
				assertThat(recorder(context).getEvents()).isEmpty();
				assertThat(child.getBeanProvider(Client.class).getIfAvailable()).isNotNull();
			}
		});
	}

	private static Map<String, String> tls(String connectionString, String key) {
		return Map.of("connection_string", connectionString, "client_cert", TestPem.CERT, "client_key", key,
				"client_ca", TestPem.CA);
	}

	private static Recorder recorder(BeanFactory context) {
		return context.getBean("recorder", Recorder.class);
	}

	private static RelationEventsAssert assertThatEvents(Recorder recorder) {
		return RelationEventsAssert.assertThatEvents(recorder.getEvents()).areFromRelation("etcd");
	}

	static class Recorder {

		private final List<Object> recorded = Collections.synchronizedList(new ArrayList<>());

		private final List<String> seenStates = Collections.synchronizedList(new ArrayList<>());

		private final List<String> texts = Collections.synchronizedList(new ArrayList<>());

		private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

		private final AtomicReference<Throwable> cause = new AtomicReference<>();

		@EventListener
		void onEvent(EtcdRelationEvent event) {
			this.recorded.add(event);
			this.seenStates.add(event.getRelation().getStates().toString());
			this.texts.add(event.toString());
			this.threads.add(Thread.currentThread());
			if (event instanceof EtcdRotationFailedEvent failed) {
				this.cause.set(failed.getCause());
			}
		}

		void add(Object other) {
			this.recorded.add(other);
		}

		/**
		 * Return the events of relations and what was recorded besides them.
		 */
		List<Object> getRecorded() {
			return List.copyOf(this.recorded);
		}

		List<EtcdRelationEvent> getEvents() {
			return getRecorded().stream()
				.filter(EtcdRelationEvent.class::isInstance)
				.map(EtcdRelationEvent.class::cast)
				.toList();
		}

		List<String> getSeenStates() {
			return List.copyOf(this.seenStates);
		}

		List<String> getTexts() {
			return List.copyOf(this.texts);
		}

		List<Thread> getThreads() {
			return List.copyOf(this.threads);
		}

		Throwable getCause() {
			return this.cause.get();
		}

		void clear() {
			this.recorded.clear();
			this.threads.clear();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RecorderConfiguration {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WebServerConfiguration {

		@Bean
		WebServer webServer(Recorder recorder) {
			return new WebServer(recorder);
		}

		@Bean
		ApplicationListener<ContextRefreshedEvent> refreshed(Recorder recorder) {
			return (event) -> recorder.add(event);
		}

	}

	/**
	 * Starts when a web server would.
	 */
	static class WebServer implements SmartLifecycle {

		private final Recorder recorder;

		private volatile boolean running;

		WebServer(Recorder recorder) {
			this.recorder = recorder;
		}

		@Override
		public void start() {
			this.running = true;
			this.recorder.add(this);
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return WEB_SERVER_PHASE;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThrowingListenersConfiguration {

		private final List<String> thrown = Collections.synchronizedList(new ArrayList<>());

		@EventListener
		@Order(-1)
		void onEvent(EtcdRelationEvent event) {
			this.thrown.add(event.toString());
			throw new IllegalStateException("thrown by method");
		}

		@Bean
		@Order(-2)
		ApplicationListener<EtcdRelationEvent> throwing() {
			return new ApplicationListener<>() {

				@Override
				public void onApplicationEvent(EtcdRelationEvent event) {
					ThrowingListenersConfiguration.this.thrown.add(event.toString());
					throw new IllegalStateException("thrown by bean");
				}

			};
		}

		List<String> getThrown() {
			return this.thrown;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RefreshingListenerConfiguration {

		@Bean
		ApplicationListener<EtcdConnectedEvent> refreshing(EtcdRelations relations) {
			return new ApplicationListener<>() {

				@Override
				public void onApplicationEvent(EtcdConnectedEvent event) {
					relations.refresh(event.getRelationName());
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerBeanConfiguration {

		@Bean
		ListenerBean listenerBean() {
			return new ListenerBean();
		}

	}

	static class ListenerBean implements ApplicationListener<EtcdAvailableEvent> {

		private final List<EtcdRelationEvent> events = new ArrayList<>();

		@Override
		public void onApplicationEvent(EtcdAvailableEvent event) {
			this.events.add(event);
		}

		List<EtcdRelationEvent> getEvents() {
			return this.events;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MulticasterConfiguration {

		@Bean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)
		Multicaster multicaster() {
			return new Multicaster();
		}

	}

	static class Multicaster extends SimpleApplicationEventMulticaster {

		private final List<Object> events = new ArrayList<>();

		@Override
		public void multicastEvent(ApplicationEvent event, ResolvableType eventType) {
			this.events.add(event);
			super.multicastEvent(event, eventType);
		}

		List<Object> getEvents() {
			return this.events;
		}

	}

	/**
	 * The default relation, as the test likes it to be.
	 */
	static class ChangingSource implements RelationSource {

		private volatile RelationView view = RelationView.empty();

		private volatile boolean failing;

		void show(Map<String, String> databag) {
			this.view = RelationView.of("etcd:1", "etcd/0", databag);
		}

		void vanish() {
			this.view = RelationView.empty();
		}

		void fail() {
			this.failing = true;
		}

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			if (this.failing) {
				throw new InvalidRelationDataException("directory", "cannot be read", null);
			}
			return this.view;
		}

	}

}
