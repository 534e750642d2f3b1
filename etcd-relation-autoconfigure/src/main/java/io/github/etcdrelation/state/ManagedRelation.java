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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.event.EtcdRelationEvent;
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

	private final RelationSource source;

	private final RelationFollower follower;

	private final ApplicationEventPublisher publisher;

	private final LiveRelation relation;

	private final Executor refreshExecutor;

	private RelationData latest = RelationData.NONE;

	private RelationData told = RelationData.NONE;

	private @Nullable Throwable refusal;

	private boolean telling;

	/**
	 * Create a relation that has not read its source yet.
	 * @param source where the data comes from; it tells the name too
	 * @param follower what puts the data to use
	 * @param publisher takes the events
	 * @param refreshExecutor runs one task at a time
	 */
	public ManagedRelation(RelationSource source, RelationFollower follower, ApplicationEventPublisher publisher,
			Executor refreshExecutor) {
		this.source = source;
		this.follower = follower;
		this.publisher = publisher;
		this.relation = new LiveRelation(source.getRelationName());
		this.refreshExecutor = refreshExecutor;
	}

	/**
	 * Return the relation as the application sees it.
	 * @return the relation
	 */
	public EtcdRelation getRelation() {
		return this.relation;
	}

	/**
	 * Read the source for the first time, on the caller's thread and without telling
	 * anyone.
	 * @throws RuntimeException if the data was refused
	 */
	public synchronized void load() {
		RelationData data = RelationData.derive(this.source.read());
		this.latest = data;
		this.relation.update(data);
		this.follower.follow(data).join();
	}

	/**
	 * Tell what has not been told yet, on the caller's thread, and from now on what
	 * differs.
	 */
	public void start() {
		synchronized (this) {
			this.telling = true;
		}
		tell();
	}

	/**
	 * Tell nothing until started again.
	 */
	public synchronized void stop() {
		this.telling = false;
	}

	/**
	 * Read the source and act on what differs, on the refresh thread.
	 * @return completed when the events are published
	 */
	public CompletableFuture<Void> refresh() {
		return CompletableFuture.supplyAsync(this::readAndFollow, this.refreshExecutor)
			.thenCompose((outcome) -> outcome);
	}

	private CompletableFuture<Void> readAndFollow() {
		RelationData data;
		CompletableFuture<Void> followed;
		try {
			data = RelationData.derive(this.source.read());
			synchronized (this) {
				if (data.equals(this.latest)) {
					return CompletableFuture.completedFuture(null);
				}
				this.latest = data;
			}
		}
		catch (RuntimeException ex) {
			publish(new EtcdRotationFailedEvent(this.relation, ex));
			return CompletableFuture.completedFuture(null);
		}
		try {
			followed = this.follower.follow(data);
		}
		catch (RuntimeException ex) {
			followed = CompletableFuture.failedFuture(ex);
		}
		return followed.handleAsync((result, failure) -> {
			settle(data, failure);
			return null;
		}, this.refreshExecutor);
	}

	private void settle(RelationData data, @Nullable Throwable failure) {
		synchronized (this) {
			if (!data.equals(this.latest)) {
				// Later data has come meanwhile and tells for both
				return;
			}
			this.relation.update(data);
			this.refusal = failure;
		}
		tell();
	}

	private void tell() {
		RelationTransition transition;
		Throwable refused;
		synchronized (this) {
			if (!this.telling) {
				return;
			}
			transition = new RelationTransition(this.told, this.relation.getData());
			this.told = transition.after();
			refused = this.refusal;
			this.refusal = null;
		}
		transition.events(this.relation).forEach(this::publish);
		if (refused != null) {
			publish(new EtcdRotationFailedEvent(this.relation, unwrap(refused)));
		}
	}

	private static Throwable unwrap(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
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
