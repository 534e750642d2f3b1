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
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Waits for a lock or an election, holds it for a while with fenced writes, gives it up.
 */
final class Contender {

	private static final long LIMIT_SECONDS = 120;

	private final Client client;

	private final Kind kind;

	private final String name;

	private final LeaseLog lease;

	private final Duration duration;

	/**
	 * Create a contender.
	 * @param lease a kept lease
	 * @param duration how long to hold
	 */
	Contender(Client client, Kind kind, String name, LeaseLog lease, Duration duration) {
		this.client = client;
		this.kind = kind;
		this.name = name;
		this.lease = lease;
		this.duration = duration;
	}

	String name() {
		return this.name;
	}

	/**
	 * Take one turn.
	 * @throws Exception if it did not get its turn, or got it and could not give it up
	 */
	void takeTurn(History history) throws Exception {
		ByteSequence key;
		LeaderKey leader = null;
		if (this.kind == Kind.LOCK) {
			key = this.client.getLockClient()
				.lock(bytes(this.name), this.lease.id())
				.get(LIMIT_SECONDS, TimeUnit.SECONDS)
				.getKey();
		}
		else {
			leader = this.client.getElectionClient()
				.campaign(bytes(this.name), this.lease.id(), bytes("me"))
				.get(LIMIT_SECONDS, TimeUnit.SECONDS)
				.getLeader();
			key = leader.getKey();
		}
		hold(history, key);
		if (leader == null) {
			this.client.getLockClient().unlock(key).get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		else {
			this.client.getElectionClient().resign(leader).get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
	}

	/**
	 * Leave the queue after a failure, as otherwise those behind would wait for ever.
	 */
	void giveUp() {
		this.client.getKVClient().delete(bytes(this.name + "/" + Long.toHexString(this.lease.id())));
	}

	private void hold(History history, ByteSequence key) throws Exception {
		List<KeyValue> found = this.client.getKVClient().get(key).get(LIMIT_SECONDS, TimeUnit.SECONDS).getKvs();
		long createRevision = found.isEmpty() ? 0 : found.get(0).getCreateRevision();
		Hold hold = new Hold(this.name, Long.toHexString(this.lease.id()), createRevision);
		history.add(hold);
		fence(hold, key);
		TimeUnit.NANOSECONDS.sleep(this.duration.toNanos());
		fence(hold, key);
	}

	/**
	 * Write as the holder, which etcd refuses to one whose key is gone.
	 */
	private void fence(Hold hold, ByteSequence key) throws Exception {
		TxnResponse response;
		try {
			response = this.client.getKVClient()
				.txn()
				.If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(Math.max(1, hold.createRevision()))))
				.Then(Op.put(bytes("fence/" + this.name), bytes(hold.holder()), PutOption.DEFAULT))
				.commit()
				.get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			// May have been carried out or not: proves nothing
			return;
		}
		if (response.isSucceeded()) {
			hold.fenced(response.getHeader().getRevision());
		}
		else if (this.lease.isAlive()) {
			hold.robbed();
		}
	}

	enum Kind {

		LOCK, ELECTION

	}

}
