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

package io.github.etcdrelation.state;

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
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * One relation of the application: reads its source, has the data put to use and tells
 * what differs.
 *
 * @since 0.1.0
 */
public final class ManagedRelation {

	private static final Log logger = LogFactory.getLog(ManagedRelation.class);

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final Duration MAX_RETRY = Duration.ofSeconds(5);

	private final RelationSource source;

	private final RelationFollower follower;

	private final ApplicationEventPublisher publisher;

	private final LiveRelation relation;

	private final ScheduledExecutorService refreshExecutor;

	private final Duration pollInterval;

	private final RelationHistory history = new RelationHistory(Clock.systemUTC());

	private final AtomicBoolean refreshRequested = new AtomicBoolean();

	private @Nullable RelationView view;

	private RelationData derived = RelationData.NONE;

	private RelationData latest = RelationData.NONE;

	private RelationData told = RelationData.NONE;

	private CompletableFuture<Void> following = CompletableFuture.completedFuture(null);

	private @Nullable Throwable refusal;

	private @Nullable String unreadable;

	private @Nullable ScheduledFuture<?> poll;

	private @Nullable ScheduledFuture<?> retry;

	private int retries;

	private boolean telling;

	private boolean serving;

	/**
	 * Create a relation that has not read its source yet.
	 * @param source where the data comes from; it tells the name too
	 * @param follower what puts the data to use
	 * @param publisher takes the events
	 * @param refreshExecutor runs one task at a time
	 * @param pollInterval how often a live source is read beside when it tells of changes
	 */
	public ManagedRelation(RelationSource source, RelationFollower follower, ApplicationEventPublisher publisher,
			ScheduledExecutorService refreshExecutor, Duration pollInterval) {
		this.source = source;
		this.follower = follower;
		this.publisher = publisher;
		this.relation = new LiveRelation(source.getRelationName());
		this.refreshExecutor = refreshExecutor;
		this.pollInterval = pollInterval;
	}

	/**
	 * Return the relation as the application sees it.
	 * @return the relation
	 */
	public EtcdRelation getRelation() {
		return this.relation;
	}

	/**
	 * Return what happened to the relation so far.
	 * @return the status
	 */
	public RelationStatus getStatus() {
		return this.history.getStatus();
	}

	/**
	 * Read the source for the first time, on the caller's thread and without telling
	 * anyone.
	 * @throws InvalidRelationDataException if the data of a source that is not live was
	 * refused
	 */
	public void load() {
		RelationData data;
		try {
			data = read();
		}
		catch (RuntimeException ex) {
			if (!this.source.isLive()) {
				throw ex;
			}
			setUnreadable(ex);
			return;
		}
		synchronized (this) {
			noteRefresh(data);
			this.latest = data;
			show(data);
		}
		try {
			this.follower.follow(data).join();
			synchronized (this) {
				this.serving = data.is(RelationState.AVAILABLE);
			}
		}
		catch (InvalidRelationDataException ex) {
			if (!this.source.isLive()) {
				throw ex;
			}
			synchronized (this) {
				this.refusal = ex;
				this.history.refused(ex, true);
			}
		}
	}

	private RelationData read() {
		RelationView view = this.source.read();
		synchronized (this) {
			if (view == this.view) {
				// As nearly always, and then there is no need to look at it again
				return this.derived;
			}
		}
		RelationData data = RelationData.derive(view);
		synchronized (this) {
			this.view = view;
			this.derived = data;
		}
		return data;
	}

	private void noteRefresh(RelationData data) {
		this.history
			.refreshed(data.equals(this.latest) ? RelationStatus.Outcome.UNCHANGED : RelationStatus.Outcome.CHANGED);
	}

	private void show(RelationData data) {
		this.relation.update(data);
		this.history.show(data.states());
	}

	/**
	 * Tell what has not been told yet, on the caller's thread, and from now on what
	 * differs.
	 */
	public void start() {
		boolean refused;
		synchronized (this) {
			this.telling = true;
			refused = this.retries > 0;
		}
		tell();
		this.source.start(this::requestRefresh);
		if (refused) {
			// Go on where stop has left off
			followAgain();
		}
		if (this.source.isLive()) {
			pollLater();
		}
	}

	/**
	 * Poll at multiples of the interval, so that relations that have the same wake the
	 * processor once for all.
	 */
	private synchronized void pollLater() {
		if (this.telling) {
			cancel(this.poll);
			long interval = this.pollInterval.toNanos();
			this.poll = this.refreshExecutor.schedule(this::poll, interval - Math.floorMod(System.nanoTime(), interval),
					TimeUnit.NANOSECONDS);
		}
	}

	private void poll() {
		try {
			refreshNow();
		}
		finally {
			pollLater();
		}
	}

	/**
	 * Tell nothing until started again.
	 */
	public void stop() {
		this.source.stop();
		synchronized (this) {
			this.telling = false;
			cancel(this.poll);
			cancel(this.retry);
		}
	}

	private static void cancel(@Nullable ScheduledFuture<?> task) {
		if (task != null) {
			task.cancel(false);
		}
	}

	/**
	 * Have the source read soon; requests that come before that count as one.
	 */
	public void requestRefresh() {
		if (this.refreshRequested.compareAndSet(false, true)) {
			this.refreshExecutor.execute(this::refreshNow);
		}
	}

	private void refreshNow() {
		this.refreshRequested.set(false);
		readAndFollow();
	}

	/**
	 * Read the source and act on what differs, on the refresh thread.
	 * @return completed when the events are published
	 */
	public CompletableFuture<Void> refresh() {
		return CompletableFuture.supplyAsync(this::readAndFollow, this.refreshExecutor)
			.thenCompose((outcome) -> outcome);
	}

	/**
	 * Put the same data to use again, for something that it depends on has changed.
	 */
	public void followAgain() {
		this.refreshExecutor.execute(() -> {
			RelationData data;
			synchronized (this) {
				data = this.latest;
			}
			follow(data);
		});
	}

	private CompletableFuture<Void> readAndFollow() {
		RelationData data;
		try {
			data = read();
			synchronized (this) {
				this.unreadable = null;
				noteRefresh(data);
				if (data.equals(this.latest) && !this.follower.isOutdated()) {
					// Another refresh may have read the same and not told it yet
					return this.following;
				}
				this.latest = data;
				this.retries = 0;
				cancel(this.retry);
			}
		}
		catch (RuntimeException ex) {
			if (setUnreadable(ex)) {
				tell();
			}
			return CompletableFuture.completedFuture(null);
		}
		return follow(data);
	}

	/**
	 * Return whether that is news.
	 */
	private synchronized boolean setUnreadable(RuntimeException failure) {
		String message = String.valueOf(failure.getMessage());
		boolean news = !message.equals(this.unreadable);
		this.history.refreshed(RelationStatus.Outcome.FAILED);
		this.history.refused(failure, news);
		if (!news) {
			return false;
		}
		this.unreadable = message;
		this.refusal = failure;
		return true;
	}

	private CompletableFuture<Void> follow(RelationData data) {
		CompletableFuture<Void> followed;
		try {
			followed = this.follower.follow(data);
		}
		catch (RuntimeException ex) {
			followed = CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<Void> settled = followed.handleAsync((result, failure) -> {
			settle(data, (failure instanceof CompletionException) ? failure.getCause() : failure);
			return null;
		}, this.refreshExecutor);
		synchronized (this) {
			this.following = settled;
		}
		return settled;
	}

	private void settle(RelationData data, @Nullable Throwable failure) {
		synchronized (this) {
			if (!data.equals(this.latest)) {
				// Later data has come meanwhile and tells for both
				return;
			}
			show(data);
			if (failure == null) {
				if (this.retries > 0) {
					logger.info(LogMessage.format("Relation '%s': the data that was refused is in use now",
							this.relation.getName()));
				}
				this.retries = 0;
				this.serving = data.is(RelationState.AVAILABLE);
			}
			else {
				boolean first = this.retries == 0;
				this.refusal = first ? failure : null;
				this.history.refused(failure, first);
				if (!(failure instanceof InvalidRelationDataException)) {
					retryLater(data);
				}
			}
		}
		tell();
	}

	/**
	 * Publish that all members are served with the latest data.
	 */
	public void rotated() {
		publishLater(() -> {
			logger.info(LogMessage.format("Relation '%s': all members that can be reached are served with the new data",
					this.relation.getName()));
			publish(new EtcdRotatedEvent(this.relation));
		});
	}

	/**
	 * Publish that members refuse the latest data although others have accepted it.
	 * @param reason which and why
	 */
	public void rotationFailed(Throwable reason) {
		publishLater(() -> {
			this.history.refused(reason, true);
			logger.warn(reason.getMessage());
			publish(new EtcdRotationFailedEvent(this.relation, reason));
		});
	}

	/**
	 * Publish after the events of the data that is being applied.
	 */
	private void publishLater(Runnable publication) {
		this.refreshExecutor.execute(() -> {
			CompletableFuture<Void> former;
			synchronized (this) {
				former = this.following;
			}
			former.whenCompleteAsync((result, failure) -> {
				boolean started;
				synchronized (this) {
					started = this.telling;
				}
				if (started) {
					publication.run();
				}
			}, this.refreshExecutor);
		});
	}

	private void retryLater(RelationData data) {
		long delay = Math.min(FIRST_RETRY.toMillis() << Math.min(this.retries, 10), MAX_RETRY.toMillis());
		this.retries++;
		cancel(this.retry);
		if (!this.telling) {
			return;
		}
		this.retry = this.refreshExecutor.schedule(() -> follow(data), delay, TimeUnit.MILLISECONDS);
	}

	private void tell() {
		RelationTransition transition;
		Throwable refused;
		boolean serving;
		synchronized (this) {
			if (!this.telling) {
				return;
			}
			transition = new RelationTransition(this.told, this.relation.getData());
			this.told = transition.after();
			refused = this.refusal;
			this.refusal = null;
			serving = this.serving;
		}
		transition.events(this.relation).forEach(this::publish);
		if (refused != null) {
			logger.warn(LogMessage.format("Relation '%s': new data was refused%s: %s", this.relation.getName(),
					serving ? ", what was in use before still serves" : "", refused.getMessage()));
			publish(new EtcdRotationFailedEvent(this.relation, refused));
		}
	}

	private void publish(EtcdRelationEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error(LogMessage.format("A listener failed on %s of relation '%s'", event.getClass().getSimpleName(),
					event.getRelationName()), ex);
		}
	}

}
