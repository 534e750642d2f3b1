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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Reconciles one relation with its source: reads it, applies the derived snapshot and
 * publishes what changed.
 */
public final class RelationReconciler {

	private static final Log logger = LogFactory.getLog(RelationReconciler.class);

	private final RelationSource source;

	private final @Nullable RelationInterface relationInterface;

	private final SnapshotApplier applier;

	private final ScheduledExecutorService refreshExecutor;

	private final DefaultEtcdRelation relation;

	private final RelationLog log;

	private final DataOutcome outcome;

	private final RelationPublisher publisher;

	private final PollSchedule polls;

	private final RelationStatusRecorder recorder = new RelationStatusRecorder(Clock.systemUTC());

	private @Nullable RelationView view;

	private RelationSnapshot derived = RelationSnapshot.NONE;

	private final AtomicBoolean refreshRequested = new AtomicBoolean();

	private RelationSnapshot latest = RelationSnapshot.NONE;

	private CompletableFuture<Void> applying = CompletableFuture.completedFuture(null);

	private final RetrySchedule retries;

	/**
	 * Create a reconciler that has not read the source yet.
	 * @param source the source of the data and of the relation's name
	 * @param relationInterface the interface that the data is of, {@code null} if it
	 * determines that itself
	 * @param applier applies snapshots
	 * @param publisher publishes the events
	 * @param refreshExecutor runs one task at a time
	 * @param pollInterval how often a live source is read when it reports no change
	 */
	public RelationReconciler(RelationSource source, @Nullable RelationInterface relationInterface,
			SnapshotApplier applier, ApplicationEventPublisher publisher, ScheduledExecutorService refreshExecutor,
			Duration pollInterval) {
		this.source = source;
		this.relationInterface = relationInterface;
		this.applier = applier;
		this.refreshExecutor = refreshExecutor;
		this.retries = new RetrySchedule(refreshExecutor);
		this.relation = new DefaultEtcdRelation(source.getRelationName());
		this.log = new RelationLog(source.getRelationName(), getSourceDescription());
		this.publisher = new RelationPublisher(this.log, this.relation, publisher, applier::isServing);
		this.outcome = new DataOutcome(this.log, this.recorder, this.publisher, refreshExecutor,
				source.getRelationName());
		this.polls = new PollSchedule(refreshExecutor, pollInterval, this::refreshNow);
	}

	/**
	 * Return the relation as the application sees it.
	 * @return the relation
	 */
	public EtcdRelation getRelation() {
		return this.relation;
	}

	/**
	 * Return a description of the source.
	 * @return the description, without secrets
	 */
	public String getSourceDescription() {
		return String.valueOf(this.source.getDescription());
	}

	/**
	 * Return the current status of the relation.
	 * @return the status
	 */
	public RelationStatus getStatus() {
		return this.recorder.getStatus();
	}

	/**
	 * Read the source for the first time, on the caller's thread and without events.
	 * @throws InvalidRelationDataException if data of a non-live source is refused
	 */
	public void load() {
		RelationSnapshot snapshot;
		try {
			snapshot = read();
		}
		catch (RuntimeException ex) {
			if (!this.source.isLive()) {
				throw ex;
			}
			setUnreadable(ex);
			return;
		}
		synchronized (this) {
			this.outcome.read(snapshot, !snapshot.equals(this.latest));
			this.latest = snapshot;
			update(snapshot);
		}
		try {
			CompletableFuture<Void> applied = this.applier.apply(snapshot);
			if (applied.isDone() && !applied.isCompletedExceptionally()) {
				this.outcome.inUse(snapshot, this.applier.getDataInUse(), this.source.describeMissing());
			}
			else {
				// A channel that was taken over is in use with other data
				settle(snapshot, applied);
			}
		}
		catch (InvalidRelationDataException ex) {
			if (!this.source.isLive()) {
				throw ex;
			}
			this.outcome.refused(snapshot, ex, false);
			if (RetrySchedule.mayPassByItself(ex)) {
				synchronized (this) {
					// The start tries it again
					this.retries.count();
				}
			}
		}
	}

	private RelationSnapshot read() {
		RelationView latestView = this.source.read();
		synchronized (this) {
			// The same instance is the usual case, in which there is nothing to derive
			if (latestView != this.view) {
				this.derived = RelationSnapshot.derive(latestView, this.relationInterface);
				this.view = latestView;
			}
			return this.derived;
		}
	}

	private void update(RelationSnapshot snapshot) {
		this.relation.update(snapshot);
		this.recorder.update(snapshot.states(), snapshot.refusals());
		this.log.refusals(snapshot.refusals());
	}

	/**
	 * Publish what has not been published yet, on the caller's thread, and from now on
	 * what changes, on the refresh thread.
	 */
	public void start() {
		boolean refused;
		synchronized (this) {
			this.publisher.start();
			refused = this.retries.isBegun();
		}
		this.publisher.publishPending();
		this.outcome.start();
		this.source.start(this::requestRefresh);
		if (refused) {
			// Resumes the retries that stop has canceled
			reapply();
		}
		if (this.source.isLive() && this.publisher.isStarted()) {
			this.polls.start();
		}
	}

	/**
	 * Stop publishing until started again.
	 */
	public void stop() {
		this.source.stop();
		this.polls.stop();
		this.outcome.stop();
		synchronized (this) {
			this.publisher.stop();
			this.retries.cancel();
		}
	}

	/**
	 * Request a refresh; requests made before it starts count as one.
	 */
	public void requestRefresh() {
		if (this.refreshRequested.compareAndSet(false, true)) {
			this.refreshExecutor.execute(this::refreshNow);
		}
	}

	private void refreshNow() {
		this.refreshRequested.set(false);
		readAndApply();
	}

	/**
	 * Read the source and apply what changed, on the refresh thread.
	 * @return completed when the events are published
	 */
	public CompletableFuture<Void> refresh() {
		return CompletableFuture.supplyAsync(this::readAndApply, this.refreshExecutor)
			.thenCompose((outcome) -> outcome);
	}

	/**
	 * Apply the latest snapshot again after something that it depends on has changed.
	 */
	public void reapply() {
		this.refreshExecutor.execute(() -> {
			RelationSnapshot snapshot;
			synchronized (this) {
				snapshot = this.latest;
			}
			apply(snapshot);
		});
	}

	private CompletableFuture<Void> readAndApply() {
		RelationSnapshot snapshot;
		try {
			snapshot = read();
			boolean outdated = this.applier.isOutdated();
			synchronized (this) {
				boolean changed = !snapshot.equals(this.latest);
				boolean readAgain = this.outcome.read(snapshot, changed);
				// Calls that fail have the reason for which it could not be read
				boolean unexplained = readAgain && this.applier.getDataInUse() == null;
				if (!changed && !outdated && !unexplained) {
					// Another refresh may have read the same and not published it yet
					return this.applying;
				}
				this.latest = snapshot;
				this.retries.reset();
			}
		}
		catch (RuntimeException ex) {
			if (setUnreadable(ex)) {
				this.publisher.publishPending();
			}
			return CompletableFuture.completedFuture(null);
		}
		return apply(snapshot);
	}

	/**
	 * Record that the source cannot be read; return whether the reason is new.
	 */
	private boolean setUnreadable(RuntimeException failure) {
		boolean news = this.outcome.unreadable(failure);
		if (news) {
			this.applier.unreadable(this.log.briefReason(failure));
		}
		return news;
	}

	private CompletableFuture<Void> apply(RelationSnapshot snapshot) {
		CompletableFuture<Void> applied;
		try {
			applied = this.applier.apply(snapshot);
		}
		catch (RuntimeException ex) {
			applied = CompletableFuture.failedFuture(ex);
		}
		if (!applied.isDone()) {
			updateRefusals(snapshot);
		}
		return settle(snapshot, applied);
	}

	private CompletableFuture<Void> settle(RelationSnapshot snapshot, CompletableFuture<Void> applied) {
		CompletableFuture<Void> settled = applied.handleAsync((result, failure) -> {
			settle(snapshot, (failure instanceof CompletionException) ? failure.getCause() : failure);
			return null;
		}, this.refreshExecutor);
		synchronized (this) {
			this.applying = settled;
		}
		return settled;
	}

	/**
	 * Publish refusals that came with data which members may take a while to accept.
	 */
	private void updateRefusals(RelationSnapshot snapshot) {
		RelationSnapshot current = this.relation.getSnapshot();
		if (!current.refusals().equals(snapshot.refusals())) {
			update(current.withRefusalsOf(snapshot));
			this.publisher.publishPending();
		}
	}

	private void settle(RelationSnapshot snapshot, @Nullable Throwable failure) {
		String missing = this.source.describeMissing();
		synchronized (this) {
			if (!snapshot.equals(this.latest)) {
				// Superseded by a later snapshot, whose events cover both
				return;
			}
			update(snapshot);
			if (failure == null) {
				this.retries.reset();
				this.outcome.inUse(snapshot, this.applier.getDataInUse(), missing);
			}
			else {
				this.outcome.refused(snapshot, failure, this.retries.isBegun());
				if (RetrySchedule.mayPassByItself(failure)) {
					this.retries.next(() -> apply(snapshot), this.publisher.isStarted());
				}
			}
		}
		this.publisher.publishPending();
	}

	/**
	 * Publish that the calls to all reachable members use the latest snapshot.
	 */
	public void rotated() {
		publishLater(() -> {
			this.log.rotated();
			this.publisher.publish(new EtcdRotatedEvent(this.relation));
		});
	}

	/**
	 * Publish that members refuse new credentials that others have accepted.
	 * @param reason which members refuse them, and why
	 */
	public void rotationFailed(Throwable reason) {
		publishLater(() -> {
			this.recorder.refused(reason, true);
			logger.warn(reason.getMessage());
			this.publisher.publish(new EtcdRotationFailedEvent(this.relation, reason));
		});
	}

	/**
	 * Publish after the events of the snapshot that is being applied.
	 */
	private void publishLater(Runnable publication) {
		this.refreshExecutor.execute(() -> {
			CompletableFuture<Void> former;
			synchronized (this) {
				former = this.applying;
			}
			former.whenCompleteAsync((result, failure) -> {
				if (this.publisher.isStarted()) {
					publication.run();
				}
			}, this.refreshExecutor);
		});
	}

}
