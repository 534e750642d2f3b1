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
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Remembers what a watch tells and how it ends.
 */
final class RecordingListener implements Watch.Listener {

	private final List<Long> revisions = Collections.synchronizedList(new ArrayList<>());

	private final List<Throwable> errors = new CopyOnWriteArrayList<>();

	private final AtomicInteger completions = new AtomicInteger();

	@Override
	public void onNext(WatchResponse response) {
		for (WatchEvent event : response.getEvents()) {
			this.revisions.add(event.getKeyValue().getModRevision());
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.errors.add(failure);
	}

	@Override
	public void onCompleted() {
		this.completions.incrementAndGet();
	}

	int getEvents() {
		return this.revisions.size();
	}

	List<Throwable> getErrors() {
		return this.errors;
	}

	List<Long> getRevisions() {
		return this.revisions;
	}

	/**
	 * Wait for events and assert that these are in order and that none of those which are
	 * known to have happened is missing.
	 */
	void assertSaw(Collection<Long> expected) {
		Awaitility.await()
			.dontCatchUncaughtExceptions()
			.atMost(Duration.ofSeconds(30))
			.until(() -> isEnded() || Set.copyOf(copyOfRevisions()).containsAll(expected));
		assertNotEnded();
		assertThat(copyOfRevisions()).isSorted().doesNotHaveDuplicates().containsAll(expected);
	}

	void assertNotEnded() {
		assertThat(this.errors).isEmpty();
		assertThat(this.completions).hasValue(0);
	}

	boolean isEnded() {
		return !this.errors.isEmpty() || this.completions.get() > 0;
	}

	private List<Long> copyOfRevisions() {
		synchronized (this.revisions) {
			return new ArrayList<>(this.revisions);
		}
	}

	/**
	 * Assert that the events are those of consecutive revisions, each once and in order.
	 */
	void assertComplete(long firstRevision, int count) {
		assertNotEnded();
		assertThat(this.revisions).hasSize(count);
		for (int i = 0; i < count; i++) {
			assertThat(this.revisions.get(i)).isEqualTo(firstRevision + i);
		}
	}

}
