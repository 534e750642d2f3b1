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

package io.github.etcdrelation.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.Client;

/**
 * Writes numbered events through a member that is not disturbed, so that there is
 * something to see however little the client that is measured can do.
 */
final class EventWriter implements AutoCloseable {

	static final String VALUE = "event-";

	private static final String KEY = Keys.PREFIX + "events";

	private static final long INTERVAL_MILLIS = 200;

	private final Client client;

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	private final Map<Integer, Long> answered = Collections.synchronizedMap(new TreeMap<>());

	private final List<CompletableFuture<?>> puts = new ArrayList<>();

	/**
	 * Write a first event and go on until {@link #finish()}.
	 */
	EventWriter(Access access) throws Exception {
		this.client = JetcdStore.client(access);
		try {
			write();
			this.puts.get(0).get(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			close();
			throw ex;
		}
		this.scheduler.scheduleAtFixedRate(this::write, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void write() {
		int number = this.puts.size();
		// Not one after the other: one that hangs while a leader is elected would be all
		this.puts.add(this.client.getKVClient()
			.put(Bytes.of(KEY), Bytes.of(VALUE + number))
			.thenRun(() -> this.answered.put(number, System.currentTimeMillis())));
	}

	/**
	 * Stop writing.
	 * @return the events that etcd has confirmed, and when it did
	 */
	Map<Integer, Long> finish() throws InterruptedException {
		this.scheduler.shutdown();
		this.scheduler.awaitTermination(30, TimeUnit.SECONDS);
		try {
			CompletableFuture.allOf(this.puts.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// Nobody can expect an event of a write that has failed
		}
		synchronized (this.answered) {
			return new TreeMap<>(this.answered);
		}
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		this.client.close();
	}

}
