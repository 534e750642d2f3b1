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

package io.github.etcdrelation.internal.state;

import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.etcdrelation.RelationState;
import org.jspecify.annotations.Nullable;

/**
 * What became of the data of one relation: keeps it for the status, logs it, and hands
 * refusals to the publisher.
 */
final class DataOutcome {

	private final RelationLog log;

	private final RelationStatusRecorder recorder;

	private final ExpiryWatch expiries;

	private final RelationPublisher publisher;

	@GuardedBy("this")
	private @Nullable String unreadable;

	@GuardedBy("this")
	private @Nullable RelationSnapshot refused;

	@GuardedBy("this")
	private @Nullable String refusal;

	DataOutcome(RelationLog log, RelationStatusRecorder recorder, RelationPublisher publisher,
			ScheduledExecutorService refreshExecutor, String relationName) {
		this.log = log;
		this.recorder = recorder;
		this.publisher = publisher;
		this.expiries = new ExpiryWatch(relationName, refreshExecutor, Clock.systemUTC());
	}

	/**
	 * Watch the expiry of certificates from now on.
	 */
	void start() {
		this.expiries.start();
	}

	/**
	 * Stop watching until started again.
	 */
	void stop() {
		this.expiries.stop();
	}

	/**
	 * Record that the source cannot be read.
	 * @return whether the reason is new
	 */
	synchronized boolean unreadable(RuntimeException failure) {
		String message = String.valueOf(failure.getMessage());
		boolean news = !message.equals(this.unreadable);
		this.recorder.refreshed(RelationStatus.Outcome.FAILED);
		this.recorder.refused(failure, news);
		this.recorder.unreadable(this.log.briefReason(failure));
		if (news) {
			this.unreadable = message;
			this.publisher.setRefusal(failure);
		}
		return news;
	}

	/**
	 * Record that the source was read.
	 * @param snapshot what it contains
	 * @param changed whether that differs from what was read before
	 * @return whether it could not be read before
	 */
	synchronized boolean read(RelationSnapshot snapshot, boolean changed) {
		boolean again = this.unreadable != null;
		this.unreadable = null;
		this.recorder.refreshed(changed ? RelationStatus.Outcome.CHANGED : RelationStatus.Outcome.UNCHANGED);
		this.recorder.readable();
		if (again && !changed && !snapshot.equals(this.refused)) {
			this.log.readable();
		}
		return again;
	}

	/**
	 * Record that a snapshot is in use.
	 * @param snapshot the snapshot
	 * @param data what calls use, {@code null} if nothing
	 * @param missing why the source has no connection string, {@code null} if that is not
	 * known
	 */
	synchronized void inUse(RelationSnapshot snapshot, @Nullable DataInUse data, @Nullable String missing) {
		boolean retried = snapshot.equals(this.refused);
		this.refused = null;
		this.refusal = null;
		this.recorder.accepted();
		if (!snapshot.is(RelationState.AVAILABLE) || (data == null && !snapshot.isConnectable())) {
			this.log.unavailable(snapshot.describeMissing(missing));
			this.expiries.update(null);
		}
		else if (data != null) {
			this.log.inUse(data, retried);
			this.expiries.update(data);
		}
	}

	/**
	 * Record that a snapshot was refused. It is published unless it was before: what the
	 * data depends on may have changed without effect.
	 * @param snapshot the snapshot
	 * @param failure why it was refused
	 * @param retry whether it was refused before and is only tried again
	 */
	synchronized void refused(RelationSnapshot snapshot, Throwable failure, boolean retry) {
		boolean first = !retry
				&& (!snapshot.equals(this.refused) || !Objects.equals(failure.getMessage(), this.refusal));
		this.refused = snapshot;
		this.refusal = failure.getMessage();
		this.publisher.setRefusal(first ? failure : null);
		this.recorder.refused(failure, first);
		this.recorder.pending(this.log.briefReason(failure), first);
	}

}
