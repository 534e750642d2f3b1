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

package io.github.etcdrelation.sample.charm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a running application sees of the hooks, without waiting for the time at
 * which it looks anyway.
 */
@EnabledOnOs(OS.LINUX)
class ApplicationHookTests {

	private static final String OFFER = "{\"connection_string\":\"http://%s:2379\"}\n";

	@TempDir
	private Path directory;

	@Test
	void followsTheHooks() throws Exception {
		FakeJuju juju = new FakeJuju(this.directory);
		juju.hook("config-changed");
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class).run(
				"--spring.main.banner-mode=off", "--logging.level.root=error",
				"--etcd.relation.directory=" + juju.spool(), "--etcd.relation.poll-interval=1h")) {
			EtcdRelation relation = application.getBean(EtcdRelation.class);
			assertThat(relation.getStates()).isEmpty();
			juju.relations("etcd:4");
			juju.relationHook("created", "etcd:4", "");
			juju.units("etcd:4", "etcd/0");
			juju.databag("etcd:4", "etcd/0", "{}\n");
			juju.relationHook("joined", "etcd:4", "etcd/0");
			await(relation::getStates, Set.of(RelationState.CONNECTED));
			juju.databag("etcd:4", "etcd/0", OFFER.formatted("a"));
			juju.relationHook("changed", "etcd:4", "etcd/0");
			await(relation::getConnectionString, "http://a:2379");
			juju.units("etcd:4", "etcd/0", "etcd/1");
			juju.databag("etcd:4", "etcd/1", OFFER.formatted("b"));
			juju.relationHook("changed", "etcd:4", "etcd/1");
			juju.units("etcd:4", "etcd/1");
			juju.relationHook("departed", "etcd:4", "etcd/0", "JUJU_DEPARTING_UNIT=etcd/0");
			await(relation::getConnectionString, "http://b:2379");
			juju.units("etcd:4");
			juju.relationHook("departed", "etcd:4", "etcd/1", "JUJU_DEPARTING_UNIT=etcd/1");
			juju.relationHook("broken", "etcd:4", "");
			juju.relations();
			juju.hook("update-status");
			await(relation::getStates, Set.of());
		}
	}

	@Test
	void seesAnApplicationThatIsNewInOneHook() throws Exception {
		FakeJuju juju = new FakeJuju(this.directory);
		juju.hook("config-changed");
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class).run(
				"--spring.main.banner-mode=off", "--logging.level.root=error",
				"--etcd.relation.directory=" + juju.spool(), "--etcd.relation.poll-interval=1h")) {
			EtcdRelation relation = application.getBean(EtcdRelation.class);
			for (int i = 0; i < 5; i++) {
				String id = "etcd:" + i;
				juju.relations(id);
				juju.units(id, "cluster-of-" + (char) ('a' + i) + "/0");
				juju.databag(id, "cluster-of-" + (char) ('a' + i) + "/0", OFFER.formatted("member" + i));
				juju.hook("update-status");
				await(relation::getConnectionString, "http://member" + i + ":2379");
			}
		}
	}

	private static void await(Supplier<?> actual, Object expected) throws InterruptedException {
		long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		while (!expected.equals(actual.get()) && System.nanoTime() < end) {
			Thread.sleep(20);
		}
		assertThat(actual.get()).isEqualTo(expected);
	}

	@EnableAutoConfiguration
	static class Application {

	}

}
