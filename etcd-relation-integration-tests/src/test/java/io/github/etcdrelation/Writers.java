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

package io.github.etcdrelation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.KV;
import org.awaitility.Awaitility;

import static io.github.etcdrelation.RelationTester.bytes;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that put one value after the other and go on when a put fails.
 */
final class Writers implements AutoCloseable {

	private final List<Long> acknowledged = new CopyOnWriteArrayList<>();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean running = true;

	Writers(KV kv, String prefix, int threads) {
		for (int i = 0; i < threads; i++) {
			String key = prefix + i;
			Thread thread = new Thread(() -> write(kv, key), "writers-" + i);
			thread.start();
			this.threads.add(thread);
		}
	}

	private void write(KV kv, String key) {
		while (this.running) {
			try {
				this.acknowledged.add(kv.put(bytes(key), bytes("value")).get().getHeader().getRevision());
			}
			catch (Exception ex) {
				this.failures.add((ex.getCause() != null) ? ex.getCause() : ex);
			}
		}
	}

	/**
	 * Wait until a number of puts have succeeded from now on.
	 */
	void awaitFurther(int count) {
		int before = this.acknowledged.size();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.acknowledged.size() >= before + count);
	}

	/**
	 * Stop writing.
	 * @return the revisions of the puts that succeeded
	 */
	List<Long> stop() throws InterruptedException {
		this.running = false;
		for (Thread thread : this.threads) {
			thread.join(Duration.ofSeconds(60).toMillis());
			assertThat(thread.isAlive()).isFalse();
		}
		return this.acknowledged;
	}

	List<Throwable> getFailures() {
		return this.failures;
	}

	@Override
	public void close() {
		this.running = false;
	}

}
