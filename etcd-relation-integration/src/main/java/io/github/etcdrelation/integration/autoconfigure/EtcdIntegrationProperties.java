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

package io.github.etcdrelation.integration.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration properties of locks, leadership and metadata of Spring Integration in
 * etcd.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("etcd.integration")
public class EtcdIntegrationProperties {

	/**
	 * Whether to enable locks, leadership and metadata of Spring Integration in etcd.
	 */
	private boolean enabled = true;

	/**
	 * Prefix of all keys in etcd.
	 */
	private String prefix = "/spring-integration/";

	/**
	 * How long locks and leaderships of a process that has died stay taken, at least 2
	 * seconds. If a duration suffix is not specified, seconds will be used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration timeToLive = Duration.ofSeconds(10);

	private final Leader leader = new Leader();

	private final LockRegistry lockRegistry = new LockRegistry();

	private final MetadataStore metadataStore = new MetadataStore();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getPrefix() {
		return this.prefix;
	}

	public void setPrefix(String prefix) {
		this.prefix = prefix;
	}

	public Duration getTimeToLive() {
		return this.timeToLive;
	}

	public void setTimeToLive(Duration timeToLive) {
		this.timeToLive = timeToLive;
	}

	public Leader getLeader() {
		return this.leader;
	}

	public LockRegistry getLockRegistry() {
		return this.lockRegistry;
	}

	public MetadataStore getMetadataStore() {
		return this.metadataStore;
	}

	/**
	 * Properties of the leadership.
	 */
	public static class Leader {

		/**
		 * Role whose leadership the application is a candidate for.
		 */
		private @Nullable String role;

		/**
		 * Whether to publish an event when another candidate leads or etcd cannot be
		 * asked.
		 */
		private boolean publishFailedEvents;

		public @Nullable String getRole() {
			return this.role;
		}

		public void setRole(@Nullable String role) {
			this.role = role;
		}

		public boolean isPublishFailedEvents() {
			return this.publishFailedEvents;
		}

		public void setPublishFailedEvents(boolean publishFailedEvents) {
			this.publishFailedEvents = publishFailedEvents;
		}

	}

	/**
	 * Properties of the lock registry.
	 */
	public static class LockRegistry {

		/**
		 * Whether to enable the lock registry.
		 */
		private boolean enabled = true;

		/**
		 * Number of locks that are remembered while they are not in use.
		 */
		private int capacity = 100_000;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getCapacity() {
			return this.capacity;
		}

		public void setCapacity(int capacity) {
			this.capacity = capacity;
		}

	}

	/**
	 * Properties of the metadata store.
	 */
	public static class MetadataStore {

		/**
		 * Whether to enable the metadata store.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

}
