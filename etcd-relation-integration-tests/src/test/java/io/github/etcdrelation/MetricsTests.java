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

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Meters of a relation and of its calls, with a real etcd.
 */
@WithLocalEtcd(mutualTls = true)
class MetricsTests {

	private final LocalEtcd etcd;

	private final MeterRegistry meters = new SimpleMeterRegistry();

	MetricsTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void callsAreCountedByMethodAndStatus() {
		runner(RelationTester.runner(this.etcd)).run((context) -> {
			Client client = context.getBean(Client.class);
			for (int i = 0; i < 3; i++) {
				get(client.getKVClient().put(bytes("key"), bytes("value")));
			}
			RelationTester.failure(client.getLeaseClient().revoke(4711));
			awaitTimer(3, "grpc.client.processing.duration", "relation", "etcd", "service", "etcdserverpb.KV", "method",
					"Put", "statusCode", "OK");
			awaitTimer(1, "grpc.client.processing.duration", "method", "LeaseRevoke", "statusCode", "NOT_FOUND");
			assertThat(this.meters.find("grpc.client").meters()).isEmpty();
		});
	}

	@Test
	void observedCallsAreNotCountedTwice() {
		runner(RelationTester.runner(this.etcd)).withBean(ObservationRegistry.class, this::observations)
			.run((context) -> {
				Client client = context.getBean(Client.class);
				for (int i = 0; i < 3; i++) {
					get(client.getKVClient().put(bytes("observed"), bytes("value")));
				}
				awaitTimer(3, "grpc.client", "relation", "etcd", "rpc.service", "etcdserverpb.KV", "rpc.method", "Put",
						"grpc.status_code", "OK");
				RecordingListener listener = new RecordingListener();
				try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("observed"), listener)) {
					Awaitility.await().until(() -> {
						get(client.getKVClient().put(bytes("observed"), bytes("value")));
						return listener.getEvents() > 0;
					});
				}
				assertThat(this.meters.find("grpc.client.processing.duration").tag("method", "Put").meters()).isEmpty();
				// Streams are counted, not observed
				assertThat(this.meters.get("grpc.client.responses.received").tag("method", "Watch").counter().count())
					.isGreaterThanOrEqualTo(2);
				assertThat(this.meters.getMeters()).extracting(Meter::getId)
					.filteredOn((id) -> "Watch".equals(id.getTag("rpc.method")))
					.isEmpty();
				assertThat(this.meters.getMeters()).noneMatch((meter) -> meter.getId().toString().contains("invalid"));
			});
	}

	@Test
	void runningCallHasNoStatusYet() {
		runner(RelationTester.runner()).withPropertyValues("etcd.relation.directory=/nonexistent/relation")
			.withBean(ObservationRegistry.class, this::observations)
			.run((context) -> {
				context.getBean(Client.class).getKVClient().get(bytes("key"));
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.meters.get("grpc.client.active")
						.tags("rpc.method", "Range", "grpc.status_code", "none")
						.longTaskTimer()
						.activeTasks()).isOne());
				assertThat(this.meters.find("grpc.client.active").tag("grpc.status_code", "UNKNOWN").meters())
					.isEmpty();
			});
	}

	@Test
	void observationRegistryWithoutHandlersLeavesTheCountingToMeters() {
		runner(RelationTester.runner(this.etcd)).withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> {
				get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value")));
				awaitTimer(1, "grpc.client.processing.duration", "method", "Put");
			});
	}

	@Test
	void eachRelationHasItsTag() {
		runner(RelationTester.runner(this.etcd))
			.withPropertyValues(RelationTester.properties("etcd.relations.audit", this.etcd.getConnectionString(),
					this.etcd.getClientCredentials()))
			.run((context) -> {
				get(context.getBean("auditEtcdClient", Client.class).getKVClient().put(bytes("key"), bytes("value")));
				awaitTimer(1, "grpc.client.processing.duration", "relation", "audit", "method", "Put");
				assertThat(this.meters.find("grpc.client.processing.duration").tag("relation", "etcd").meters())
					.isEmpty();
			});
	}

	@Test
	void rotationsAndResumedStreamsAreCounted(@TempDir Path temporary) {
		RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
		directory.swap(this.etcd.getConnectionString(), this.etcd.newClientCredentials("first"));
		runner(RelationTester.runner()).withPropertyValues("etcd.relation.directory=" + directory.getPath())
			.run((context) -> {
				context.getBean(MeterBinder.class).bindTo(this.meters);
				Client client = context.getBean(Client.class);
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				RecordingListener listener = new RecordingListener();
				try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("rotated"), listener)) {
					Awaitility.await().until(() -> {
						get(client.getKVClient().put(bytes("rotated"), bytes("value")));
						return listener.getEvents() > 0;
					});
					assertThat(count("etcd.relation.rotations")).isZero();
					assertThat(count("etcd.relation.streams.resumed")).isZero();
					for (int i = 1; i <= 2; i++) {
						ClientCredentials next = this.etcd.newClientCredentials("next" + i);
						directory.swap(this.etcd.getConnectionString(), next);
						Awaitility.await().until(() -> next.equals(relation.getClientCredentials()));
						assertThat(count("etcd.relation.rotations")).isEqualTo(i);
						int resumed = i;
						Awaitility.await().until(() -> count("etcd.relation.streams.resumed") == resumed);
					}
					assertThat(count("etcd.relation.rotations.failed")).isZero();
					ClientCredentials credentials = relation.getClientCredentials();
					directory.swap(this.etcd.getConnectionString(),
							new ClientCredentials(credentials.clientCert(), "no key", credentials.clientCa()));
					Awaitility.await().until(() -> count("etcd.relation.rotations.failed") == 1);
					assertThat(count("etcd.relation.rotations")).isEqualTo(2);
					assertThat(this.meters.get("etcd.relation.certificate.expiry").timeGauge().value()).isBetween(1.0,
							(double) Duration.ofDays(36500).toSeconds());
				}
			});
	}

	/**
	 * A call is measured a little after its answer was passed on.
	 */
	private void awaitTimer(long count, String name, String... tags) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.meters.get(name).tags(tags).timer().count()).isEqualTo(count));
	}

	private double count(String name) {
		return this.meters.get(name).tag("relation", "etcd").functionCounter().count();
	}

	private ObservationRegistry observations() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		return registry;
	}

	private ApplicationContextRunner runner(ApplicationContextRunner runner) {
		return runner.withConfiguration(AutoConfigurations.of(EtcdMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> this.meters);
	}

}
