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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;

/**
 * Threads that put and get in turn, watches and kept leases on one client, all recorded.
 */
public final class Workload implements AutoCloseable {

	private static final int KEYS_PER_THREAD = 16;

	private static final AtomicLong NUMBERS = new AtomicLong();

	private final FaultCluster cluster;

	private final Client client;

	private final Duration pause;

	private final String prefix;

	private final Writes writes;

	private final History history = new History();

	private final List<Thread> threads = new ArrayList<>();

	private final List<Watch.Watcher> watchers = new ArrayList<>();

	private final List<LeaseLog> leases = new ArrayList<>();

	private volatile boolean running = true;

	private volatile boolean idle;

	/**
	 * Start.
	 * @param pause how long a thread rests after each call
	 */
	Workload(FaultCluster cluster, Client client, int threads, int watches, int leases, Duration pause)
			throws Exception {
		this(cluster, client, "faults/", new PlainWrites(client), threads, watches, leases, pause);
	}

	/**
	 * Start.
	 * @param prefix what all keys begin with
	 * @param writes how threads write
	 * @param pause how long a thread rests after each call
	 */
	public Workload(FaultCluster cluster, Client client, String prefix, Writes writes, int threads, int watches,
			int leases, Duration pause) throws Exception {
		this.cluster = cluster;
		this.client = client;
		this.prefix = prefix + NUMBERS.incrementAndGet() + "/";
		this.writes = writes;
		this.pause = pause;
		long revision = get(client.getKVClient().put(bytes(prefix + "start"), bytes(""))).getHeader().getRevision();
		for (int i = 0; i < watches; i++) {
			// Many that see everything would be all that the machine has time for
			String watched = (watches <= threads) ? this.prefix : this.prefix + i % threads + "/";
			WatchLog log = new WatchLog("watch " + i, watched, revision + 1);
			this.history.add(log);
			WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision + 1).build();
			this.watchers.add(client.getWatchClient().watch(bytes(watched), option, log));
		}
		for (int i = 0; i < leases; i++) {
			this.leases.add(new LeaseLog(client, 10));
		}
		for (int i = 0; i < threads; i++) {
			int number = i;
			List<Call> calls = this.history.newThread();
			Thread thread = new Thread(() -> work(number, threads, calls), "workload-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
		}
		List<Call> foreignCalls = this.history.newForeignThread();
		Thread foreign = new Thread(() -> workForeign(foreignCalls), "workload-foreign");
		foreign.setDaemon(true);
		this.threads.add(foreign);
		this.threads.forEach(Thread::start);
	}

	/**
	 * Writes through another client, so that there are events to miss when all calls of
	 * the one that is tested hang.
	 */
	private void workForeign(List<Call> calls) {
		for (int i = 0; this.running; i++) {
			LockSupport.parkNanos(200_000_000);
			Call call = Call.put(List.of(this.prefix + "foreign"), "foreign:" + i, System.nanoTime());
			try {
				long revision = this.cluster.put(call.keys().get(0), call.value());
				calls.add(call.written(revision, System.nanoTime()));
			}
			catch (IOException ex) {
				calls.add(call.failed(ex, System.nanoTime()));
			}
		}
	}

	private void work(int number, int threads, List<Call> calls) {
		for (int i = 0; this.running; i++) {
			if (this.idle) {
				LockSupport.parkNanos(1_000_000);
				continue;
			}
			String key = this.prefix + number + "/" + i % KEYS_PER_THREAD;
			// Now and then two keys at once
			List<String> keys = (i % 8 == 0) ? List.of(key, key + "/twin") : List.of(key);
			calls.add(this.writes.write(number, keys, number + ":" + i));
			rest();
			// Keys of all threads, some just written and some long ago
			String read = this.prefix + (number + i) % threads + "/" + (i * 7) % KEYS_PER_THREAD;
			calls.add(read(read));
			rest();
		}
	}

	private void rest() {
		if (!this.pause.isZero()) {
			LockSupport.parkNanos(this.pause.toNanos());
		}
	}

	private Call read(String key) {
		Call call = Call.get(key, System.nanoTime());
		try {
			GetResponse response = this.client.getKVClient().get(bytes(key)).get(60, TimeUnit.SECONDS);
			long end = System.nanoTime();
			KeyValue found = response.getKvs().isEmpty() ? null : response.getKvs().get(0);
			return call.read(response.getHeader().getRevision(), (found != null) ? found.getModRevision() : 0,
					(found != null) ? text(found.getValue()) : null, end);
		}
		catch (Exception ex) {
			return call.failed(ex, System.nanoTime());
		}
	}

	History history() {
		return this.history;
	}

	/**
	 * Stop calling, or go on.
	 */
	void setIdle(boolean idle) {
		this.idle = idle;
	}

	/**
	 * End watches and leases, so that nothing but calls uses a connection.
	 */
	void endStreams() {
		this.watchers.forEach(Watch.Watcher::close);
		this.leases.forEach(LeaseLog::close);
		this.leases.clear();
		this.history.watches().clear();
	}

	/**
	 * End the threads, wait until the watches have seen what was written, and read it.
	 */
	public History stop() throws Exception {
		this.running = false;
		for (Thread thread : this.threads) {
			thread.join(90_000);
			if (thread.isAlive()) {
				throw new IllegalStateException(thread.getName() + " does not end");
			}
		}
		List<Call> calls = this.history.allCalls();
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> this.history.watches().stream().allMatch((watch) -> hasSeenAll(watch, calls)));
		}
		catch (ConditionTimeoutException ex) {
			// The checker tells what is missing
		}
		GetResponse state = get(
				this.client.getKVClient().get(bytes(this.prefix), GetOption.builder().isPrefix(true).build()));
		for (KeyValue found : state.getKvs()) {
			String key = text(found.getKey());
			this.history.addFinal(Call.get(key, System.nanoTime())
				.read(state.getHeader().getRevision(), found.getModRevision(), text(found.getValue()),
						System.nanoTime()));
		}
		for (LeaseLog lease : this.leases) {
			this.history.add(lease.outcome());
		}
		return this.history;
	}

	private static boolean hasSeenAll(WatchLog watch, List<Call> calls) {
		long seen = watch.lastRevision();
		return calls.stream().noneMatch((call) -> call.revision() > seen && watch.covers(call, call.keys().get(0)));
	}

	/**
	 * Return what listeners of watches and leases were told besides events.
	 */
	public List<String> told() {
		List<String> told = new ArrayList<>();
		this.history.watches().forEach((watch) -> told.addAll(watch.told()));
		this.leases.forEach((lease) -> told.addAll(lease.told()));
		return told;
	}

	@Override
	public void close() {
		this.running = false;
		this.watchers.forEach(Watch.Watcher::close);
		this.leases.forEach(LeaseLog::close);
	}

}
