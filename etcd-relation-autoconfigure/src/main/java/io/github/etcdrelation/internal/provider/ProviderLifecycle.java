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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.event.EtcdProviderDisconnectedEvent;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.log.LogMessage;

/**
 * Checks regularly whether the other side is there and has what is offered, and publishes
 * events. It starts after all listeners are registered and before the web server accepts
 * requests. What subclasses implement runs with its lock.
 */
public abstract class ProviderLifecycle implements EtcdRelationProvider, SmartLifecycle, AutoCloseable {

	private static final Duration LAST_WRITE = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(ProviderLifecycle.class);

	private final String name;

	private final ApplicationEventPublisher publisher;

	private final ScheduledExecutorService refreshExecutor;

	private final Duration pollInterval;

	// No monitor: a virtual thread that waits while a hook tool runs would hold a carrier
	private final ReentrantLock lock = new ReentrantLock();

	private volatile boolean connected;

	private boolean published;

	private volatile boolean started;

	private volatile boolean forgetting;

	private @Nullable String failure;

	private volatile @Nullable ScheduledFuture<?> poll;

	ProviderLifecycle(String name, ApplicationEventPublisher publisher, ScheduledExecutorService refreshExecutor,
			Duration pollInterval) {
		this.name = name;
		this.publisher = publisher;
		this.refreshExecutor = refreshExecutor;
		this.pollInterval = pollInterval;
	}

	/**
	 * Return whether the other side is there.
	 * @return whether it is there
	 * @throws InvalidRelationDataException if that cannot be determined
	 */
	abstract boolean checkConnected();

	/**
	 * Read what the other side publishes, if anything, and write what is offered wherever
	 * it is missing.
	 * @throws InvalidRelationDataException if not all of it can be read or written
	 */
	abstract void update();

	/**
	 * Forget what has been written, so that the next time all of it is compared or
	 * written again.
	 */
	abstract void forget();

	/**
	 * Return events about what has gone, published before that of a connection.
	 * @return the events
	 */
	List<ApplicationEvent> takeLosses() {
		return Collections.emptyList();
	}

	/**
	 * Return events about what has come, published after that of a connection.
	 * @return the events
	 */
	List<ApplicationEvent> takeGains() {
		return Collections.emptyList();
	}

	@Override
	public final String getName() {
		return this.name;
	}

	@Override
	public final boolean isConnected() {
		return this.connected;
	}

	/**
	 * Run what must not run beside a check of the other side.
	 */
	final void locked(Runnable action) {
		this.lock.lock();
		try {
			action.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forget what has been written, if the provider was stopped since.
	 */
	final void forgetIfStopped() {
		if (this.forgetting) {
			this.forgetting = false;
			forget();
		}
	}

	/**
	 * Check the other side for the first time, without publishing events.
	 */
	public final void load() {
		locked(this::check);
	}

	/**
	 * Publish whether the other side is there, on the caller's thread, and from now on
	 * each change on the refresh thread.
	 */
	@Override
	public final void start() {
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
	public final void stop() {
		// Without the lock, which a running hook tool may hold
		this.started = false;
		ScheduledFuture<?> running = this.poll;
		if (running != null) {
			running.cancel(false);
		}
		this.forgetting = true;
	}

	@Override
	public final boolean isRunning() {
		return this.started;
	}

	@Override
	public final int getPhase() {
		return RefreshExecutor.PHASE;
	}

	private void refresh() {
		List<ApplicationEvent> events = new ArrayList<>();
		locked(() -> {
			if (this.started) {
				check();
				events.addAll(transition());
			}
		});
		events.forEach(this::publish);
	}

	private void check() {
		try {
			this.connected = checkConnected();
			forgetIfStopped();
			update();
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

	private List<ApplicationEvent> transition() {
		List<ApplicationEvent> events = new ArrayList<>(takeLosses());
		if (this.connected != this.published) {
			this.published = this.connected;
			events.add(this.published ? new EtcdProviderConnectedEvent(this) : new EtcdProviderDisconnectedEvent(this));
		}
		events.addAll(takeGains());
		return events;
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
	public final void close() {
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
	public final String toString() {
		return "EtcdRelationProvider[name=" + this.name + ", connected=" + this.connected + "]";
	}

}
