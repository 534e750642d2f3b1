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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.provider.EtcdProviderAutoConfiguration;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.FileSystemUtils;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that offers an etcd in a directory, and one that uses it.
 */
@WithLocalEtcd(mutualTls = true)
class ProviderRequirerTests {

	private static final Log logger = LogFactory.getLog("figures");

	private final LocalEtcd etcd;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	@TempDir
	private Path temporary;

	ProviderRequirerTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void requirerFollowsProvider() {
		Path directory = this.temporary.resolve("relation");
		requirer(directory).run((requirer) -> {
			assertThat(this.events).isEmpty();
			provider(directory).run((context) -> {
				EtcdRelationProvider provider = context.getBean(EtcdRelationProvider.class);
				try (KeyModes keyModes = new KeyModes(directory)) {
					verifyOffer(provider, requirer.getBean(EtcdRelation.class), requirer.getBean(Client.class));
					verifyRotations(provider, requirer.getBean(EtcdRelation.class), requirer.getBean(Client.class));
					assertThat(keyModes.seen()).containsExactly("rw-------");
				}
				verifyWithdrawal(provider, requirer.getBean(EtcdRelation.class));
			});
			verifyEnd(directory, requirer.getBean(EtcdRelation.class));
		});
	}

	private void verifyOffer(EtcdRelationProvider provider, EtcdRelation relation, Client client) throws Exception {
		offer(provider, this.etcd.newClientCredentials("first"));
		provider.setConnectionString(this.etcd.getConnectionString(), this.etcd.getVersion());
		await(EtcdTlsAvailableEvent.class, 1);
		assertThat(names()).containsExactly("EtcdConnectedEvent", "EtcdAvailableEvent", "EtcdTlsAvailableEvent");
		assertThat(relation.getConnectionString()).startsWith("https://").isEqualTo(this.etcd.getConnectionString());
		assertThat(relation.getVersion()).isEqualTo(this.etcd.getVersion());
		get(client.getKVClient().put(bytes("offered"), bytes("value")));
		assertThat(text(get(client.getKVClient().get(bytes("offered"))).getKvs().get(0).getValue())).isEqualTo("value");
	}

	private void verifyRotations(EtcdRelationProvider provider, EtcdRelation relation, Client client) throws Exception {
		this.events.clear();
		try (Load load = new Load(client, 8, 4)) {
			load.awaitPuts(500);
			for (int i = 1; i <= 20; i++) {
				ClientCredentials credentials = this.etcd.newClientCredentials("rotation-" + i);
				offer(provider, credentials);
				await(EtcdChangedEvent.class, i);
				assertThat(relation.getClientCredentials()).isEqualTo(credentials);
			}
			load.awaitPuts(load.getPuts() + 500);
			logger.warn("20 certificates of a provider: " + load.stopAndVerify());
		}
		// One change for each exchange of the three files, and none refused
		assertThat(names()).filteredOn("EtcdChangedEvent"::equals).hasSize(20);
		assertThat(names()).containsOnly("EtcdChangedEvent", "EtcdRotatedEvent");
	}

	private void verifyWithdrawal(EtcdRelationProvider provider, EtcdRelation relation) {
		this.events.clear();
		provider.setConnectionString(null);
		await(EtcdUnavailableEvent.class, 1);
		assertThat(relation.isConnected()).isTrue();
		provider.setClientCredentials(null, null, null);
		Awaitility.await().until(() -> relation.getClientCredentials().clientKey() == null);
		// The directory is still there, and with it the other side
		assertThat(relation.isConnected()).isTrue();
		assertThat(names()).containsExactly("EtcdTlsUnavailableEvent", "EtcdUnavailableEvent");
	}

	private void verifyEnd(Path directory, EtcdRelation relation) throws IOException {
		FileSystemUtils.deleteRecursively(directory);
		await(EtcdDisconnectedEvent.class, 1);
		assertThat(names()).containsExactly("EtcdTlsUnavailableEvent", "EtcdUnavailableEvent", "EtcdDisconnectedEvent");
		assertThat(relation.isConnected()).isFalse();
	}

	private ApplicationContextRunner requirer(Path directory) {
		return RelationTester.runner()
			.withBean("recorder", RotationTests.EventRecorder.class,
					() -> new RotationTests.EventRecorder(this.events::add))
			.withPropertyValues("etcd.relation.directory=" + directory);
	}

	private static ApplicationContextRunner provider(Path directory) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdProviderAutoConfiguration.class))
			.withPropertyValues("etcd.provider.directory=" + directory);
	}

	private static void offer(EtcdRelationProvider provider, ClientCredentials credentials) {
		provider.setClientCredentials(credentials.clientKey(), credentials.clientCert(), credentials.clientCa());
	}

	private void await(Class<? extends EtcdRelationEvent> type, int count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> this.events.stream().filter(type::isInstance).count() >= count);
	}

	private List<String> names() {
		return this.events.stream().map((event) -> event.getClass().getSimpleName()).toList();
	}

	/**
	 * Looks again and again at the permissions of the key, in each set of files that the
	 * links lead to or will lead to.
	 */
	private static final class KeyModes implements AutoCloseable {

		private final Path directory;

		private final Set<String> modes = ConcurrentHashMap.newKeySet();

		private final Thread thread = new Thread(this::look, "key-modes");

		private volatile boolean running = true;

		private KeyModes(Path directory) {
			this.directory = directory;
			this.thread.start();
		}

		private void look() {
			while (this.running) {
				try {
					lookOnce();
					Thread.sleep(1);
				}
				catch (IOException | InterruptedException ex) {
					this.modes.add(ex.toString());
				}
			}
		}

		private void lookOnce() throws IOException {
			try (DirectoryStream<Path> sets = Files.newDirectoryStream(this.directory, "..set-*")) {
				for (Path set : sets) {
					try {
						this.modes.add(PosixFilePermissions
							.toString(Files.getPosixFilePermissions(set.resolve("client_key"))));
					}
					catch (NoSuchFileException ex) {
						// Not written yet, or exchanged
					}
				}
			}
		}

		private Set<String> seen() {
			return this.modes;
		}

		@Override
		public void close() throws InterruptedException {
			this.running = false;
			this.thread.join();
		}

	}

}
