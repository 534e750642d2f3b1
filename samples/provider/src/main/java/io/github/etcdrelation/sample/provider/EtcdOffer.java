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

package io.github.etcdrelation.sample.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.Resource;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/**
 * Offers address and credentials of an etcd: the one that the properties name, or one
 * with mutual TLS that it starts.
 */
@Component
class EtcdOffer implements SchedulingConfigurer, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(EtcdOffer.class);

	private final EtcdRelationProvider provider;

	private final ProviderProperties properties;

	private final @Nullable LocalEtcd etcd;

	private final AtomicInteger certificates = new AtomicInteger();

	EtcdOffer(EtcdRelationProvider provider, ProviderProperties properties) {
		this.provider = provider;
		this.properties = properties;
		this.etcd = (properties.connectionString() == null) ? LocalEtcd.builder().mutualTls().start() : null;
	}

	/**
	 * Offer everything. The event is published at start too, if the other side is there.
	 */
	@EventListener(EtcdProviderConnectedEvent.class)
	void offer() throws IOException {
		// First, so that nobody calls with the credentials of an earlier etcd
		offerClientCredentials();
		String connectionString = this.properties.connectionString();
		String version = this.properties.version();
		if (this.etcd != null) {
			connectionString = this.etcd.getConnectionString();
			version = this.etcd.getVersion();
		}
		this.provider.setConnectionString(connectionString, version);
		logger.info("offered  etcd {} at {}", version, connectionString);
	}

	@Override
	public void configureTasks(ScheduledTaskRegistrar tasks) {
		Duration interval = this.properties.rotateEvery();
		if (interval != null) {
			tasks.addFixedDelayTask(new FixedDelayTask(this::rotate, interval, interval));
		}
	}

	private void rotate() {
		if (!this.provider.isConnected()) {
			return;
		}
		try {
			offerClientCredentials();
			logger.info("rotated  client credentials");
		}
		catch (IOException ex) {
			logger.warn("The client credentials stay as they are: {}", ex.getMessage());
		}
	}

	private void offerClientCredentials() throws IOException {
		ClientCredentials credentials = clientCredentials();
		this.provider.setClientCredentials(credentials.clientKey(), credentials.clientCert(), credentials.clientCa());
	}

	private ClientCredentials clientCredentials() throws IOException {
		if (this.etcd != null) {
			return this.etcd.newClientCredentials("client-" + this.certificates.incrementAndGet());
		}
		return new ClientCredentials(read(this.properties.clientCert()), read(this.properties.clientKey()),
				read(this.properties.clientCa()));
	}

	private static @Nullable String read(@Nullable Resource resource) throws IOException {
		return (resource != null) ? resource.getContentAsString(StandardCharsets.UTF_8) : null;
	}

	/**
	 * Withdraw the etcd that ends with this application. Another one stays offered.
	 */
	@Override
	public void destroy() {
		if (this.etcd != null) {
			try (this.etcd) {
				this.provider.setConnectionString(null);
				this.provider.setClientCredentials(null, null, null);
			}
		}
	}

}
