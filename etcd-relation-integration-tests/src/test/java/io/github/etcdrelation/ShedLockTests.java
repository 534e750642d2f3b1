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

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ShedLock's provider for jetcd asks of a client: a lease as long as the lock may be
 * held at most, a transaction that creates the key with it, and at the end either the
 * lease is revoked or the key gets one for as long as the lock is to be held at least.
 */
class ShedLockTests {

	private static final LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().build();

	@BeforeAll
	static void start() {
		etcd.start();
	}

	@AfterAll
	static void stop() {
		etcd.close();
	}

	@Test
	void oneOfTwoInstancesRuns() {
		run((first, second) -> {
			Long lease = lock(first, "one", 60);
			assertThat(lease).isNotNull();
			assertThat(lock(second, "one", 60)).isNull();
			assertThat(keys(first)).isEqualTo(1);
			unlock(first, "one", lease, 0);
			lease = lock(second, "one", 60);
			assertThat(lease).isNotNull();
			unlock(second, "one", lease, 0);
			assertThat(keys(first)).isZero();
		});
	}

	@Test
	void lockOfAnInstanceThatDiedEnds() {
		run((first, second) -> {
			assertThat(lock(first, "most", 2)).isNotNull();
			assertThat(lock(second, "most", 60)).isNull();
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lock(second, "most", 60) != null);
		});
	}

	@Test
	void lockIsHeldAtLeastAsLongAsItIsToBe() {
		run((first, second) -> {
			long begin = System.nanoTime();
			Long lease = lock(first, "least", 60);
			assertThat(lease).isNotNull();
			unlock(first, "least", lease, 3);
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lock(second, "least", 60) != null);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
		});
	}

	@Test
	void lockOutlivesALostMember() {
		run((first, second) -> {
			Long lease = lock(first, "member", 60);
			assertThat(lease).isNotNull();
			etcd.getMember(0).kill();
			try {
				assertThat(lock(second, "member", 60)).isNull();
				unlock(first, "member", lease, 0);
				assertThat(lock(second, "member", 60)).isNotNull();
			}
			finally {
				etcd.getMember(0).start();
			}
		});
	}

	private static @Nullable Long lock(Client client, String name, long atMostSeconds) throws Exception {
		ByteSequence key = key(name);
		long lease = get(client.getLeaseClient().grant(atMostSeconds)).getID();
		TxnResponse response = get(client.getKVClient()
			.txn()
			.If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0)))
			.Then(Op.put(key, bytes("host"), PutOption.builder().withLeaseId(lease).build()))
			.Else(Op.get(key, GetOption.DEFAULT))
			.commit());
		if (response.isSucceeded()) {
			return lease;
		}
		get(client.getLeaseClient().revoke(lease));
		return null;
	}

	private static void unlock(Client client, String name, long lease, long stillSeconds) throws Exception {
		if (stillSeconds > 0) {
			long remaining = get(client.getLeaseClient().grant(stillSeconds)).getID();
			get(client.getKVClient().put(key(name), bytes("host"), PutOption.builder().withLeaseId(remaining).build()));
		}
		get(client.getLeaseClient().revoke(lease));
	}

	private static long keys(Client client) throws Exception {
		GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
		return get(client.getKVClient().get(bytes("shedlock:one"), option)).getCount();
	}

	private static ByteSequence key(String name) {
		return bytes("shedlock:" + name);
	}

	private static void run(Instances instances) {
		RelationTester.runner(etcd)
			.run((first) -> RelationTester.runner(etcd)
				.run((second) -> instances.run(first.getBean(Client.class), second.getBean(Client.class))));
	}

	@FunctionalInterface
	private interface Instances {

		void run(Client first, Client second) throws Exception;

	}

}
