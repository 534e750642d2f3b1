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

package io.github.etcdrelation.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.integration.metadata.MetadataStoreListener;
import org.springframework.integration.metadata.MetadataStoreListenerAdapter;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Metadata of one and of several stores.
 */
@WithLocalEtcd
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class EtcdMetadataStoreTests {

	private static RelatedClient client;

	private EtcdMetadataStore store;

	private EtcdMetadataStore other;

	@BeforeAll
	static void connect(LocalEtcd etcd) {
		client = new RelatedClient(etcd);
	}

	@AfterAll
	static void disconnect() {
		client.close();
	}

	@BeforeEach
	void create(TestInfo test) {
		String prefix = "/" + test.getTestMethod().orElseThrow().getName() + "/";
		this.store = new EtcdMetadataStore(client.get(), prefix);
		this.other = new EtcdMetadataStore(client.get(), prefix);
	}

	@AfterEach
	void destroy() {
		this.store.destroy();
		this.other.destroy();
	}

	@Test
	void valuesAreKept() {
		assertThat(this.store.get("a")).isNull();
		this.store.put("a", "1");
		this.store.put("a", "2 é");
		assertThat(this.other.get("a")).isEqualTo("2 é");
		this.other.put("b", "");
		assertThat(this.store.get("b")).isEmpty();
		assertThat(this.other.remove("a")).isEqualTo("2 é");
		assertThat(this.store.get("a")).isNull();
		assertThat(this.store.remove("a")).isNull();
	}

	@Test
	void storesWithOtherPrefixesAreIndependent() {
		EtcdMetadataStore apart = new EtcdMetadataStore(client.get());
		this.store.put("a", "1");
		assertThat(apart.get("a")).isNull();
		apart.put("a", "2");
		assertThat(this.store.get("a")).isEqualTo("1");
		assertThat(apart.remove("a")).isEqualTo("2");
	}

	@Test
	void valueIsPutIfThereIsNone() {
		assertThat(this.store.putIfAbsent("a", "1")).isNull();
		assertThat(this.other.putIfAbsent("a", "2")).isEqualTo("1");
		assertThat(this.store.get("a")).isEqualTo("1");
	}

	@Test
	void valueIsReplacedIfItIsTheExpectedOne() {
		assertThat(this.store.replace("a", "1", "2")).isFalse();
		assertThat(this.store.get("a")).isNull();
		this.store.put("a", "1");
		assertThat(this.other.replace("a", "2", "3")).isFalse();
		assertThat(this.other.replace("a", "1", "3")).isTrue();
		assertThat(this.store.get("a")).isEqualTo("3");
	}

	@Test
	void listenersAreToldOfTheChangesByAll() {
		List<String> changes = new CopyOnWriteArrayList<>();
		this.store.put("before", "0");
		MetadataStoreListener listener = record(changes);
		this.store.addListener(new MetadataStoreListenerAdapter() {

			@Override
			public void onAdd(String key, String value) {
				throw new IllegalStateException("Of a test");
			}

		});
		this.store.addListener(listener);
		this.store.put("a", "1");
		this.other.put("a", "2");
		this.other.put("before", "3");
		this.other.remove("a");
		this.store.putIfAbsent("a", "4");
		this.other.replace("a", "4", "5");
		Awaitility.await()
			.atMost(20, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(changes).containsExactly("add a=1", "update a=2", "update before=3",
					"remove a=2", "add a=4", "update a=5"));
		List<String> later = new CopyOnWriteArrayList<>();
		this.store.removeListener(listener);
		this.store.addListener(record(later));
		this.store.put("b", "6");
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> later.equals(List.of("add b=6")));
		assertThat(changes).hasSize(6);
	}

	private MetadataStoreListener record(List<String> changes) {
		return new MetadataStoreListener() {

			@Override
			public void onAdd(String key, String value) {
				changes.add("add " + key + "=" + value);
			}

			@Override
			public void onRemove(String key, String oldValue) {
				changes.add("remove " + key + "=" + oldValue);
			}

			@Override
			public void onUpdate(String key, String newValue) {
				changes.add("update " + key + "=" + newValue);
			}

		};
	}

	@Test
	void listenersMissNothingWhileEtcdRestarts() {
		try (LocalEtcd etcd = LocalEtcd.builder().start(); RelatedClient related = new RelatedClient(etcd)) {
			EtcdMetadataStore watched = new EtcdMetadataStore(related.get());
			List<String> changes = new CopyOnWriteArrayList<>();
			watched.addListener(record(changes));
			watched.put("a", "1");
			etcd.getMember(0).restart();
			watched.put("a", "2");
			Awaitility.await()
				.atMost(20, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(changes).containsExactly("add a=1", "update a=2"));
			watched.destroy();
		}
	}

	@Test
	void listenersAreToldAgainAfterEtcdWasWiped(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().start(); RelatedClient related = new RelatedClient(etcd)) {
			LocalEtcdMember member = etcd.getMember(0);
			EtcdMetadataStore watched = new EtcdMetadataStore(related.get());
			List<String> changes = new CopyOnWriteArrayList<>();
			watched.addListener(record(changes));
			for (int i = 0; i < 50; i++) {
				watched.put("a", String.valueOf(i));
			}
			Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> changes.size() == 50);
			member.kill();
			FileSystemUtils.deleteRecursively(member.getDataDirectory().toFile());
			member.start();
			Awaitility.await()
				.atMost(30, TimeUnit.SECONDS)
				.until(() -> output.getOut().contains("listeners may have missed changes"));
			watched.put("b", "1");
			watched.put("b", "2");
			Awaitility.await()
				.atMost(20, TimeUnit.SECONDS)
				.untilAsserted(
						() -> assertThat(changes.subList(50, changes.size())).containsExactly("add b=1", "update b=2"));
			watched.destroy();
		}
	}

	@Test
	void listenersAreToldWhatIsNewInAnotherCluster(@TempDir Path directory, CapturedOutput output) throws Exception {
		try (LocalEtcd first = LocalEtcd.builder().mutualTls().start();
				LocalEtcd second = LocalEtcd.builder().mutualTls().start();
				RelatedClient writer = new RelatedClient(second)) {
			EtcdMetadataStore other = new EtcdMetadataStore(writer.get());
			// What came before is no change, whatever its revision
			for (int i = 0; i < 50; i++) {
				other.put("before", String.valueOf(i));
			}
			relate(directory, first);
			try (RelatedClient related = new RelatedClient(directory)) {
				EtcdMetadataStore watched = new EtcdMetadataStore(related.get());
				List<String> changes = new CopyOnWriteArrayList<>();
				watched.addListener(record(changes));
				watched.put("a", "1");
				Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> changes.size() == 1);
				relate(directory, second);
				Awaitility.await()
					.atMost(30, TimeUnit.SECONDS)
					.until(() -> output.getOut().contains("listeners may have missed changes"));
				other.put("b", "1");
				Awaitility.await()
					.atMost(20, TimeUnit.SECONDS)
					.untilAsserted(() -> assertThat(changes).containsExactly("add a=1", "add b=1"));
				watched.destroy();
			}
		}
	}

	private static void relate(Path directory, LocalEtcd etcd) throws IOException {
		ClientCredentials credentials = etcd.getClientCredentials();
		Files.writeString(directory.resolve("client_ca"), String.valueOf(credentials.clientCa()));
		Files.writeString(directory.resolve("client_cert"), String.valueOf(credentials.clientCert()));
		Files.writeString(directory.resolve("client_key"), String.valueOf(credentials.clientKey()));
		Files.writeString(directory.resolve("connection_string"), etcd.getConnectionString());
	}

	@Test
	void etcdThatIsDownIsNamed() {
		try (LocalEtcd etcd = LocalEtcd.builder().build();
				RelatedClient down = new RelatedClient(etcd, "etcd.relation.client.request-timeout=1s",
						"etcd.relation.client.available-timeout=1s")) {
			EtcdMetadataStore unreachable = new EtcdMetadataStore(down.get());
			assertThatExceptionOfType(DataAccessResourceFailureException.class).isThrownBy(() -> unreachable.get("a"))
				.withMessageContaining("Cannot access the metadata 'a' in etcd: ")
				.withMessageContaining(String.valueOf(etcd.getMember(0).getPort()));
			List<String> changes = new CopyOnWriteArrayList<>();
			CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> unreachable.addListener(record(changes)));
			etcd.start();
			assertThat(adding).succeedsWithin(Duration.ofSeconds(40));
			Awaitility.await().ignoreExceptions().atMost(20, TimeUnit.SECONDS).until(() -> {
				unreachable.put("a", "1");
				return !changes.isEmpty();
			});
			unreachable.destroy();
		}
	}

}
