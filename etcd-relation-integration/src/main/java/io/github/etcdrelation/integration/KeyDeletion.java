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

package io.github.etcdrelation.integration;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;

/**
 * Deletes the key of an entry. It blocks others for as long as its lease lives, so the
 * deletion is retried until then. Thread-safe.
 */
final class KeyDeletion {

	/**
	 * When a key is deleted again that a late attempt may have created, in seconds. A
	 * member gives up what it has been sent long before the last of them.
	 */
	private static final int[] AGAIN = { 1, 5, 15, 30 };

	private final EtcdSession session;

	private final ByteSequence key;

	private final SessionLease lease;

	KeyDeletion(EtcdSession session, ByteSequence key, SessionLease lease) {
		this.session = session;
		this.key = key;
		this.lease = lease;
	}

	/**
	 * Delete the key.
	 * @return whether there was one; fails if the first attempt does, after which others
	 * follow in the background
	 */
	CompletableFuture<Boolean> begin() {
		return attempt(new CallFailures());
	}

	/**
	 * Delete the key again later.
	 */
	void repeat() {
		for (int seconds : AGAIN) {
			this.session.later(this::begin, TimeUnit.SECONDS.toNanos(seconds));
		}
	}

	private CompletableFuture<Boolean> attempt(CallFailures failures) {
		CompletableFuture<Boolean> deleted;
		try {
			deleted = this.session.getKv().delete(this.key).thenApply((response) -> response.getDeleted() > 0);
		}
		catch (RuntimeException ex) {
			deleted = CompletableFuture.failedFuture(ex);
		}
		return deleted.whenComplete((result, failure) -> {
			if (failure != null && this.lease.isValid() && !CallFailures.isRefused(failure)) {
				this.session.later(() -> attempt(failures), failures.next());
			}
		});
	}

}
