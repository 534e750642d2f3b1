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
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Reconciles one relation with its source: reads it, applies the derived snapshot and
 * publishes what changed.
 */
public final class RelationReconciler {

	private static final Log logger = LogFactory.getLog(RelationReconciler.class);

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final Duration MAX_RETRY = Duration.ofSeconds(5);

	private final RelationSource source;

	private final SnapshotApplier applier;

	private final ScheduledExecutorService refreshExecutor;

	private final DefaultEtcdRelation relation;

	private final RelationPublisher publisher;

	private final PollSchedule polls;

	private final RelationStatusRecorder recorder = new RelationStatusRecorder(Clock.systemUTC());

	private @Nullable RelationView view;

	private RelationSnapshot derived = RelationSnapshot.NONE;

	private final AtomicBoolean refreshRequested = new AtomicBoolean();

	private RelationSnapshot latest = RelationSnapshot.NONE;

	private CompletableFuture<Void> applying = CompletableFuture.completedFuture(null);

	private @Nullable String unreadable;

	private @Nullable ScheduledFuture<?> retry;

	private int retries;

	/**
	 * Create a reconciler that has not read the source yet.
	 * @param source the source of the data and of the relation's name
	 * @param applier applies snapshots
	 * @param publisher publishes the events
	 * @param refreshExecutor runs one task at a time
	 * @param pollInterval how often a live source is read when it reports no change
	 */
	public RelationReconciler(RelationSource source, SnapshotApplier applier, ApplicationEventPublisher publisher,
			ScheduledExecutorService refreshExecutor, Duration pollInterval) {
		this.source = source;
		this.applier = applier;
		this.refreshExecutor = refreshExecutor;
		this.relation = new DefaultEtcdRelation(source.getRelationName());
		this.publisher = new RelationPublisher(this.relation, publisher);
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
			this.applier.apply(RelationSnapshot.NONE);
			return;
		}
		synchronized (this) {
			recordRefresh(snapshot);
			this.latest = snapshot;
			update(snapshot);
		}
		try {
			this.applier.apply(snapshot).join();
			this.publisher.setServing(snapshot.is(RelationState.AVAILABLE));
		}
		catch (InvalidRelationDataException ex) {
			if (!this.source.isLive()) {
				throw ex;
			}
			this.publisher.setRefusal(ex);
			this.recorder.refused(ex, true);
		}
	}

	private RelationSnapshot read() {
		RelationView latestView = this.source.read();
		synchronized (this) {
			// The same instance is the usual case, in which there is nothing to derive
			if (latestView != this.view) {
				this.derived = RelationSnapshot.derive(latestView);
				this.view = latestView;
			}
			return this.derived;
		}
	}

	private void recordRefresh(RelationSnapshot snapshot) {
		this.recorder.refreshed(
				snapshot.equals(this.latest) ? RelationStatus.Outcome.UNCHANGED : RelationStatus.Outcome.CHANGED);
	}

	private void update(RelationSnapshot snapshot) {
		this.relation.update(snapshot);
		this.recorder.update(snapshot.states());
	}

	/**
	 * Publish what has not been published yet, on the caller's thread, and from now on
	 * what changes, on the refresh thread.
	 */
	public void start() {
		boolean refused;
		synchronized (this) {
			this.publisher.start();
			refused = this.retries > 0;
		}
		this.publisher.publishPending();
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
		synchronized (this) {
			this.publisher.stop();
			cancel(this.retry);
		}
	}

	private static void cancel(@Nullable ScheduledFuture<?> task) {
		if (task != null) {
			task.cancel(false);
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
				this.unreadable = null;
				recordRefresh(snapshot);
				if (snapshot.equals(this.latest) && !outdated) {
					// Another refresh may have read the same and not published it yet
					return this.applying;
				}
				this.latest = snapshot;
				this.retries = 0;
				cancel(this.retry);
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
	private synchronized boolean setUnreadable(RuntimeException failure) {
		String message = String.valueOf(failure.getMessage());
		boolean news = !message.equals(this.unreadable);
		this.recorder.refreshed(RelationStatus.Outcome.FAILED);
		this.recorder.refused(failure, news);
		if (!news) {
			return false;
		}
		this.unreadable = message;
		this.publisher.setRefusal(failure);
		return true;
	}

	private CompletableFuture<Void> apply(RelationSnapshot snapshot) {
		CompletableFuture<Void> applied;
		try {
			applied = this.applier.apply(snapshot);
		}
		catch (RuntimeException ex) {
			applied = CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<Void> settled = applied.handleAsync((result, failure) -> {
			settle(snapshot, (failure instanceof CompletionException) ? failure.getCause() : failure);
			return null;
		}, this.refreshExecutor);
		synchronized (this) {
			this.applying = settled;
		}
		return settled;
	}

	private void settle(RelationSnapshot snapshot, @Nullable Throwable failure) {
		synchronized (this) {
			if (!snapshot.equals(this.latest)) {
				// Superseded by a later snapshot, whose events cover both
				return;
			}
			update(snapshot);
			if (failure == null) {
				if (this.retries > 0) {
					logger.info(LogMessage.format("Relation '%s': the data that was refused is in use now",
							this.relation.getName()));
				}
				this.retries = 0;
				this.publisher.setServing(snapshot.is(RelationState.AVAILABLE));
			}
			else {
				boolean first = this.retries == 0;
				this.publisher.setRefusal(first ? failure : null);
				this.recorder.refused(failure, first);
				if (!(failure instanceof InvalidRelationDataException)) {
					retryLater(snapshot);
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
			logger.info(LogMessage.format("Relation '%s': all members that can be reached are served with the new data",
					this.relation.getName()));
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

	private void retryLater(RelationSnapshot snapshot) {
		long delay = Math.min(FIRST_RETRY.toMillis() << Math.min(this.retries, 10), MAX_RETRY.toMillis());
		this.retries++;
		cancel(this.retry);
		if (!this.publisher.isStarted()) {
			return;
		}
		this.retry = this.refreshExecutor.schedule(() -> apply(snapshot), delay, TimeUnit.MILLISECONDS);
	}

}
