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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.GetResponse;
import org.jspecify.annotations.Nullable;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Threads of their own that call at a fixed rate, and can all be held while samples are
 * taken.
 */
final class MixedLoad implements AutoCloseable {

	static final String EVENTS = "soak/events/";

	private static final int WORKERS = 8;

	private static final int SEQUENCES = 16;

	private final Counters counters;

	private final Client client;

	private final Calls calls;

	private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);

	private final List<Sequence> sequences = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean running = true;

	MixedLoad(Client client, Counters counters, SoakPlan plan) {
		this.client = client;
		this.counters = counters;
		this.calls = new Calls(counters);
		Duration period = Duration.ofNanos(WORKERS * 1_000_000_000L / plan.rate());
		for (int i = 0; i < WORKERS; i++) {
			List<Sequence> own = new ArrayList<>();
			for (int j = 0; j < SEQUENCES; j++) {
				own.add(sequence(i + "/" + j));
			}
			KeyCalls keys = new KeyCalls(client, this.calls, own, "soak/load/" + i + "/",
					new Random(plan.seed() * 31 + i));
			add("soak-calls-" + i, period, keys);
		}
		add("soak-large", Duration.ofSeconds(10), this::callLarge);
		Turns turns = new Turns(client, this.calls, counters);
		add("soak-turns-0", Duration.ofMillis(700), turns);
		add("soak-turns-1", Duration.ofMillis(900), turns);
		Sequence watched = sequence("short/0");
		add("soak-watches", Duration.ofSeconds(1), new ShortWatch(client, counters, watched));
	}

	private Sequence sequence(String name) {
		Sequence sequence = new Sequence(this.client, this.calls, this.counters, EVENTS + name);
		this.sequences.add(sequence);
		return sequence;
	}

	private void add(String name, Duration period, Runnable step) {
		Thread thread = new Thread(() -> run(period, step), name);
		thread.setDaemon(true);
		this.threads.add(thread);
	}

	void start() {
		this.threads.forEach(Thread::start);
	}

	private void run(Duration period, Runnable step) {
		// Not all at once
		LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(period.toNanos()));
		long due = System.nanoTime();
		while (this.running) {
			this.gate.readLock().lock();
			try {
				step.run();
			}
			catch (RuntimeException ex) {
				this.counters.add(Counters.VIOLATIONS, "a step of the load: " + ex);
			}
			finally {
				this.gate.readLock().unlock();
			}
			// What was missed is not caught up with
			due = Math.max(due + period.toNanos(), System.nanoTime());
			while (this.running && System.nanoTime() < due) {
				LockSupport.parkNanos(due - System.nanoTime());
			}
		}
	}

	private void callLarge() {
		int size = 1024 * 1024;
		if (this.calls.write("put of 1 MiB",
				this.client.getKVClient().put(bytes("soak/large"), Sequence.filled(size))) != null) {
			GetResponse found = this.calls.read("get of 1 MiB", this.client.getKVClient().get(bytes("soak/large")));
			if (found != null && (found.getCount() != 1 || found.getKvs().get(0).getValue().size() != size)) {
				this.counters.add(Counters.VIOLATIONS, "a large value was not found");
			}
		}
		this.calls.write("delete of 1 MiB", this.client.getKVClient().delete(bytes("soak/large")));
	}

	/**
	 * Hold all threads between two steps, do something, then let them run again.
	 */
	<T> T whileHeld(Supplier<T> action) {
		this.gate.writeLock().lock();
		try {
			return action.get();
		}
		finally {
			this.gate.writeLock().unlock();
		}
	}

	List<Sequence> sequences() {
		return this.sequences;
	}

	/**
	 * Compact what is older than a revision.
	 */
	void compact(long revision) {
		this.calls.write("compact", this.client.getKVClient().compact(revision));
	}

	/**
	 * End the threads.
	 * @return the name of one that does not end, {@code null} if all did
	 */
	@Nullable String stop() throws InterruptedException {
		this.running = false;
		this.threads.forEach(LockSupport::unpark);
		for (Thread thread : this.threads) {
			thread.join(TimeUnit.SECONDS.toMillis(200));
			if (thread.isAlive()) {
				return thread.getName();
			}
		}
		return null;
	}

	@Override
	public void close() {
		this.running = false;
		this.threads.forEach(Thread::interrupt);
	}

}
