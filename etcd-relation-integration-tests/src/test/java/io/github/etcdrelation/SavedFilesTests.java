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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Credentials that are saved where nothing can be written for a while.
 */
@EnabledOnOs(OS.LINUX)
class SavedFilesTests {

	// Nobody can create a file there, not even root
	private static final Path NOT_WRITABLE = Path.of("/proc");

	@TempDir
	private Path temporary;

	private final List<EtcdRotationFailedEvent> failures = new CopyOnWriteArrayList<>();

	@Test
	void relationServesWhileCredentialsCannotBeSavedAndUsesThemOnceTheyCan() throws Exception {
		Path writable = Files.createDirectory(this.temporary.resolve("writable"));
		link(writable);
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.swap(etcd.getConnectionString(), etcd.getClientCredentials());
			runner().run((context) -> {
				Client client = context.getBean(Client.class);
				put(client);
				assertThat(writable.resolve("key")).hasContent(etcd.getClientCredentials().clientKey());
				link(NOT_WRITABLE);
				ClientCredentials next = etcd.newClientCredentials("next");
				directory.swap(etcd.getConnectionString(), next);
				await().until(() -> !this.failures.isEmpty());
				assertThat(this.failures.get(0).getCause())
					.hasMessageStartingWith("save.* has a location that cannot be written: Cannot write "
							+ this.temporary.resolve("saved/cert"))
					.hasMessageEndingWith("Check that its directory may be written to and that the disk is not full");
				put(client);
				assertThat(writable.resolve("key")).hasContent(etcd.getClientCredentials().clientKey());
				link(writable);
				await().until(() -> Files.readString(writable.resolve("key")).equals(next.clientKey()));
				put(client);
				assertThat(this.failures).hasSize(1);
			});
		}
	}

	@Test
	void applicationStartsWhenCredentialsOfLiveSourceCannotBeSavedYet() throws Exception {
		link(NOT_WRITABLE);
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(this.temporary.resolve("relation"));
			directory.swap(etcd.getConnectionString(), etcd.getClientCredentials());
			runner().run((context) -> {
				assertThat(context).hasNotFailed();
				link(Files.createDirectory(this.temporary.resolve("writable")));
				await().ignoreExceptions().until(() -> {
					put(context.getBean(Client.class));
					return true;
				});
				assertThat(this.failures).hasSize(1);
			});
		}
	}

	private ApplicationContextRunner runner() {
		return RelationTester.runner()
			.withPropertyValues("etcd.relation.directory=" + this.temporary.resolve("relation"),
					"etcd.relation.poll-interval=1h", "etcd.relation.save.key=" + this.temporary.resolve("saved/key"),
					"etcd.relation.save.cert=" + this.temporary.resolve("saved/cert"),
					"etcd.relation.save.ca=" + this.temporary.resolve("saved/ca"))
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<EtcdRotationFailedEvent>) this.failures::add));
	}

	private void link(Path directory) throws IOException {
		Path link = Files.createSymbolicLink(this.temporary.resolve("next"), directory);
		Files.move(link, this.temporary.resolve("saved"), StandardCopyOption.ATOMIC_MOVE,
				StandardCopyOption.REPLACE_EXISTING);
	}

	private static void put(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(30));
	}

}
