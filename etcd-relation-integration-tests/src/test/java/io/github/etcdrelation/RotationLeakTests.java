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

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.sun.management.UnixOperatingSystemMXBean;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.test.LocalEtcd;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rotations leave nothing behind. The system property {@code rotations} tells how many.
 */
class RotationLeakTests {

	private static final int WARM_UP = 20;

	private static final int ROTATIONS = Integer.getInteger("rotations", 100);

	private static final Log logger = LogFactory.getLog("figures");

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void manyRotationsLeaveNothingBehind(@TempDir Path temporary) {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationDirectory directory = new RelationDirectory(temporary.resolve("relation"));
			List<ClientCredentials> credentials = List.of(etcd.newClientCredentials("a"),
					etcd.newClientCredentials("b"));
			directory.swap(etcd.getConnectionString(), credentials.get(1));
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + directory.getPath())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					EtcdRelation relation = context.getBean(EtcdRelation.class);
					long lease = get(client.getLeaseClient().grant(60)).getID();
					RecordingListener listener = new RecordingListener();
					try (CloseableClient keepAlive = client.getLeaseClient()
						.keepAlive(lease, Observers.observer((renewal) -> {
						})); Watch.Watcher watcher = client.getWatchClient().watch(bytes("leak"), listener)) {
						rotate(directory, relation, client, etcd, credentials, WARM_UP);
						Usage before = Usage.settled();
						rotate(directory, relation, client, etcd, credentials, ROTATIONS);
						Usage after = Usage.settled();
						logger.warn("%d rotations: open files %d and %d, heap %d and %d bytes".formatted(ROTATIONS,
								before.files(), after.files(), before.heap(), after.heap()));
						assertThat(after.threads()).isEqualTo(before.threads());
						assertThat(after.files()).isLessThanOrEqualTo(before.files());
						assertThat((double) after.heap()).isLessThan(before.heap() * 1.02);
						assertThat(listener.getErrors()).isEmpty();
						assertThat(listener.getEvents()).isEqualTo(WARM_UP + ROTATIONS);
					}
				});
		}
	}

	private static void rotate(RelationDirectory directory, EtcdRelation relation, Client client, LocalEtcd etcd,
			List<ClientCredentials> credentials, int rotations) throws Exception {
		for (int i = 0; i < rotations; i++) {
			ClientCredentials next = credentials.get(i % credentials.size());
			directory.swap(etcd.getConnectionString(), next);
			Awaitility.await()
				.pollInterval(Duration.ofMillis(2))
				.until(() -> next.equals(relation.getClientCredentials()));
			get(client.getKVClient().put(bytes("leak"), bytes("" + i)));
		}
	}

	/**
	 * What the JVM uses.
	 *
	 * @param threads the threads, of those of a pool what they have in common
	 * @param files how many files are open
	 * @param heap the bytes in use after a collection
	 */
	private record Usage(Set<String> threads, long files, long heap) {

		static Usage settled() {
			Usage[] lowest = { now() };
			// Old connections are gone when the last of their streams has left
			Awaitility.await().atMost(Duration.ofSeconds(60)).during(Duration.ofSeconds(8)).until(() -> {
				Usage now = now();
				lowest[0] = new Usage(now.threads, Math.min(lowest[0].files, now.files),
						Math.min(lowest[0].heap, now.heap));
				return true;
			});
			return lowest[0];
		}

		private static Usage now() {
			System.gc();
			return new Usage(threadNames(),
					((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
						.getOpenFileDescriptorCount(),
					ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}

		private static Set<String> threadNames() {
			Set<String> names = new TreeSet<>();
			for (Thread thread : Thread.getAllStackTraces().keySet()) {
				// Workers of the pools come and go with the load, up to a fixed number
				String name = thread.getName().replaceFirst("-\\d+$", "");
				if (name.matches("(etcd-relation|grpc-nio|jetcd|vert|FileSystemWatch).*")) {
					names.add(name);
				}
			}
			return names;
		}

	}

}
