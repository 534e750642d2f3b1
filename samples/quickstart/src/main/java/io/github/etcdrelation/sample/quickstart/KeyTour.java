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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Writes, reads and watches a few keys.
 */
@Component
@Order(1)
class KeyTour implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(KeyTour.class);

	private static final ByteSequence PREFIX = bytes("quickstart/");

	private static final List<String> FRUITS = List.of("apple", "banana", "cherry");

	private final KV keys;

	private final Watch watch;

	KeyTour(Client client) {
		this.keys = client.getKVClient();
		this.watch = client.getWatchClient();
	}

	@Override
	public void run(ApplicationArguments arguments) throws Exception {
		CountDownLatch changes = new CountDownLatch(FRUITS.size());
		watch(readAll().getHeader().getRevision() + 1, changes);
		for (int i = 0; i < FRUITS.size(); i++) {
			write("fruit-" + (i + 1), FRUITS.get(i));
		}
		readAll().getKvs().forEach((pair) -> logger.info("read     {}", describe(pair)));
		if (!changes.await(10, TimeUnit.SECONDS)) {
			throw new IllegalStateException("%d changes were not seen by the watch".formatted(changes.getCount()));
		}
	}

	/**
	 * Watch from a revision on. Starting after the revision that was read leaves no gap.
	 */
	private void watch(long revision, CountDownLatch changes) {
		WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision).build();
		this.watch.watch(PREFIX, option, (response) -> response.getEvents().forEach((event) -> {
			logger.info("watched  {} {}", event.getEventType(), describe(event.getKeyValue()));
			changes.countDown();
		}), (failure) -> logger.error("The watch has ended", failure));
		logger.info("watch    {} from revision {}", PREFIX, revision);
	}

	private void write(String name, String value) throws Exception {
		ByteSequence key = PREFIX.concat(bytes(name));
		this.keys.put(key, bytes(value)).get();
		logger.info("wrote    {} = {}", key, value);
	}

	private GetResponse readAll() throws Exception {
		return this.keys.get(PREFIX, GetOption.builder().isPrefix(true).build()).get();
	}

	private static String describe(KeyValue pair) {
		return pair.getKey() + " = " + pair.getValue();
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
