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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.BootstrapRelation;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.bootstrap.BootstrapContext;
import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.env.PropertySource;
import org.springframework.core.log.LogMessage;

/**
 * All imports of an application, over one connection and at one revision. Begins before
 * the application context, of which it becomes a singleton. Thread-safe.
 */
final class ConfigImport implements DisposableBean {

	private static final String AHEAD_OF_TIME = "spring.aot.processing";

	private static final String RELATION_REMEDY = "Set etcd.relation.connection-string or etcd.relation.directory where it is known before configuration is imported: in the environment, on the command line, or in the file that has spring.config.import; or begin the location with 'optional:'";

	private final Log logger;

	private final EtcdConfigProperties properties;

	private final ConfigCache cache;

	private final Map<EtcdConfigDataResource, LiveConfig> configs = new LinkedHashMap<>();

	private Binder binder;

	private @Nullable BootstrapRelation relation;

	private @Nullable Client client;

	private @Nullable EtcdConfigException unavailable;

	private long revision;

	private @Nullable Consumer<LiveConfig> listener;

	private boolean attached;

	ConfigImport(Binder binder, DeferredLogFactory logFactory) {
		this.binder = binder;
		this.logger = logFactory.getLog(ConfigImport.class);
		this.properties = binder.bindOrCreate("etcd.config", EtcdConfigProperties.class);
		this.cache = new ConfigCache(this.properties.getCache().getDirectory(), namespace(binder), this.logger);
	}

	/**
	 * Return what keys with the same name are told apart by.
	 */
	private static String namespace(Binder binder) {
		return binder.bind("etcd.relation.name", String.class).orElse("") + "\n"
				+ binder.bind("etcd.relation.client.namespace", String.class).orElse("");
	}

	static ConfigImport of(BootstrapContext context) {
		return Objects.requireNonNull(context.get(ConfigImport.class));
	}

	/**
	 * Set the binder of what is known by now, which may be more than before.
	 */
	synchronized void setBinder(Binder binder) {
		this.binder = binder;
	}

	/**
	 * Return the configuration of a location.
	 * @param resource the location
	 * @return the configuration, empty where nothing is imported
	 */
	synchronized ConfigData load(EtcdConfigDataResource resource) {
		if (!this.properties.isEnabled() || Boolean.getBoolean(AHEAD_OF_TIME)) {
			return ConfigData.EMPTY;
		}
		LiveConfig config = this.configs.get(resource);
		if (config == null) {
			config = open(resource);
			this.configs.put(resource, config);
			if (this.listener != null) {
				this.listener.accept(config);
			}
		}
		List<PropertySource<?>> sources = new ArrayList<>(config.getPropertySources());
		ConfigData.Option[] options = resource.isProfileSpecific()
				? new ConfigData.Option[] { ConfigData.Option.PROFILE_SPECIFIC } : new ConfigData.Option[0];
		return new ConfigData(sources, options);
	}

	private LiveConfig open(EtcdConfigDataResource resource) {
		EtcdConfigLocation location = resource.getLocation();
		ConfigSnapshot snapshot;
		try {
			snapshot = read(location);
		}
		catch (EtcdConfigException ex) {
			if (!ex.isUnavailable()) {
				throw ex;
			}
			ConfigSnapshot copy = this.cache.read(location);
			if (copy != null) {
				this.logger.warn(LogMessage.format("%s. The copy of revision %d is used until etcd can be read",
						ex.getMessage(), copy.revision()));
				return LiveConfig.outdated(resource, copy, this.cache);
			}
			if (resource.isStartedWithout()) {
				this.logger.warn(
						LogMessage.format("%s. It is optional, so the application starts without it", ex.getMessage()));
				return LiveConfig.outdated(resource, ConfigSnapshot.NONE, this.cache);
			}
			throw ex;
		}
		if (snapshot.entries().isEmpty() && resource.isMandatory()) {
			throw new ConfigDataResourceNotFoundException(resource);
		}
		LiveConfig config = LiveConfig.current(resource, snapshot, this.cache);
		config.save();
		return config;
	}

	private ConfigSnapshot read(EtcdConfigLocation location) {
		BootstrapRelation connected = connect(location);
		if (this.unavailable != null) {
			throw EtcdConfigException.unavailable(location.toString(),
					"is not read either: " + this.unavailable.getMessage(), this.unavailable.getRemedy(),
					this.unavailable);
		}
		try {
			ConfigSnapshot snapshot = ConfigReader.read(Objects.requireNonNull(this.client),
					connected.getRelation().getName(), location, this.revision);
			this.revision = this.attached ? 0 : snapshot.revision();
			return snapshot;
		}
		catch (EtcdConfigException ex) {
			// The others would wait as long
			this.unavailable = this.attached ? null : ex;
			throw ex;
		}
	}

	private BootstrapRelation connect(EtcdConfigLocation location) {
		BootstrapRelation connected = this.relation;
		if (connected == null) {
			connected = BootstrapRelation.create(this.binder);
			if (connected == null) {
				boolean enabled = this.binder.bind("etcd.relation.enabled", Boolean.class).orElse(true);
				throw enabled ? EtcdConfigException.unavailable(location.toString(),
						"cannot be read: no relation to etcd is configured at this point", RELATION_REMEDY, null)
						: EtcdConfigException.unavailable(location.toString(),
								"cannot be read: etcd.relation.enabled is false",
								"Set etcd.config.enabled to false as well, or begin the location with 'optional:'",
								null);
			}
			this.relation = connected;
		}
		if (this.client == null) {
			this.client = connected.createClient();
		}
		return connected;
	}

	/**
	 * Become a singleton of the application context.
	 */
	synchronized void attach(ConfigurableListableBeanFactory beanFactory) {
		this.attached = true;
		this.revision = 0;
		this.unavailable = null;
		beanFactory.registerSingleton("etcdConfigImport", this);
		if (this.relation != null) {
			beanFactory.registerSingleton("etcdBootstrapRelation", this.relation);
		}
		if (beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			registry.registerDisposableBean("etcdConfigImport", this);
		}
	}

	/**
	 * Call a listener with the configuration of each location that is imported now or
	 * later.
	 * @param listener the listener or {@code null} for none
	 */
	synchronized void setListener(@Nullable Consumer<LiveConfig> listener) {
		this.listener = listener;
		if (listener != null) {
			this.configs.values().forEach(listener);
		}
	}

	/**
	 * Return whether the context's relation is to be used from now on: it leads to the
	 * same etcd, or there was none before.
	 */
	synchronized boolean isReplaced() {
		return this.relation == null || this.relation.isReplaced();
	}

	/**
	 * Use a client of the context's relation.
	 */
	synchronized void replace(Client successor) {
		destroy();
		this.client = successor;
	}

	/**
	 * Return the client, which this object owns.
	 * @return the client, {@code null} without a relation
	 */
	synchronized @Nullable Client getClient() {
		return this.client;
	}

	@Override
	public synchronized void destroy() {
		if (this.client != null) {
			this.client.close();
			this.client = null;
		}
		if (this.relation != null) {
			this.relation.close();
		}
	}

}
