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

package io.github.etcdrelation.autoconfigure.provider;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.github.etcdrelation.RelationInterface;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration properties of the provider's side of a relation to etcd.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("etcd.provider")
public class EtcdProviderProperties {

	/**
	 * Whether to enable the provider's side of a relation to etcd.
	 */
	private boolean enabled = true;

	/**
	 * Name of the relation on the provider's side, with Juju that of the endpoint.
	 */
	private String name = "db";

	private RelationInterface relationInterface = RelationInterface.ETCD;

	/**
	 * Directory that the provider writes to, created if it does not exist.
	 */
	private @Nullable Path directory;

	/**
	 * Interval at which the provider checks for the other side. If a duration suffix is
	 * not specified, seconds will be used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration pollInterval = Duration.ofSeconds(10);

	private final Juju juju = new Juju();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public RelationInterface getInterface() {
		return this.relationInterface;
	}

	public void setInterface(RelationInterface relationInterface) {
		this.relationInterface = relationInterface;
	}

	public @Nullable Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable Path directory) {
		this.directory = directory;
	}

	public Duration getPollInterval() {
		return this.pollInterval;
	}

	public void setPollInterval(Duration pollInterval) {
		this.pollInterval = pollInterval;
	}

	public Juju getJuju() {
		return this.juju;
	}

	/**
	 * The hook tools of Juju.
	 */
	public static class Juju {

		/**
		 * Whether to publish what is offered with the hook tools of Juju.
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
