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

package io.github.etcdrelation.provider;

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
import io.github.etcdrelation.state.RelationData;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Remembers what is offered, has it told to whoever has not been told yet, and tells the
 * application whether someone is there.
 *
 * @since 0.1.0
 */
public final class ManagedProvider implements EtcdRelationProvider, AutoCloseable {

	private static final Duration LAST_WRITE = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(ManagedProvider.class);

	private final String name;

	private final ProviderTarget target;

	private final ApplicationEventPublisher publisher;

	private final ScheduledExecutorService refreshExecutor;

	private final Duration pollInterval;

	private final Map<String, String> offered = new TreeMap<>();

	private volatile boolean connected;

	private boolean told;

	private volatile boolean telling;

	private volatile boolean forgetting;

	private @Nullable String failure;

	private volatile @Nullable ScheduledFuture<?> poll;

	/**
	 * Create a provider that has not looked at its target yet.
	 * @param name the name of the relation on the provider's side
	 * @param target where what is offered is told
	 * @param publisher takes the events
	 * @param refreshExecutor runs one task at a time, shut down with the provider
	 * @param pollInterval how often the target is looked at
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
		values.put(RelationData.CONNECTION_STRING, orEmpty(connectionString));
		values.put(RelationData.VERSION, orEmpty(version));
		offer(values);
	}

	@Override
	public void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca) {
		Map<String, String> values = new TreeMap<>();
		values.put(RelationData.CLIENT_KEY, orEmpty(key));
		values.put(RelationData.CLIENT_CERT, orEmpty(cert));
		values.put(RelationData.CLIENT_CA, orEmpty(ca));
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
	 * Look at the target for the first time, without telling the application.
	 */
	public synchronized void load() {
		look();
	}

	/**
	 * Tell the application whether someone is there, on the caller's thread, and from now
	 * on when that changes.
	 */
	public void start() {
		this.telling = true;
		refresh();
		long interval = this.pollInterval.toNanos();
		this.poll = this.refreshExecutor.scheduleWithFixedDelay(this::refresh, interval, interval,
				TimeUnit.NANOSECONDS);
	}

	/**
	 * Tell the application nothing until started again. What is offered is then told
	 * everywhere again, for it may be another hook.
	 */
	public void stop() {
		// Not locked: a tool may be running
		this.telling = false;
		ScheduledFuture<?> running = this.poll;
		if (running != null) {
			running.cancel(false);
		}
		this.forgetting = true;
	}

	private void refresh() {
		ApplicationEvent event;
		synchronized (this) {
			if (!this.telling) {
				return;
			}
			look();
			event = transition();
		}
		if (event != null) {
			publish(event);
		}
	}

	private void look() {
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
		if (this.connected == this.told) {
			return null;
		}
		this.told = this.connected;
		return this.told ? new EtcdProviderConnectedEvent(this) : new EtcdProviderDisconnectedEvent(this);
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
