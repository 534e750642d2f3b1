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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The queue for a lock or an election as etcd has it, seen and entered by jetcd alone,
 * whose locks and campaigns are carried out by etcd.
 */
final class Queue implements AutoCloseable {

	private static final long TTL_SECONDS = 600;

	private final Client client;

	private final String name;

	Queue(LocalEtcd etcd, String name) {
		this.client = Client.builder().endpoints(etcd.getConnectionString().split(",")).build();
		this.name = name;
	}

	String getName() {
		return this.name;
	}

	Client getClient() {
		return this.client;
	}

	long grant() throws Exception {
		return get(this.client.getLeaseClient().grant(TTL_SECONDS)).getID();
	}

	void revoke(long lease) throws Exception {
		get(this.client.getLeaseClient().revoke(lease));
	}

	String key(long lease) {
		return this.name + "/" + Long.toHexString(lease);
	}

	/**
	 * Return the keys in the order in which they have their turn.
	 */
	List<KeyValue> read() throws Exception {
		return get(this.client.getKVClient()
			.get(bytes(this.name + "/"),
					GetOption.builder()
						.isPrefix(true)
						.withSortField(GetOption.SortTarget.CREATE)
						.withSortOrder(GetOption.SortOrder.ASCEND)
						.build()))
			.getKvs();
	}

	List<String> keys() throws Exception {
		return read().stream().map((entry) -> text(entry.getKey())).toList();
	}

	void awaitKeys(Long... leases) {
		List<String> keys = List.of(leases).stream().map(this::key).toList();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(keys()).containsExactlyElementsOf(keys));
	}

	void delete(long lease) throws Exception {
		get(this.client.getKVClient().delete(bytes(key(lease))));
	}

	/**
	 * Assert that a call that is told that it has its turn has it.
	 */
	void assertFirst(long lease) throws Exception {
		assertThat(keys()).startsWith(key(lease));
	}

	/**
	 * Have all that wait take their turn, each in the order of the leases and alone.
	 */
	void assertTurns(List<Long> leases, List<? extends CompletableFuture<?>> waiting) throws Exception {
		for (int i = 0; i < leases.size(); i++) {
			get(waiting.get(i));
			assertFirst(leases.get(i));
			assertThat(waiting.subList(i + 1, waiting.size())).noneMatch(CompletableFuture::isDone);
			delete(leases.get(i));
		}
	}

	@Override
	public void close() {
		this.client.close();
	}

}
