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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Watches one sequence for two of its numbers, and ends.
 */
final class ShortWatch implements Runnable {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final Client client;

	private final Counters counters;

	private final Sequence sequence;

	ShortWatch(Client client, Counters counters, Sequence sequence) {
		this.client = client;
		this.counters = counters;
		this.sequence = sequence;
	}

	@Override
	public void run() {
		if (!this.sequence.write()) {
			return;
		}
		EventChecker checker = new EventChecker(this.counters, this.sequence.number());
		WatchOption option = WatchOption.builder().withRevision(this.sequence.revision()).build();
		this.counters.add("short watches");
		try (Watch.Watcher watcher = this.client.getWatchClient().watch(bytes(this.sequence.key()), option, checker)) {
			await(checker);
			this.sequence.write();
			await(checker);
			checker.closing();
		}
	}

	private void await(EventChecker checker) {
		long begin = System.nanoTime();
		while (checker.number(this.sequence.key()) < this.sequence.number()) {
			if (System.nanoTime() - begin > LIMIT.toNanos()) {
				this.counters.add(Counters.LOST);
				this.counters.add(Counters.VIOLATIONS, "a short watch saw nothing");
				return;
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

}
