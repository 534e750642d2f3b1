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

package io.github.etcdrelation.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large values, and responses of many of them.
 */
class LargeDataTests {

	private static final int MIB = 1024 * 1024;

	private static final int VALUES = LoadFigures.size("values", 40);

	private static final int AT_ONCE = LoadFigures.size("atonce", 10);

	private static final GetOption PREFIX = GetOption.builder().isPrefix(true).build();

	@Test
	void largeValuesAreWrittenAtOnceAndReadInOneResponse() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.request-timeout=120s")
				.run((context) -> {
					KV kv = context.getBean(Client.class).getKVClient();
					get(kv.put(bytes("small"), bytes("value")));
					LoadFigures before = LoadFigures.settled();
					writeValues(kv);
					LoadFigures written = LoadFigures.settled();
					verifyOneResponse(kv);
					LoadFigures after = LoadFigures.settled();
					LoadFigures.log("%d values of 1 MiB: before %s; written %s; read in one response %s", VALUES,
							before, written, after);
					assertThat(written.heapMibSince(before)).isLessThan(10);
					assertThat(after.heapMibSince(before)).isLessThan(10);
					assertThat(LoadFigures.callsInFlight(context)).isZero();
				});
		}
	}

	private static void writeValues(KV kv) throws Exception {
		List<CompletableFuture<?>> puts = new ArrayList<>();
		for (int i = 0; i < VALUES; i++) {
			puts.add(kv.put(bytes("large/%04d".formatted(i)), value(i)));
			if (puts.size() == AT_ONCE) {
				await(puts);
			}
		}
		await(puts);
	}

	private static void await(List<CompletableFuture<?>> puts) throws Exception {
		CompletableFuture.allOf(puts.toArray(CompletableFuture<?>[]::new)).get(120, TimeUnit.SECONDS);
		puts.clear();
	}

	private static ByteSequence value(int number) {
		byte[] value = new byte[MIB];
		value[MIB - 1] = (byte) number;
		return ByteSequence.from(value);
	}

	private static void verifyOneResponse(KV kv) throws Exception {
		GetResponse response = kv.get(bytes("large/"), PREFIX).get(120, TimeUnit.SECONDS);
		assertThat(response.getKvs()).hasSize(VALUES);
		int number = 0;
		for (KeyValue pair : response.getKvs()) {
			byte[] value = pair.getValue().getBytes();
			assertThat(value).hasSize(MIB);
			assertThat(value[MIB - 1]).isEqualTo((byte) number++);
		}
	}

	@Test
	void responseBeyondTheMaximumFailsByNameAndHarmsNoOther() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			RelationTester.runner(etcd)
				.withPropertyValues("etcd.relation.client.max-inbound-message-size=2MB")
				.run((context) -> verifyMaximum(context));
		}
	}

	private static void verifyMaximum(ApplicationContext context) throws Exception {
		Client client = context.getBean(Client.class);
		KV kv = client.getKVClient();
		long revision = get(kv.put(bytes("small"), bytes("value"))).getHeader().getRevision();
		List<Throwable> ends = new CopyOnWriteArrayList<>();
		List<Throwable> otherEnds = new CopyOnWriteArrayList<>();
		List<Object> others = new CopyOnWriteArrayList<>();
		try (Watch.Watcher other = client.getWatchClient()
			.watch(bytes("small"), Watch.listener((response) -> others.addAll(response.getEvents()), otherEnds::add))) {
			for (int i = 0; i < 3; i++) {
				get(kv.put(bytes("large/" + i), value(i)));
			}
			assertTooLarge(failure(kv.get(bytes("large/"), PREFIX)));
			assertThat(get(kv.get(bytes("large/0"))).getKvs()).hasSize(1);
			try (Watch.Watcher watcher = client.getWatchClient()
				.watch(bytes("large/"), WatchOption.builder().isPrefix(true).withRevision(revision).build(),
						Watch.listener((response) -> {
						}, ends::add))) {
				Awaitility.await().until(watcher::isClosed);
				assertTooLarge(ends.get(0));
			}
			get(kv.put(bytes("small"), bytes("value")));
			Awaitility.await().until(() -> !others.isEmpty());
			assertThat(otherEnds).isEmpty();
			assertThat(other.isClosed()).isFalse();
		}
	}

	private static void assertTooLarge(Throwable failure) {
		assertThat(LoadFigures.code(failure)).isEqualTo("RESOURCE_EXHAUSTED");
		assertThat(failure).hasMessageContaining(
				"Relation 'etcd': a response is larger than the 2097152 bytes that 'etcd.relation.client.max-inbound-message-size' allows: "
						+ "read less at once, or raise it");
	}

}
