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

package io.github.etcdrelation.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.test.LocalEtcd;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many keys and many changes of them, while threads read, certificates rotate and a
 * member is lost. {@code -Dconfig.changes=1000} is the whole size.
 */
class ConfigChangesTests {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int KEYS = 1000;

	private static final int TOGETHER = 10;

	private static final int READERS = 8;

	private static final int CHANGES = Integer.getInteger("config.changes", 200);

	@Test
	void noReaderSeesAMixtureAndNoChangeIsMissed(@TempDir Path directory) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			write(directory, etcd.getConnectionString(), etcd.getClientCredentials());
			try (ConfigurableApplicationContext writer = ConfigApplication.run(etcd)) {
				Client client = writer.getBean(Client.class);
				putAll(client);
				try (ConfigurableApplicationContext context = ConfigApplication.run(Recording.class,
						List.of("--etcd.relation.directory=" + directory, "--etcd.relation.poll-interval=100ms",
								"--spring.config.import=etcd:/load/"))) {
					EtcdPropertySource source = (EtcdPropertySource) context.getEnvironment()
						.getPropertySources()
						.get("etcd:/load/");
					assertThat(source.getPropertyNames()).hasSize(KEYS);
					change(etcd, client, context, source, directory);
				}
			}
		}
	}

	private static void change(LocalEtcd etcd, Client client, ConfigurableApplicationContext context,
			EtcdPropertySource source, Path directory) throws Exception {
		Recording recording = context.getBean(Recording.class);
		AtomicBoolean ended = new AtomicBoolean();
		AtomicLong reads = new AtomicLong();
		List<String> torn = new CopyOnWriteArrayList<>();
		ExecutorService readers = Executors.newFixedThreadPool(READERS);
		Map<Integer, Long> written = new ConcurrentHashMap<>();
		try {
			for (int i = 0; i < READERS; i++) {
				readers.execute(() -> read(source, ended, reads, torn));
			}
			for (int i = 1; i <= CHANGES; i++) {
				if (i == CHANGES / 4) {
					write(directory, etcd.getConnectionString(), etcd.newClientCredentials("renewed"));
				}
				else if (i == CHANGES / 2) {
					etcd.getMember(0).kill();
				}
				else if (i == CHANGES * 3 / 4) {
					etcd.getMember(0).start();
				}
				put(client, 0, i);
				written.put(i, System.nanoTime());
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(context.getEnvironment().getProperty("key0"))
					.isEqualTo(String.valueOf(CHANGES)));
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> recording.rotations.get() > 0);
		}
		finally {
			ended.set(true);
			readers.shutdown();
		}
		assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		assertThat(torn).isEmpty();
		assertThat(reads).hasPositiveValue();
		assertThat(recording.values).isSorted().doesNotHaveDuplicates().endsWith(CHANGES);
		// Each change is seen by itself or together with the next ones
		List<Long> delays = new ArrayList<>();
		int next = 0;
		for (int i = 1; i <= CHANGES; i++) {
			while (recording.values.get(next) < i) {
				next++;
			}
			delays.add(recording.times.get(next) - written.get(i));
		}
		long[] sorted = delays.stream().mapToLong(Long::longValue).sorted().toArray();
		logger.info("%d changes, %d events, %d reads of %d keys; response to property in ms: p50 %d, p99 %d, max %d"
			.formatted(CHANGES, recording.values.size(), reads.get(), KEYS, millis(sorted, 50), millis(sorted, 99),
					millis(sorted, 100)));
	}

	private static long millis(long[] sorted, int percent) {
		return TimeUnit.NANOSECONDS.toMillis(sorted[Math.max(0, (sorted.length * percent - 1) / 100)]);
	}

	private static void read(EtcdPropertySource source, AtomicBoolean ended, AtomicLong reads, List<String> torn) {
		long revision = 0;
		while (!ended.get()) {
			EtcdPropertySource.Snapshot snapshot = source.snapshot();
			long different = IntStream.range(0, TOGETHER)
				.mapToObj((i) -> snapshot.properties().get("key" + i))
				.distinct()
				.count();
			if (different != 1 || snapshot.revision() < revision || snapshot.properties().size() != KEYS) {
				torn.add(snapshot + " after " + revision);
			}
			revision = snapshot.revision();
			reads.incrementAndGet();
			Thread.yield();
		}
	}

	private static void putAll(Client client) throws Exception {
		for (int i = 0; i < KEYS; i += TOGETHER) {
			put(client, i, 0);
		}
	}

	private static void put(Client client, int first, int value) throws Exception {
		Op[] puts = IntStream.range(first, first + TOGETHER)
			.mapToObj((i) -> Op.put(bytes("/load/key" + i), bytes(String.valueOf(value)), PutOption.DEFAULT))
			.toArray(Op[]::new);
		// Repeated where it is not known whether a lost member has carried it out
		for (int attempt = 1;; attempt++) {
			try {
				client.getKVClient().txn().Then(puts).commit().get(30, TimeUnit.SECONDS);
				return;
			}
			catch (ExecutionException ex) {
				if (attempt == 5) {
					throw ex;
				}
			}
		}
	}

	private static void write(Path directory, String connectionString, ClientCredentials credentials)
			throws IOException {
		for (String[] file : Arrays.asList(new String[] { "connection_string", connectionString },
				new String[] { "client_cert", credentials.clientCert() },
				new String[] { "client_key", credentials.clientKey() },
				new String[] { "client_ca", credentials.clientCa() })) {
			Files.writeString(directory.resolve(file[0]), file[1]);
		}
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Import(ConfigApplication.Main.class)
	static class Recording {

		final List<Integer> values = new CopyOnWriteArrayList<>();

		final List<Long> times = new CopyOnWriteArrayList<>();

		final AtomicLong rotations = new AtomicLong();

		@EventListener
		void changed(EtcdConfigChangedEvent event) {
			this.times.add(System.nanoTime());
			this.values
				.add(Integer.valueOf(String.valueOf(((EtcdPropertySource) event.getSource()).getProperty("key0"))));
		}

		@EventListener
		void rotated(EtcdRotatedEvent event) {
			this.rotations.incrementAndGet();
		}

	}

}
