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

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.etcdrelation.sample.charm.FakeJuju.Run;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the hooks that run the application.
 */
@EnabledOnOs(OS.LINUX)
class WorkloadHookTests {

	@TempDir
	private Path directory;

	private FakeJuju juju;

	@BeforeEach
	void setUp() throws Exception {
		this.juju = new FakeJuju(this.directory);
		this.juju.write("application.jar", "jar");
	}

	@Test
	void installPutsTheApplicationInPlace() throws Exception {
		succeeds(this.juju.hook("install"));
		assertThat(this.juju.home().resolve("application.jar")).hasContent("jar");
		assertThat(this.juju.systemd().resolve("orders-0.service")).content()
			.contains("ETCD_RELATION_DIRECTORY=" + this.juju.spool() + "\n")
			.contains("java -jar " + this.juju.home() + "/application.jar\n")
			.contains("EnvironmentFile=-/etc/default/orders-0\n")
			.doesNotContain("@");
		assertThat(this.juju.calls()).containsSubsequence("systemctl [daemon-reload]",
				"systemctl [try-restart] [orders-0.service]");
		assertThat(this.juju.spool()).isDirectory();
	}

	@Test
	void installWithoutResourceTellsTheRemedy() throws Exception {
		this.juju.delete("application.jar");
		Run run = this.juju.hook("install");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("juju attach-resource orders application=");
	}

	@Test
	void startComesAfterTheSpool() throws Exception {
		succeeds(this.juju.hook("start"));
		assertThat(this.juju.calls()).containsSubsequence("relation-ids",
				"systemctl [enable] [--now] [orders-0.service]");
	}

	@Test
	void stopStops() throws Exception {
		succeeds(this.juju.hook("stop"));
		assertThat(this.juju.calls()).isEqualTo("systemctl [disable] [--now] [orders-0.service]\n");
	}

	@Test
	void removeLeavesNoCredentials() throws Exception {
		succeeds(this.juju.hook("install"));
		this.juju.relations("etcd:4");
		this.juju.units("etcd:4", "etcd/0");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("a"));
		succeeds(this.juju.hook("update-status"));
		succeeds(this.juju.hook("remove"));
		assertThat(this.juju.home()).doesNotExist();
		assertThat(this.juju.systemd()).isEmptyDirectory();
	}

	@Test
	void actionIsNoHook() throws Exception {
		succeeds(this.juju.hook("", "JUJU_DISPATCH_PATH=actions/backup"));
		assertThat(Files.exists(this.juju.spool())).isFalse();
	}

	private static void succeeds(Run run) {
		assertThat(run.status()).as(run.output()).isZero();
	}

}
