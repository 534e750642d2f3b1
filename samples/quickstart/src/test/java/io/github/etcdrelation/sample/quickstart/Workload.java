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

package io.github.etcdrelation.sample.quickstart;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;

/**
 * Reads and writes a few keys all the time and watches them, as an application would that
 * knows nothing of certificates and members, and counts.
 */
@Order(4)
final class Workload implements ApplicationRunner, DisposableBean {

	private static final ByteSequence PREFIX = bytes("quickstart-page/");

	private static final int THREADS = 4;

	private static final int PAUSE_MILLIS = 20;

	private static final String OPEN = "may have been carried out";

	private final KV keys;

	private final Watch watch;

	private final Timeline timeline;

	private final Samples samples = new Samples();

	private final EventTally tally = new EventTally();

	private final AtomicLong reads = new AtomicLong();

	private final AtomicLong writes = new AtomicLong();

	private final AtomicLong failedReads = new AtomicLong();

	private final AtomicLong failedWrites = new AtomicLong();

	private final AtomicLong openWrites = new AtomicLong();

	private final AtomicInteger waiting = new AtomicInteger();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean started;

	private volatile boolean stopped;

	Workload(Client client, Timeline timeline) {
		this.keys = client.getKVClient();
		this.watch = client.getWatchClient();
		this.timeline = timeline;
	}

	@Override
	public void run(ApplicationArguments arguments) throws Exception {
		long revision = this.keys.get(PREFIX).get().getHeader().getRevision();
		this.tally.start(revision);
		WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision + 1).build();
		this.watch.watch(PREFIX, option,
				(response) -> response.getEvents()
					.forEach((event) -> this.tally.seen(event.getKeyValue().getModRevision())),
				(failure) -> fail("The watch has ended", failure));
		for (int i = 1; i <= THREADS; i++) {
			ByteSequence key = PREFIX.concat(bytes("key-" + i));
			start("reader-" + i, () -> read(key));
			start("writer-" + i, () -> write(key));
		}
		this.started = true;
	}

	private void start(String name, Call call) {
		Thread thread = new Thread(() -> repeat(call), name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	private void repeat(Call call) {
		try {
			while (!this.stopped) {
				long begin = System.nanoTime();
				this.waiting.incrementAndGet();
				try {
					if (call.make()) {
						this.samples.succeeded(System.nanoTime() - begin);
					}
				}
				finally {
					this.waiting.decrementAndGet();
				}
				TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			// The application ends
		}
	}

	private boolean read(ByteSequence key) throws InterruptedException {
		try {
			this.keys.get(key).get();
			this.reads.incrementAndGet();
			return true;
		}
		catch (ExecutionException ex) {
			this.failedReads.addAndGet(fail("A read has failed", ex.getCause()));
			return false;
		}
	}

	private boolean write(ByteSequence key) throws InterruptedException {
		try {
			ByteSequence value = bytes(String.valueOf(System.nanoTime()));
			this.tally.confirmed(this.keys.put(key, value).get().getHeader().getRevision());
			this.writes.incrementAndGet();
			return true;
		}
		catch (ExecutionException ex) {
			if (String.valueOf(ex.getMessage()).contains(OPEN)) {
				this.openWrites.incrementAndGet();
				this.samples.leftOpen();
				this.timeline.add(Timeline.Source.CALL, Timeline.Tone.WARNING, "A write may have been carried out",
						String.valueOf(ex.getCause().getMessage()));
			}
			else {
				this.failedWrites.addAndGet(fail("A write has failed", ex.getCause()));
			}
			return false;
		}
	}

	private int fail(String title, Throwable failure) {
		if (this.stopped) {
			return 0;
		}
		this.samples.failed();
		this.timeline.add(Timeline.Source.CALL, Timeline.Tone.PROBLEM, title, String.valueOf(failure.getMessage()));
		return 1;
	}

	@Override
	public void destroy() {
		this.stopped = true;
		this.threads.forEach(Thread::interrupt);
	}

	boolean isStarted() {
		return this.started;
	}

	Samples getSamples() {
		return this.samples;
	}

	Counts getCounts() {
		return new Counts(this.reads.get(), this.writes.get(), this.failedReads.get(), this.failedWrites.get(),
				this.openWrites.get(), this.tally.getSeen(), this.tally.getExpected(), this.tally.getLost(),
				this.waiting.get());
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * One call.
	 */
	private interface Call {

		boolean make() throws InterruptedException;

	}

	/**
	 * What has happened since the start.
	 *
	 * @param expectedEvents the events of confirmed writes that are to come
	 * @param waiting the calls that have no answer yet
	 */
	record Counts(long reads, long writes, long failedReads, long failedWrites, long openWrites, long events,
			int expectedEvents, long lostEvents, int waiting) {

	}

}
