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
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Writes a key repeatedly, watches it, and counts failed puts and lost events while the
 * relation may change.
 */
@Component
@Order(3)
class Journal implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(Journal.class);

	private static final ByteSequence KEY = bytes("quickstart-journal");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final KV keys;

	private final Watch watch;

	private final Duration duration;

	private final AtomicLong events = new AtomicLong();

	private final Set<ByteSequence> awaited = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	Journal(Client client, @Value("${quickstart.duration:2s}") Duration duration) {
		this.keys = client.getKVClient();
		this.watch = client.getWatchClient();
		this.duration = duration;
	}

	@Override
	public void run(ApplicationArguments arguments) throws Exception {
		watch(this.keys.get(KEY).get().getHeader().getRevision() + 1);
		long end = System.nanoTime() + this.duration.toNanos();
		long puts = 0;
		long failed = 0;
		while (!this.stopped && System.nanoTime() < end) {
			if (!write(bytes("entry " + ++puts))) {
				failed++;
			}
		}
		awaitEvents();
		int lost = this.awaited.size();
		String summary = "%d puts, %d failed, %d events seen, %d lost".formatted(puts, failed, this.events.get(), lost);
		if (failed > 0 || lost > 0) {
			throw new IllegalStateException(summary);
		}
		logger.info("done     {}", summary);
	}

	/**
	 * Stop writing, even before the duration is over.
	 */
	void stop() {
		this.stopped = true;
	}

	private void watch(long revision) {
		this.watch.watch(KEY, WatchOption.builder().withRevision(revision).build(), this::onChange,
				(failure) -> logger.error("The watch has ended", failure));
	}

	private void onChange(WatchResponse response) {
		response.getEvents().forEach((event) -> {
			this.events.incrementAndGet();
			this.awaited.remove(event.getKeyValue().getValue());
		});
	}

	private boolean write(ByteSequence value) throws InterruptedException {
		this.awaited.add(value);
		try {
			this.keys.put(KEY, value).get();
			return true;
		}
		catch (ExecutionException ex) {
			logger.warn("A put failed: {}", ex.getMessage());
			this.awaited.remove(value);
			return false;
		}
	}

	private void awaitEvents() throws InterruptedException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!this.awaited.isEmpty() && System.nanoTime() < end) {
			Thread.sleep(10);
		}
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
