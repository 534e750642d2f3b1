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

import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * The revision from which a watch is recreated, and the cluster of that revision. Guarded
 * by the lock of its call.
 */
final class WatchPosition {

	/**
	 * How old the position of an idle watch may get: etcd may compact what is older.
	 */
	private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(45);

	private long nextRevision;

	private long storeRevision;

	private long clusterId;

	private boolean created;

	private long time = System.nanoTime();

	/**
	 * Start at a revision.
	 * @param startRevision the first revision to see, 0 for the next one
	 */
	void start(long startRevision) {
		this.nextRevision = startRevision;
	}

	/**
	 * Record the response to the first request: its revision is that of the store, not of
	 * the watch.
	 */
	void created(ResponseHeader header) {
		this.created = true;
		this.clusterId = header.getClusterId();
		this.storeRevision = header.getRevision();
		if (this.nextRevision == 0) {
			moveTo(header.getRevision() + 1);
		}
	}

	boolean isCreated() {
		return this.created;
	}

	/**
	 * Return whether another cluster responds, whose revisions are unrelated.
	 */
	boolean isOfOtherCluster(ResponseHeader header) {
		long responding = header.getClusterId();
		if (responding == 0 || this.clusterId == 0) {
			// etcd's own proxy may leave it out when it creates a watch
			this.clusterId |= responding;
			return false;
		}
		return responding != this.clusterId;
	}

	/**
	 * Return the latest known revision of the store: a member with an earlier one lags,
	 * or its cluster has lost its data. The watch itself may start later.
	 */
	long getStoreRevision() {
		return this.storeRevision;
	}

	/**
	 * Record events.
	 * @return those that were not seen yet, {@code null} if there are none
	 */
	@Nullable WatchResponse events(WatchResponse response) {
		int count = response.getEventsCount();
		long last = response.getEvents(count - 1).getKv().getModRevision();
		WatchResponse unseen = response;
		if (response.getEvents(0).getKv().getModRevision() < this.nextRevision) {
			// A member that was elected meanwhile may start too early
			WatchResponse.Builder builder = response.toBuilder().clearEvents();
			for (Event event : response.getEventsList()) {
				if (event.getKv().getModRevision() >= this.nextRevision) {
					builder.addEvents(event);
				}
			}
			unseen = builder.build();
		}
		// The events of a transaction come together: no fragments are requested
		moveTo(last + 1);
		this.storeRevision = Math.max(this.storeRevision, last);
		return (unseen.getEventsCount() > 0) ? unseen : null;
	}

	/**
	 * Record that all events up to a revision were seen.
	 */
	void progress(long revision) {
		moveTo(revision + 1);
		this.storeRevision = Math.max(this.storeRevision, revision);
	}

	private void moveTo(long revision) {
		this.time = System.nanoTime();
		if (revision > this.nextRevision) {
			this.nextRevision = revision;
		}
	}

	/**
	 * Record that etcd was asked, so that it is not asked again at once.
	 */
	void asked(long now) {
		this.time = now;
	}

	boolean isOld(long now) {
		return this.created && now - this.time > MAX_AGE_NANOS;
	}

	long getNextRevision() {
		return this.nextRevision;
	}

}
