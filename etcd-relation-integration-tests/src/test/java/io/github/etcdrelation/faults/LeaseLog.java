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
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import static io.github.etcdrelation.RelationTester.get;

/**
 * A lease that is kept, and what its observer was told.
 */
public final class LeaseLog implements StreamObserver<LeaseKeepAliveResponse>, AutoCloseable {

	private static final Duration TELL_LIMIT = Duration.ofSeconds(10);

	private final Client client;

	private final long id;

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final CloseableClient keepAlive;

	public LeaseLog(Client client, long seconds) throws Exception {
		this.client = client;
		this.id = get(client.getLeaseClient().grant(seconds)).getID();
		this.keepAlive = client.getLeaseClient().keepAlive(this.id, this);
	}

	@Override
	public void onNext(LeaseKeepAliveResponse response) {
		// renewed
	}

	@Override
	public void onError(Throwable failure) {
		this.told.add("lease onError: " + failure);
	}

	@Override
	public void onCompleted() {
		this.told.add("lease onCompleted");
	}

	long id() {
		return this.id;
	}

	public List<String> told() {
		return this.told;
	}

	/**
	 * Return whether etcd still has the lease.
	 */
	public boolean isAlive() throws Exception {
		return get(this.client.getLeaseClient().timeToLive(this.id, LeaseOption.DEFAULT)).getTTL() > 0;
	}

	/**
	 * Return how it ended, to be asked when all is well and before it is closed. Of the
	 * loss of a lease its observer hears with the next renewal.
	 */
	Outcome outcome() throws Exception {
		boolean alive = isAlive();
		try {
			Awaitility.await().atMost(TELL_LIMIT).until(() -> alive || !this.told.isEmpty());
		}
		catch (ConditionTimeoutException ex) {
			// The checker tells what is missing
		}
		return new Outcome(Long.toHexString(this.id), alive, List.copyOf(this.told));
	}

	/**
	 * Stop renewing it.
	 */
	@Override
	public void close() {
		this.keepAlive.close();
	}

	/**
	 * How a kept lease ended.
	 *
	 * @param alive whether etcd still has it
	 * @param told what its observer was told besides renewals
	 */
	record Outcome(String id, boolean alive, List<String> told) {

	}

}
