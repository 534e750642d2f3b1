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

package io.github.etcdrelation.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.options.GetOption;
import org.awaitility.Awaitility;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

/**
 * Many that wait for one lock and many that wait for one election, behind a holder that
 * lets them pass when told to.
 */
final class Queue implements AutoCloseable {

	private static final String LOCK = "queue";

	private static final String ELECTION = "seat";

	private final Client client;

	private final History history;

	private final List<LeaseLog> leases = new ArrayList<>();

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private final CountDownLatch turns;

	private final ByteSequence held;

	private final LeaderKey led;

	Queue(Client client, History history, int size, Duration holding) throws Exception {
		this.client = client;
		this.history = history;
		this.turns = new CountDownLatch(2 * size);
		for (int i = 0; i <= size; i++) {
			this.leases.add(new LeaseLog(client, 20));
		}
		long first = this.leases.get(size).id();
		this.held = get(client.getLockClient().lock(bytes(LOCK), first)).getKey();
		this.led = get(client.getElectionClient().campaign(bytes(ELECTION), first, bytes("first"))).getLeader();
		for (LeaseLog lease : this.leases.subList(0, size)) {
			start(new Contender(client, Contender.Kind.LOCK, LOCK, lease, holding));
			start(new Contender(client, Contender.Kind.ELECTION, ELECTION, lease, holding));
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> waiting(LOCK) == size + 1 && waiting(ELECTION) == size + 1);
	}

	/**
	 * Return the name of the lock, for others to wait for it too.
	 */
	static String lockName() {
		return LOCK;
	}

	private void start(Contender contender) {
		Thread thread = new Thread(() -> {
			try {
				contender.takeTurn(this.history);
			}
			catch (Exception ex) {
				this.failures.add("%s did not get its turn: %s".formatted(contender.name(), Texts.of(ex)));
				contender.giveUp();
			}
			finally {
				this.turns.countDown();
			}
		}, "queue");
		thread.setDaemon(true);
		thread.start();
	}

	long waiting(String name) throws Exception {
		GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
		return get(this.client.getKVClient().get(bytes(name + "/"), option)).getCount();
	}

	/**
	 * Let the first pass.
	 */
	void open() throws Exception {
		get(this.client.getLockClient().unlock(this.held));
		get(this.client.getElectionClient().resign(this.led));
	}

	/**
	 * Wait until each had its turn or failed.
	 * @return what failed
	 */
	List<String> awaitTurns() throws Exception {
		if (!this.turns.await(180, TimeUnit.SECONDS)) {
			this.failures.add("%d are waiting for ever".formatted(this.turns.getCount()));
		}
		return this.failures;
	}

	/**
	 * Return what observers of leases were told besides renewals.
	 */
	List<String> told() {
		return this.leases.stream().flatMap((lease) -> lease.told().stream()).toList();
	}

	@Override
	public void close() {
		this.leases.forEach(LeaseLog::close);
	}

}
