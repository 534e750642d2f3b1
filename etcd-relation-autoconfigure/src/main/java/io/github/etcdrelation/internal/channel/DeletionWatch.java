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

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;

/**
 * Waits for the deletion of a key.
 */
final class DeletionWatch {

	private final ByteString key;

	private final long clusterId;

	private final Listener listener;

	private final Runnable cancellation;

	private boolean ended;

	DeletionWatch(QueueSteps steps, QueueRequests requests, ByteString key, long startRevision, long clusterId,
			Listener listener) {
		this.key = key;
		this.clusterId = clusterId;
		this.listener = listener;
		this.cancellation = steps.watch(requests.watch(key, startRevision), this::received, this::closed);
	}

	ByteString getKey() {
		return this.key;
	}

	private void received(WatchResponse response) {
		boolean deleted = response.getEventsList()
			.stream()
			.anyMatch((event) -> event.getType() == Event.EventType.DELETE);
		if (deleted || response.getCanceled() || response.getHeader().getClusterId() != this.clusterId) {
			end(deleted);
		}
	}

	private void closed(Status status) {
		end(false);
	}

	private void end(boolean deleted) {
		if (!this.ended) {
			close();
			this.listener.ended(deleted);
		}
	}

	/**
	 * End the watch without notifying the listener.
	 */
	void close() {
		this.ended = true;
		this.cancellation.run();
	}

	/**
	 * Notified once when the watch has ended.
	 */
	interface Listener {

		/**
		 * The key was deleted, or the watch failed, so that this is unknown.
		 * @param deleted whether it was deleted
		 */
		void ended(boolean deleted);

	}

}
