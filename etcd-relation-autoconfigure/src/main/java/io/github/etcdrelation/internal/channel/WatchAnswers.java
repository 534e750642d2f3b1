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

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes the responses of a stream's own watch from those that etcd does not send.
 * Guarded by the lock of its call.
 */
final class WatchAnswers {

	/**
	 * The watch id of responses to progress requests: all of the stream.
	 */
	static final long ALL = -1;

	private @Nullable Long watchId;

	/**
	 * Begin with another stream.
	 */
	void open() {
		this.watchId = null;
	}

	/**
	 * Record the id of the watch.
	 */
	void created(WatchResponse response) {
		this.watchId = response.getWatchId();
	}

	/**
	 * Return whether a watch was not created, which ends it for jetcd too.
	 */
	static boolean isFailed(WatchResponse response) {
		return response.getCreated() && response.getWatchId() == ALL;
	}

	/**
	 * Return whether a response is for a watch that the stream does not carry.
	 */
	boolean isOfOtherWatch(WatchResponse response) {
		long id = response.getWatchId();
		return this.watchId != null && id != this.watchId && (id != ALL || response.getEventsCount() > 0);
	}

	/**
	 * Return whether the revisions of events increase, as those of etcd do.
	 */
	static boolean isOrdered(WatchResponse response) {
		long former = 1;
		for (Event event : response.getEventsList()) {
			long revision = event.getKv().getModRevision();
			if (revision < former || revision == Long.MAX_VALUE) {
				return false;
			}
			former = revision;
		}
		return true;
	}

	/**
	 * Return a response of the client's own that ends a watch.
	 * @param last the response that it takes the place of
	 * @param reason why it ends
	 */
	static WatchResponse end(WatchResponse last, String reason) {
		// Events in between are lost, so the listener has to be notified
		return WatchResponse.newBuilder()
			.setHeader(last.getHeader())
			.setWatchId(last.getWatchId())
			.setCanceled(true)
			.setCancelReason(reason + ": read again what you watch, then watch it from there")
			.build();
	}

}
