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

package io.github.etcdrelation.internal.provider;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.event.EtcdProviderDisconnectedEvent;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.log.LogMessage;

/**
 * Records what is offered, writes it to every relation that does not have it yet, and
 * publishes whether the other side is there. As a lifecycle it starts after all listeners
 * are registered and before the web server accepts requests.
 */
public final class ManagedProvider implements EtcdRelationProvider, SmartLifecycle, AutoCloseable {

	private static final Duration LAST_WRITE = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(ManagedProvider.class);

	private final String name;

	private final ProviderTarget target;

	private final ApplicationEventPublisher publisher;

	private final ScheduledExecutorService refreshExecutor;

	private final Duration pollInterval;

	private final Map<String, String> offered = new TreeMap<>();

	private volatile boolean connected;

	private boolean published;

	private volatile boolean started;

	private volatile boolean forgetting;

	private @Nullable String failure;

	private volatile @Nullable ScheduledFuture<?> poll;

	/**
	 * Create a provider that has not checked its target yet.
	 * @param name the name of the relation on the provider's side
	 * @param target where what is offered is written
	 * @param publisher publishes the events
	 * @param refreshExecutor runs one task at a time, shut down with the provider
	 * @param pollInterval the time between checks of the target
	 */
	public ManagedProvider(String name, ProviderTarget target, ApplicationEventPublisher publisher,
			ScheduledExecutorService refreshExecutor, Duration pollInterval) {
		this.name = name;
		this.target = target;
		this.publisher = publisher;
		this.refreshExecutor = refreshExecutor;
		this.pollInterval = pollInterval;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public boolean isConnected() {
		return this.connected;
	}

	@Override
	public void setConnectionString(@Nullable String connectionString, @Nullable String version) {
		Map<String, String> values = new TreeMap<>();
		values.put(RelationSnapshot.CONNECTION_STRING, orEmpty(connectionString));
		values.put(RelationSnapshot.VERSION, orEmpty(version));
		offer(values);
	}

	@Override
	public void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca) {
		Map<String, String> values = new TreeMap<>();
		values.put(RelationSnapshot.CLIENT_KEY, orEmpty(key));
		values.put(RelationSnapshot.CLIENT_CERT, orEmpty(cert));
		values.put(RelationSnapshot.CLIENT_CA, orEmpty(ca));
		offer(values);
	}

	private static String orEmpty(@Nullable String value) {
		return (value != null) ? value : "";
	}

	private synchronized void offer(Map<String, String> values) {
		this.offered.putAll(values);
		publishOffered();
	}

	private void publishOffered() {
		if (this.forgetting) {
			this.forgetting = false;
			this.target.forget();
		}
		this.target.publish(this.offered);
	}

	/**
	 * Check the target for the first time, without publishing events.
	 */
	public synchronized void load() {
		check();
	}

	/**
	 * Publish whether the other side is there, on the caller's thread, and from now on
	 * each change on the refresh thread.
	 */
	@Override
	public void start() {
		this.started = true;
		refresh();
		long interval = this.pollInterval.toNanos();
		this.poll = this.refreshExecutor.scheduleWithFixedDelay(this::refresh, interval, interval,
				TimeUnit.NANOSECONDS);
	}

	/**
	 * Stop publishing until started again. What is offered is then written everywhere
	 * again, since another hook may be running.
	 */
	@Override
	public void stop() {
		// Without the lock, which a running hook tool may hold
		this.started = false;
		ScheduledFuture<?> running = this.poll;
		if (running != null) {
			running.cancel(false);
		}
		this.forgetting = true;
	}

	@Override
	public boolean isRunning() {
		return this.started;
	}

	@Override
	public int getPhase() {
		return RefreshExecutor.PHASE;
	}

	private void refresh() {
		ApplicationEvent event;
		synchronized (this) {
			if (!this.started) {
				return;
			}
			check();
			event = transition();
		}
		if (event != null) {
			publish(event);
		}
	}

	private void check() {
		try {
			this.connected = this.target.isConnected();
			if (!this.offered.isEmpty()) {
				publishOffered();
			}
			this.failure = null;
		}
		catch (InvalidRelationDataException ex) {
			String message = String.valueOf(ex.getMessage());
			if (!message.equals(this.failure)) {
				this.failure = message;
				logger.warn(LogMessage.format("%s: this is tried again: %s", this, message));
			}
		}
	}

	private @Nullable ApplicationEvent transition() {
		if (this.connected == this.published) {
			return null;
		}
		this.published = this.connected;
		return this.published ? new EtcdProviderConnectedEvent(this) : new EtcdProviderDisconnectedEvent(this);
	}

	private void publish(ApplicationEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error(LogMessage.format("A listener failed on %s of provider '%s'", event.getClass().getSimpleName(),
					this.name), ex);
		}
	}

	@Override
	public void close() {
		stop();
		this.refreshExecutor.shutdown();
		try {
			this.refreshExecutor.awaitTermination(LAST_WRITE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.refreshExecutor.shutdownNow();
	}

	@Override
	public String toString() {
		return "EtcdRelationProvider[name=" + this.name + ", connected=" + this.connected + "]";
	}

}
