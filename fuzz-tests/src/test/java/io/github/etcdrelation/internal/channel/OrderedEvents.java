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

package io.github.etcdrelation.internal.channel;

import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import org.springframework.util.StringUtils;

/**
 * Checks that the revisions of a watch's events increase whatever a peer sends, and that
 * nothing comes after the end.
 */
final class OrderedEvents implements Watch.Listener {

	private final CompletableFuture<Void> end = new CompletableFuture<>();

	private long last;

	/**
	 * Create a listener.
	 * @param start the first revision that is wanted
	 */
	OrderedEvents(long start) {
		this.last = start - 1;
	}

	CompletableFuture<Void> getEnd() {
		return this.end;
	}

	@Override
	public void onNext(WatchResponse response) {
		long before = this.last;
		if (this.end.isDone()) {
			PeerUse.fail(new AssertionError("A response comes after the end"));
		}
		for (WatchEvent event : response.getEvents()) {
			long revision = event.getKeyValue().getModRevision();
			if (revision <= before || revision < this.last) {
				PeerUse.fail(new AssertionError("Revision %d comes after %d".formatted(revision, this.last)));
			}
			this.last = revision;
		}
	}

	@Override
	public void onError(Throwable failure) {
		PeerUse.check(failure);
		if (!StringUtils.hasText(failure.getMessage())) {
			PeerUse.fail(new AssertionError("The watch ends without a reason", failure));
		}
		if (!this.end.complete(null)) {
			PeerUse.fail(new AssertionError("The watch ends twice"));
		}
	}

	@Override
	public void onCompleted() {
		// jetcd says so after an error as well once the watch is closed
		this.end.complete(null);
	}

}
