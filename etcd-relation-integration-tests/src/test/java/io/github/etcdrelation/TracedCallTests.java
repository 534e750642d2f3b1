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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.Status;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spans of calls, whose parent is the observation of the caller.
 */
@WithLocalEtcd
class TracedCallTests {

	private static final String TRACE = "traceId";

	private final LocalEtcd etcd;

	private final SimpleTracer tracer = new SimpleTracer();

	private final ObservationRegistry observations = ObservationRegistry.create();

	TracedCallTests(LocalEtcd etcd) {
		this.etcd = etcd;
		this.observations.observationConfig().observationHandler(new LoggedTrace(this.tracer));
	}

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void callIsChildOfTheCallersObservation() {
		run(runner(), (client) -> {
			CompletableFuture<?> call = observe(() -> client.getKVClient().put(bytes("key"), bytes("value")));
			get(call);
			get(client.getKVClient().get(bytes("key")));
			assertThat(awaitSpan("KV/Range").getParentId()).isNullOrEmpty();
			assertIsChild(awaitSpan("KV/Put"), span("caller"));
		});
	}

	@Test
	void callOfAsyncMethodIsChildOfTheCallersObservation() {
		ApplicationContextRunner runner = runner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withUserConfiguration(AsyncConfiguration.class);
		runner.run((context) -> {
			AsyncCaller caller = context.getBean(AsyncCaller.class);
			String thread = get(observe(caller::call));
			assertThat(thread).startsWith("task-");
			assertIsChild(awaitSpan("KV/Range"), span("caller"));
		});
	}

	@Test
	void callOfReactorChainIsChildOfTheSubscribersObservation() {
		Hooks.enableAutomaticContextPropagation();
		try {
			run(runner(), (client) -> {
				List<String> traces = new CopyOnWriteArrayList<>();
				Mono<GetResponse> chain = Mono.delay(Duration.ofMillis(10), Schedulers.parallel())
					.flatMap((tick) -> Mono.fromFuture(() -> client.getKVClient().get(bytes("key"))))
					.doOnNext((response) -> traces.add(MDC.get(TRACE)));
				get(observe(() -> chain.contextCapture().toFuture()));
				assertIsChild(awaitSpan("KV/Range"), span("caller"));
				assertThat(traces).containsExactly(span("caller").getTraceId());
			});
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
	}

	@Test
	void spanOfCallThatNobodyWaitsForEnds(@TempDir Path parent) {
		ApplicationContextRunner runner = observed(RelationTester.runner()).withPropertyValues(
				"etcd.relation.directory=" + parent.resolve("relation"),
				"etcd.relation.client.available-timeout=300ms");
		run(runner, (client) -> {
			List<Object> signals = new CopyOnWriteArrayList<>();
			Disposable subscription = observe(
					() -> Mono.fromFuture(() -> client.getKVClient().get(bytes("key"))).subscribe(signals::add));
			subscription.dispose();
			SimpleSpan span = awaitSpan("KV/Range");
			assertIsChild(span, span("caller"));
			assertThat(span.getTags()).containsEntry("grpc.status_code", "UNAVAILABLE");
			assertThat(signals).isEmpty();
		});
	}

	@Test
	void repeatedAttemptsAreOneSpan() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			AtomicInteger refusals = new AtomicInteger(3);
			ApplicationContextRunner runner = observed(RelationTester.runner())
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString());
			run(runner, (client) -> {
				proxy.refuse((method, headers) -> (method.endsWith("KV/Put") && refusals.getAndDecrement() > 0)
						? Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests") : null);
				get(observe(() -> client.getKVClient().put(bytes("key"), bytes("value"))));
				assertIsChild(awaitSpan("KV/Put"), span("caller"));
				assertThat(refusals).hasNegativeValue();
				assertThat(this.tracer.getSpans()).extracting(SimpleSpan::getName)
					.containsExactlyInAnyOrder("caller", "etcdserverpb.KV/Put");
			});
		}
	}

	@Test
	void callbackIsInTheCallersObservation(@TempDir Path parent) {
		RelationDirectory directory = new RelationDirectory(parent.resolve("relation"));
		ApplicationContextRunner runner = observed(RelationTester.runner())
			.withPropertyValues("etcd.relation.directory=" + directory.getPath(), "etcd.relation.poll-interval=100ms");
		run(runner, (client) -> {
			CompletableFuture<String> callback = observe(() -> client.getKVClient().get(bytes("key")))
				.thenCompose((response) -> client.getKVClient()
					.put(bytes("key"), bytes("value"))
					.thenApply((written) -> String.valueOf(MDC.get(TRACE))));
			assertThat(MDC.get(TRACE)).isNull();
			directory.write("connection_string", this.etcd.getConnectionString());
			assertThat(get(callback)).isEqualTo(span("caller").getTraceId());
			assertIsChild(awaitSpan("KV/Range"), span("caller"));
			assertIsChild(awaitSpan("KV/Put"), span("caller"));
		});
	}

	@Test
	void callbacksOfStreamsAreInNoObservation() {
		run(runner(), (client) -> {
			long lease = get(client.getLeaseClient().grant(2)).getID();
			List<String> seen = new CopyOnWriteArrayList<>();
			List<String> renewed = new CopyOnWriteArrayList<>();
			MDC.put("user", "alice");
			Watch.Watcher watcher = observe(() -> {
				assertThat(MDC.get(TRACE)).isNotNull();
				return client.getWatchClient().watch(bytes("watched"), (response) -> seen.add(describe()));
			});
			CloseableClient keepAlive = observe(() -> client.getLeaseClient()
				.keepAlive(lease,
						Observers.<LeaseKeepAliveResponse>builder()
							.onNext((response) -> renewed.add(describe()))
							.build()));
			assertThat(MDC.get("user")).isEqualTo("alice");
			try (watcher; keepAlive) {
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
					get(client.getKVClient().put(bytes("watched"), bytes("value")));
					return seen.size() > 1 && renewed.size() > 1;
				});
			}
			assertThat(seen).containsOnly("alice null null");
			assertThat(renewed).containsOnly("null null null");
			assertThat(awaitNames()).noneMatch((name) -> name.contains("Watch") || name.contains("KeepAlive"));
		});
	}

	private String describe() {
		return MDC.get("user") + " " + MDC.get(TRACE) + " " + this.tracer.currentSpan();
	}

	private <T> T observe(Supplier<T> action) {
		Observation observation = Observation.start("caller", this.observations);
		try (Observation.Scope scope = observation.openScope()) {
			return action.get();
		}
		finally {
			observation.stop();
		}
	}

	private SimpleSpan span(String name) {
		return this.tracer.getSpans()
			.stream()
			.filter((span) -> span.getName() != null && span.getName().endsWith(name))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * A span ends a little after the answer was passed on.
	 */
	private SimpleSpan awaitSpan(String name) {
		Awaitility.await()
			.until(() -> this.tracer.getSpans()
				.stream()
				.anyMatch((span) -> span.getName() != null && span.getName().endsWith(name)
						&& span.getEndTimestamp().toEpochMilli() > 0));
		return span(name);
	}

	/**
	 * A span is named when it ends, a little after the answer was passed on.
	 */
	private List<String> awaitNames() {
		return Awaitility.await()
			.until(() -> this.tracer.getSpans().stream().map(SimpleSpan::getName).toList(),
					(names) -> names.stream().noneMatch(Objects::isNull));
	}

	private static void assertIsChild(SimpleSpan span, SimpleSpan parent) {
		assertThat(span.getTraceId()).isEqualTo(parent.getTraceId());
		assertThat(span.getParentId()).isEqualTo(parent.getSpanId());
	}

	private static void run(ApplicationContextRunner runner, CallingTest test) {
		runner.run((context) -> test.run(context.getBean(Client.class)));
	}

	private ApplicationContextRunner runner() {
		return observed(RelationTester.runner(this.etcd));
	}

	private ApplicationContextRunner observed(ApplicationContextRunner runner) {
		return runner.withConfiguration(AutoConfigurations.of(EtcdMetricsAutoConfiguration.class))
			.withBean(ObservationRegistry.class, () -> this.observations);
	}

	@FunctionalInterface
	private interface CallingTest {

		void run(Client client) throws Exception;

	}

	/**
	 * Keeps the current trace in the MDC, as bridges to tracers do.
	 */
	private static final class LoggedTrace extends DefaultTracingObservationHandler {

		private LoggedTrace(SimpleTracer tracer) {
			super(tracer);
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			super.onScopeOpened(context);
			update();
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			super.onScopeClosed(context);
			update();
		}

		private void update() {
			Span current = getTracer().currentSpan();
			if (current != null) {
				MDC.put(TRACE, current.context().traceId());
			}
			else {
				MDC.remove(TRACE);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

		@Bean
		static ContextPropagatingTaskDecorator taskDecorator() {
			return new ContextPropagatingTaskDecorator();
		}

		@Bean
		static AsyncCaller asyncCaller(Client client) {
			return new AsyncCaller(client);
		}

	}

	static class AsyncCaller {

		private final Client client;

		AsyncCaller(Client client) {
			this.client = client;
		}

		@Async
		CompletableFuture<String> call() {
			String thread = Thread.currentThread().getName();
			return this.client.getKVClient().get(bytes("key")).thenApply((response) -> thread);
		}

	}

}
