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
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;

/**
 * Threads that take turns of one lock and of one election all the time, each turn with a
 * lease of its own.
 */
final class Contenders implements AutoCloseable {

	private static final int LOCKS = 4;

	private static final int CAMPAIGNS = 3;

	private final Client client;

	private final History history;

	private final List<Thread> threads = new ArrayList<>();

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private volatile boolean running = true;

	Contenders(Client client, History history) {
		this.client = client;
		this.history = history;
		for (int i = 0; i < LOCKS + CAMPAIGNS; i++) {
			Contender.Kind kind = (i < LOCKS) ? Contender.Kind.LOCK : Contender.Kind.ELECTION;
			Thread thread = new Thread(() -> contend(kind), "contender-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
		}
		this.threads.forEach(Thread::start);
	}

	private void contend(Contender.Kind kind) {
		String name = "contended-" + kind;
		while (this.running) {
			try (LeaseLog lease = new LeaseLog(this.client, 10)) {
				try {
					new Contender(this.client, kind, name, lease, Duration.ofMillis(200)).takeTurn(this.history);
				}
				finally {
					// Whatever became of the turn, its key goes
					this.client.getLeaseClient().revoke(lease.id()).get(10, TimeUnit.SECONDS);
				}
			}
			catch (Exception ex) {
				this.failures.add(kind + ": " + Texts.of(ex));
			}
		}
	}

	List<String> failures() {
		return this.failures;
	}

	/**
	 * Let each end the turn that it waits for or has.
	 */
	void stop() throws InterruptedException {
		this.running = false;
		for (Thread thread : this.threads) {
			thread.join(150_000);
		}
	}

	@Override
	public void close() {
		this.running = false;
	}

}
