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

package io.github.etcdrelation.integration;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.DefaultLeaderEventPublisher;
import org.springframework.integration.leader.event.LeaderEventPublisher;
import org.springframework.integration.leader.event.OnFailedToAcquireMutexEvent;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.util.Assert;

/**
 * Has a {@link Candidate} take part in the election of the leader of its role among all
 * processes that use the same prefix. Candidates lead in the order in which they came.
 * <p>
 * A leadership that ends because etcd cannot be reached is revoked, with an
 * {@link OnRevokedEvent}, before anyone else is granted it, as long as the candidate and
 * the listeners of that event need less than a tenth of the time to live of the
 * {@link EtcdSession}. {@link Context#isLeader()} goes by the clock and is false from the
 * moment on at which it ends. A leadership that is yielded or stopped is revoked when
 * what was called to grant it has returned, and nobody else is granted it until what was
 * called to revoke it has returned too.
 * <p>
 * The candidate and the listeners of events are called on threads of their own. That of
 * {@link OnGrantedEvent} and {@link Candidate#onGranted(Context)} is interrupted when the
 * leadership ends. What does not return then is logged, and waited for no longer than the
 * time to live, 10 seconds at most, or a tenth of it if the lease is lost: the leadership
 * is revoked and others lead, while this process takes part again only once all has
 * returned. If that was what was called to grant the leadership, it is revoked once more
 * before, as it may have taken effect after the first time.
 * <p>
 * Thread-safe; may be stopped by what it calls, which is not waited for then.
 *
 * @since 0.1.0
 */
public class LeaderInitiator implements SmartLifecycle, DisposableBean, ApplicationEventPublisherAware {

	/**
	 * The prefix of the keys unless another one is given.
	 */
	public static final String DEFAULT_PREFIX = "/spring-integration/leaders/";

	private static final Log logger = LogFactory.getLog(LeaderInitiator.class);

	private final EtcdSession session;

	private final Candidate candidate;

	private final EtcdQueue queue;

	private volatile @Nullable LeaderEventPublisher leaderEventPublisher;

	private volatile boolean publishFailedEvents;

	private boolean autoStartup = true;

	private int phase = Integer.MAX_VALUE - 1000;

	/**
	 * The election that the candidate takes part in, or did last.
	 */
	@GuardedBy("this")
	private @Nullable LeaderElection election;

	@GuardedBy("this")
	private boolean running;

	/**
	 * Create an initiator with the default prefix.
	 * @param session the session of the process
	 * @param candidate the candidate
	 */
	public LeaderInitiator(EtcdSession session, Candidate candidate) {
		this(session, candidate, DEFAULT_PREFIX);
	}

	/**
	 * Create an initiator.
	 * @param session the session of the process
	 * @param candidate the candidate
	 * @param prefix the prefix of the keys in etcd
	 */
	public LeaderInitiator(EtcdSession session, Candidate candidate, String prefix) {
		Assert.notNull(session, "'session' must not be null");
		Assert.notNull(candidate, "'candidate' must not be null");
		Assert.hasText(prefix, "'prefix' must not be empty");
		this.session = session;
		this.candidate = candidate;
		this.queue = new EtcdQueue(session, prefix, candidate.getRole());
	}

	@Override
	public void setApplicationEventPublisher(ApplicationEventPublisher eventPublisher) {
		if (this.leaderEventPublisher == null) {
			this.leaderEventPublisher = new DefaultLeaderEventPublisher(eventPublisher);
		}
	}

	/**
	 * Set what publishes the events.
	 * @param leaderEventPublisher the publisher, application events by default
	 */
	public void setLeaderEventPublisher(LeaderEventPublisher leaderEventPublisher) {
		this.leaderEventPublisher = leaderEventPublisher;
	}

	/**
	 * Set whether an {@link OnFailedToAcquireMutexEvent} is published when the candidate
	 * finds another one leading, and when etcd cannot be asked.
	 * @param publishFailedEvents whether it is published, not by default
	 */
	public void setPublishFailedEvents(boolean publishFailedEvents) {
		this.publishFailedEvents = publishFailedEvents;
	}

	/**
	 * Set whether the candidate takes part from the start of the context on.
	 * @param autoStartup whether it does, by default so
	 */
	public void setAutoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

	@Override
	public boolean isAutoStartup() {
		return this.autoStartup;
	}

	/**
	 * Set the phase of the lifecycle.
	 * @param phase the phase, late by default
	 */
	public void setPhase(int phase) {
		this.phase = phase;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	/**
	 * Return the context of the current leadership.
	 * @return the context, one that does not lead if there is none
	 */
	public Context getContext() {
		LeaderElection current = getElection();
		LeaderTerm term = (current != null) ? current.getTerm() : null;
		return (term != null) ? term : new NoLeadership(this.candidate.getRole());
	}

	private synchronized @Nullable LeaderElection getElection() {
		return this.election;
	}

	/**
	 * Begin the candidacy, as soon as all that was called for the one before has
	 * returned.
	 */
	@Override
	public synchronized void start() {
		if (this.running) {
			return;
		}
		CompletableFuture<Void> before = (this.election != null) ? this.election.getEnded()
				: CompletableFuture.completedFuture(null);
		LeaderElection next = new LeaderElection(this.queue, this.candidate, new Events(), this.session.getTimeToLive(),
				before);
		next.start();
		this.election = next;
		this.running = true;
	}

	/**
	 * End the candidacy, and revoke its leadership before this returns.
	 */
	@Override
	public void stop() {
		LeaderElection stopped;
		synchronized (this) {
			this.running = false;
			stopped = this.election;
		}
		if (stopped != null) {
			stopped.stop();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	@Override
	public void destroy() {
		stop();
	}

	private final class Events implements LeaderElection.LeaderListener {

		@Override
		public void granted(Context context) {
			publish((publisher) -> publisher.publishOnGranted(LeaderInitiator.this, context, role()));
		}

		@Override
		public void revoked(Context context) {
			publish((publisher) -> publisher.publishOnRevoked(LeaderInitiator.this, context, role()));
		}

		@Override
		public void failed() {
			if (LeaderInitiator.this.publishFailedEvents) {
				publish((publisher) -> publisher.publishOnFailedToAcquire(LeaderInitiator.this, getContext(), role()));
			}
		}

		private String role() {
			return LeaderInitiator.this.candidate.getRole();
		}

		private void publish(Consumer<LeaderEventPublisher> event) {
			LeaderEventPublisher publisher = LeaderInitiator.this.leaderEventPublisher;
			if (publisher == null) {
				return;
			}
			try {
				event.accept(publisher);
			}
			catch (Throwable ex) {
				logger.warn("A listener failed on an event of the leadership of '%s'".formatted(role()), ex);
			}
		}

	}

	/**
	 * The context of a candidate that does not lead.
	 */
	private record NoLeadership(String role) implements Context {

		@Override
		public boolean isLeader() {
			return false;
		}

		@Override
		public String getRole() {
			return this.role;
		}

	}

}
