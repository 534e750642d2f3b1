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

package io.github.etcdrelation.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.internal.state.IsolatingEventPublisher;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.log.LogMessage;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Watches what was imported while the application runs, and publishes what changes.
 */
final class ConfigWatches implements SmartLifecycle, DisposableBean {

	private static final Log logger = LogFactory.getLog(ConfigWatches.class);

	private static final long IDLE_SECONDS = 30;

	private static final long STOP_SECONDS = 5;

	private final Set<LiveConfig> changed = ConcurrentHashMap.newKeySet();

	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), newThreads(), new ThreadPoolExecutor.DiscardPolicy());

	/**
	 * Held while properties are changed and listeners are called.
	 */
	private final ReentrantLock updating = new ReentrantLock();

	private final @Nullable ConfigImport configImport;

	private final Supplier<@Nullable Client> successor;

	private final boolean enabled;

	private final ApplicationEventPublisher publisher;

	private final MutablePropertySources propertySources;

	private final List<ConfigWatch> watches = new ArrayList<>();

	private volatile boolean running;

	/**
	 * Create watches that do not run.
	 * @param configImport what was imported, {@code null} if nothing was
	 * @param successor creates a client of the context's relation, {@code null} without
	 * one
	 * @param enabled whether to watch
	 * @param context the context to publish in
	 */
	ConfigWatches(@Nullable ConfigImport configImport, Supplier<@Nullable Client> successor, boolean enabled,
			ConfigurableApplicationContext context) {
		this.configImport = configImport;
		this.successor = successor;
		this.enabled = enabled;
		this.publisher = new IsolatingEventPublisher(context);
		this.propertySources = context.getEnvironment().getPropertySources();
		this.executor.allowCoreThreadTimeOut(true);
		if (configImport != null && configImport.isReplaced()) {
			Client replacement = successor.get();
			if (replacement != null) {
				configImport.replace(replacement);
			}
		}
	}

	private static ThreadFactory newThreads() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("etcd-config-");
		threads.setDaemon(true);
		return threads;
	}

	@Override
	public void start() {
		this.running = true;
		if (this.configImport != null && this.enabled) {
			this.configImport.setListener(this::watch);
		}
	}

	private void watch(LiveConfig config) {
		Client client = (this.configImport != null) ? this.configImport.getClient() : null;
		if (client != null) {
			ConfigWatch watch = new ConfigWatch(client, config, this::change);
			synchronized (this.watches) {
				this.watches.add(watch);
			}
			watch.start();
		}
	}

	/**
	 * Have properties changed and that published, one location at a time: who binds them
	 * anew meanwhile gets those of one revision. Snapshots that come during that wait, of
	 * which the last one counts.
	 */
	private void change(LiveConfig config) {
		if (this.changed.add(config)) {
			try {
				this.executor.execute(() -> apply(config));
			}
			catch (OutOfMemoryError ex) {
				// No thread: a later change is another chance
				this.changed.remove(config);
				throw ex;
			}
		}
	}

	private void apply(LiveConfig config) {
		this.updating.lock();
		try {
			this.changed.remove(config);
			if (this.running) {
				update(config);
			}
		}
		finally {
			this.updating.unlock();
		}
	}

	private void update(LiveConfig config) {
		Set<String> names;
		try {
			names = config.update((source) -> this.propertySources.contains(source.getName()));
		}
		catch (EtcdConfigException ex) {
			logger.warn(LogMessage.format("%s. What was in use before remains", ex.getMessage()));
			return;
		}
		if (!names.isEmpty()) {
			List<EtcdPropertySource> sources = config.getPropertySources();
			this.publisher.publishEvent(new EtcdConfigChangedEvent(sources.get(sources.size() - 1),
					config.getLocation().toString(), config.getProperties().revision(), names));
		}
		config.save();
	}

	/**
	 * End the watches, and let a listener that runs finish before the beans that it uses
	 * are destroyed.
	 */
	@Override
	public void stop() {
		this.running = false;
		if (this.configImport != null) {
			this.configImport.setListener(null);
		}
		List<ConfigWatch> stopped;
		synchronized (this.watches) {
			stopped = List.copyOf(this.watches);
			this.watches.clear();
		}
		stopped.forEach(ConfigWatch::stop);
		try {
			// Not for the listener that stops the context
			if (this.updating.tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
				this.updating.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		// After the relations, which tell their states first, and before web servers
		return RefreshExecutor.PHASE + 1;
	}

	@Override
	public void destroy() {
		if (this.running) {
			stop();
		}
		if (this.updating.isLocked() && !this.updating.isHeldByCurrentThread()) {
			this.executor.shutdownNow();
		}
		this.executor.shutdown();
		if (this.configImport != null) {
			this.configImport.destroy();
		}
	}

}
