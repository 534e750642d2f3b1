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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.LocalEtcd;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Credentials, endpoints and clusters that change under load.
 */
class RotationTests {

	private static final Log logger = LogFactory.getLog("figures");

	private static LocalEtcd etcd;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	@TempDir
	private Path temporary;

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().mutualTls().start();
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
	}

	private ApplicationContextRunner runner(RelationDirectory directory) {
		return RelationTester.runner()
			.withBean("recorder", EventRecorder.class, () -> new EventRecorder(this.events::add))
			.withPropertyValues("etcd.relation.directory=" + directory.getPath());
	}

	@Test
	void certificatesRotateUnderLoad() {
		RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
		directory.write(etcd.getConnectionString(), etcd.newClientCredentials("first"));
		runner(directory).run((context) -> {
			try (Load load = new Load(context.getBean(Client.class), 8, 4)) {
				for (int i = 0; i < 100; i++) {
					int changes = changes();
					directory.write(etcd.getConnectionString(), etcd.newClientCredentials("rotation-" + i));
					Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> changes() > changes);
				}
				logger.warn(load.stopAndVerify());
				assertThat(load.delay(99)).isLessThan(250);
			}
			assertThat(this.events).filteredOn(EtcdRotationFailedEvent.class::isInstance).isEmpty();
		});
	}

	private int changes() {
		return (int) this.events.stream().filter(EtcdChangedEvent.class::isInstance).count();
	}

	static final class EventRecorder implements ApplicationListener<EtcdRelationEvent> {

		private final Consumer<EtcdRelationEvent> events;

		EventRecorder(Consumer<EtcdRelationEvent> events) {
			this.events = events;
		}

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.accept(event);
		}

	}

}
