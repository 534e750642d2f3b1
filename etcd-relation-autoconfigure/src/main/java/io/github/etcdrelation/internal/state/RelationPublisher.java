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

import java.util.function.BooleanSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Publishes the events of one relation while it is started. What changes before waits.
 */
final class RelationPublisher {

	private static final Log logger = LogFactory.getLog(RelationReconciler.class);

	private final RelationLog log;

	private final DefaultEtcdRelation relation;

	private final ApplicationEventPublisher publisher;

	private final BooleanSupplier serving;

	@GuardedBy("this")
	private RelationSnapshot published = RelationSnapshot.NONE;

	@GuardedBy("this")
	private @Nullable Throwable refusal;

	@GuardedBy("this")
	private boolean started;

	RelationPublisher(RelationLog log, DefaultEtcdRelation relation, ApplicationEventPublisher publisher,
			BooleanSupplier serving) {
		this.log = log;
		this.relation = relation;
		this.publisher = publisher;
		this.serving = serving;
	}

	synchronized void start() {
		this.started = true;
	}

	synchronized void stop() {
		this.started = false;
	}

	synchronized boolean isStarted() {
		return this.started;
	}

	/**
	 * Record why the latest data was refused, {@code null} to publish no failure.
	 */
	synchronized void setRefusal(@Nullable Throwable refusal) {
		this.refusal = refusal;
	}

	/**
	 * Publish what has changed since this was last called, on the caller's thread.
	 */
	void publishPending() {
		RelationTransition transition;
		Throwable refused;
		synchronized (this) {
			if (!this.started) {
				return;
			}
			transition = new RelationTransition(this.published, this.relation.getSnapshot());
			this.published = transition.after();
			refused = this.refusal;
			this.refusal = null;
		}
		transition.events(this.relation).forEach(this::publish);
		if (refused != null) {
			this.log.refused(this.log.reason(refused), this.serving.getAsBoolean());
			publish(new EtcdRotationFailedEvent(this.relation, refused));
		}
	}

	/**
	 * Publish an event, whose listeners may throw.
	 */
	void publish(EtcdRelationEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error(LogMessage.format("A listener failed on %s of relation '%s'", event.getClass().getSimpleName(),
					event.getRelationName()), ex);
		}
	}

}
