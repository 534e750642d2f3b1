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

import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Deadline;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A lease's place in the queue for a lock or an election. Each step may be repeated, so
 * that the place outlives connections, members and etcd itself. Confined to the
 * synchronization context of the steps.
 */
final class QueuePlace {

	/**
	 * How often an abandoned place is looked up, to delete it.
	 */
	private static final int MAX_LOOKS = 20;

	private static final long LOOK_SECONDS = 10;

	private final QueueSteps steps;

	private final QueueRequests requests;

	private final SharedKeys.Use use;

	private final QueueOwner owner;

	private final String relation;

	/**
	 * Until when the first step is repeated; once the place is taken there is no limit.
	 */
	private final Deadline patience;

	private final StepFailures failures = new StepFailures();

	private long clusterId;

	private long createRevision;

	private boolean found;

	private boolean deletable;

	private boolean looking;

	private boolean lookAgain;

	private @Nullable DeletionWatch watch;

	private @Nullable Cancellable timer;

	private boolean abandoned;

	private boolean done;

	QueuePlace(QueueSteps steps, QueueRequests requests, SharedKeys.Use use, QueueOwner owner, String relation,
			Deadline patience) {
		this.steps = steps;
		this.requests = requests;
		this.use = use;
		this.owner = owner;
		this.relation = relation;
		this.patience = patience;
	}

	void enter() {
		this.steps.transact(this.requests.enter(), this::entered);
	}

	private void entered(Status status, @Nullable TxnResponse response) {
		if (response == null) {
			notEntered(status);
			return;
		}
		this.failures.reset();
		ResponseHeader header = response.getHeader();
		RangeResponse range = response.getResponses(1).getResponseRange();
		this.clusterId = header.getClusterId();
		this.use.written(header.getRevision());
		if (response.getSucceeded()) {
			this.createRevision = header.getRevision();
			this.deletable = true;
			found(header, range.getKvsList());
		}
		else {
			// Created by an attempt whose response was lost, or by another call
			this.createRevision = range.getKvs(0).getCreateRevision();
			look();
		}
	}

	private void notEntered(Status status) {
		if (status.getCode() == Status.Code.PERMISSION_DENIED && !this.abandoned) {
			finish();
			this.owner.refused();
		}
		else if (isBroken(status) && !this.patience.isExpired()) {
			// Applied or not, it may be repeated
			this.steps.later(this::enter, this.failures.next());
		}
		else {
			lose(status);
		}
	}

	private boolean isBroken(Status status) {
		return switch (status.getCode()) {
			case DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION -> false;
			default -> this.failures.isTransient(status);
		};
	}

	/**
	 * Look up the position in the queue.
	 */
	private void look() {
		setTimer(null);
		if (this.looking) {
			this.lookAgain = true;
			return;
		}
		this.looking = true;
		this.steps.read(this.requests.look(this.createRevision), this::looked);
	}

	private void looked(Status status, @Nullable RangeResponse response) {
		boolean again = this.lookAgain;
		this.looking = false;
		this.lookAgain = false;
		if (this.done) {
			return;
		}
		if (response == null) {
			notLooked(status);
		}
		else if (response.getHeader().getClusterId() != this.clusterId) {
			this.deletable = false;
			lose(Status.FAILED_PRECONDITION
				.withDescription("%s leads to another etcd cluster now, in which %s has no place in the queue"
					.formatted(this.relation, this.requests.getKey().toStringUtf8())));
		}
		else if (again) {
			look();
		}
		else {
			found(response.getHeader(), response.getKvsList());
		}
	}

	private void notLooked(Status status) {
		if (!this.failures.isTransient(status) || (this.abandoned && this.failures.getCount() >= MAX_LOOKS)) {
			lose(status);
		}
		else {
			setTimer(this.steps.later(this::look, this.failures.next()));
		}
	}

	/**
	 * Record the position in the queue.
	 * @param ownAndPrevious its key and the one before, as far as they exist
	 */
	private void found(ResponseHeader header, List<KeyValue> ownAndPrevious) {
		if (ownAndPrevious.isEmpty() || ownAndPrevious.get(0).getCreateRevision() != this.createRevision) {
			this.deletable = false;
			lose(Status.NOT_FOUND.withDescription(
					"%s: %s was deleted before it had its turn: its lease expired or was revoked, or others deleted it"
						.formatted(this.relation, this.requests.getKey().toStringUtf8())));
			return;
		}
		this.found = true;
		boolean waits = ownAndPrevious.size() > 1;
		// While it waits, no call with this lease was granted its turn
		this.deletable |= waits;
		if (this.abandoned) {
			finish();
		}
		else if (waits) {
			waitFor(ownAndPrevious.get(1).getKey(), header.getRevision() + 1);
		}
		else {
			closeWatch();
			this.owner.reached(header, this.requests.getKey(), this.createRevision);
		}
	}

	private void waitFor(ByteString previous, long startRevision) {
		// Nothing else reveals that its own key was deleted
		setTimer(this.steps.later(() -> {
			this.failures.reset();
			look();
		}, TimeUnit.SECONDS.toNanos(LOOK_SECONDS)));
		if (this.watch == null || !this.watch.getKey().equals(previous)) {
			closeWatch();
			this.watch = new DeletionWatch(this.steps, this.requests, previous, startRevision, this.clusterId,
					this::watchEnded);
		}
	}

	private void watchEnded(boolean deleted) {
		this.watch = null;
		if (deleted) {
			this.failures.reset();
			look();
		}
		else {
			setTimer(this.steps.later(this::look, this.failures.next()));
		}
	}

	/**
	 * Record that the owner's caller was notified of its turn.
	 */
	void hold() {
		if (!this.done) {
			stop();
			this.use.hold();
		}
	}

	/**
	 * Abandon the place: the caller does not wait any more.
	 */
	void abandon() {
		if (this.done || this.abandoned) {
			return;
		}
		this.abandoned = true;
		closeWatch();
		if (this.found) {
			finish();
		}
		// Otherwise once the key to delete is known
	}

	private void lose(Status status) {
		boolean waiting = !this.abandoned;
		finish();
		if (waiting) {
			this.owner.lost(status);
		}
	}

	private void finish() {
		stop();
		long revision = this.use.leave(this.deletable);
		if (revision != 0) {
			new KeyDeletion(this.steps, this.requests.delete(revision)).begin();
		}
	}

	private void stop() {
		this.done = true;
		setTimer(null);
		closeWatch();
	}

	private void closeWatch() {
		if (this.watch != null) {
			this.watch.close();
			this.watch = null;
		}
	}

	private void setTimer(@Nullable Cancellable timer) {
		if (this.timer != null) {
			this.timer.cancel();
		}
		this.timer = timer;
	}

}
