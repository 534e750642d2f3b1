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

package io.github.etcdrelation.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

/**
 * Takes a second for each event, until it may be fast.
 */
final class SlowListener implements Watch.Listener, AutoCloseable {

	final CountDownLatch latch = new CountDownLatch(1);

	final List<Object> ends = new CopyOnWriteArrayList<>();

	volatile int events;

	volatile int disorder;

	private long revision;

	@Override
	public void onNext(WatchResponse response) {
		for (WatchEvent event : response.getEvents()) {
			long next = event.getKeyValue().getModRevision();
			if (next <= this.revision) {
				this.disorder++;
			}
			this.revision = next;
			this.events++;
			try {
				this.latch.await(1, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.ends.add(failure);
	}

	@Override
	public void onCompleted() {
		this.ends.add("completed");
	}

	@Override
	public void close() {
		this.latch.countDown();
	}

}
