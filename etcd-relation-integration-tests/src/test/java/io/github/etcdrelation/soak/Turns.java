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

package io.github.etcdrelation.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Takes a lock with a kept lease of its own, and gives both up.
 */
final class Turns implements Runnable {

	private static final ByteSequence NAME = bytes("soak/lock");

	private final Client client;

	private final Calls calls;

	private final Counters counters;

	private final AtomicInteger holders = new AtomicInteger();

	Turns(Client client, Calls calls, Counters counters) {
		this.client = client;
		this.calls = calls;
		this.counters = counters;
	}

	@Override
	public void run() {
		Lease leases = this.client.getLeaseClient();
		LeaseGrantResponse lease = this.calls.write("grant", leases.grant(60));
		if (lease == null) {
			return;
		}
		try (CloseableClient kept = leases.keepAlive(lease.getID(),
				Observers.<LeaseKeepAliveResponse>builder()
					.onNext((renewal) -> this.counters.add("renewals"))
					.onError((failure) -> this.counters.add(Counters.LISTENERS, "lease of a turn: " + failure))
					.build())) {
			LockResponse lock = this.calls.write("lock", this.client.getLockClient().lock(NAME, lease.getID()));
			if (lock != null) {
				hold(lock.getKey());
			}
		}
		finally {
			// Gives up the lock too, should it not be known whether it is held
			this.calls.write("revoke", leases.revoke(lease.getID()));
		}
	}

	private void hold(ByteSequence key) {
		this.counters.add("turns");
		if (this.holders.incrementAndGet() > 1) {
			this.counters.add(Counters.VIOLATIONS, "a lock with two holders");
		}
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		this.holders.decrementAndGet();
		this.calls.write("unlock", this.client.getLockClient().unlock(key));
	}

}
