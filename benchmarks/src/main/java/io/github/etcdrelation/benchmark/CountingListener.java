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

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

/**
 * Counts the events of a watch and what is wrong with them.
 */
final class CountingListener implements Watch.Listener {

	private volatile CountDownLatch expected = new CountDownLatch(0);

	private volatile int received;

	private volatile int errors;

	private long revision;

	/**
	 * Watch the keys with a prefix several times.
	 */
	static List<CountingListener> watch(Client client, String prefix, int watchers) throws Exception {
		long revision = client.getKVClient().get(Bytes.of(prefix)).get(30, TimeUnit.SECONDS).getHeader().getRevision();
		WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision + 1).build();
		List<CountingListener> listeners = IntStream.range(0, watchers)
			.mapToObj((i) -> new CountingListener())
			.toList();
		listeners.forEach((listener) -> client.getWatchClient().watch(Bytes.of(prefix), option, listener));
		return listeners;
	}

	void expect(int events) {
		this.expected = new CountDownLatch(events);
	}

	int received() {
		return this.received;
	}

	void await() throws InterruptedException {
		if (!this.expected.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("%d events did not arrive".formatted(this.expected.getCount()));
		}
	}

	/**
	 * Return how many events came twice or out of order, and how often the watch failed.
	 */
	int errors() {
		return this.errors;
	}

	@Override
	public synchronized void onNext(WatchResponse response) {
		for (WatchEvent event : response.getEvents()) {
			if (event.getKeyValue().getModRevision() <= this.revision || this.expected.getCount() == 0) {
				this.errors++;
			}
			this.revision = event.getKeyValue().getModRevision();
			this.received++;
			this.expected.countDown();
		}
	}

	@Override
	public synchronized void onError(Throwable failure) {
		this.errors++;
	}

	@Override
	public synchronized void onCompleted() {
		this.errors++;
	}

}
