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

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of configuration that is imported from etcd.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("etcd.config")
public final class EtcdConfigProperties {

	/**
	 * Whether configuration is imported from etcd. If not, locations of it are skipped.
	 */
	private final boolean enabled;

	private final Watch watch;

	private final Cache cache;

	/**
	 * Create properties.
	 * @param enabled whether configuration is imported
	 * @param watch how changes are followed
	 * @param cache where copies are kept
	 */
	public EtcdConfigProperties(@DefaultValue("true") boolean enabled, @DefaultValue Watch watch,
			@DefaultValue Cache cache) {
		this.enabled = enabled;
		this.watch = watch;
		this.cache = cache;
	}

	public boolean isEnabled() {
		return this.enabled;
	}

	public Watch getWatch() {
		return this.watch;
	}

	public Cache getCache() {
		return this.cache;
	}

	/**
	 * How changes in etcd are followed.
	 */
	public static final class Watch {

		/**
		 * Whether properties change with the keys in etcd while the application runs.
		 */
		private final boolean enabled;

		/**
		 * Create properties.
		 * @param enabled whether changes are followed
		 */
		public Watch(@DefaultValue("true") boolean enabled) {
			this.enabled = enabled;
		}

		public boolean isEnabled() {
			return this.enabled;
		}

	}

	/**
	 * Copies for starts without etcd.
	 */
	public static final class Cache {

		/**
		 * Directory of copies, readable only for their owner, of what was imported. They
		 * are used if etcd cannot be read at the start. Without it there are none.
		 */
		private final @Nullable Path directory;

		/**
		 * Create properties.
		 * @param directory the directory or {@code null} for no copies
		 */
		public Cache(@Nullable Path directory) {
			this.directory = directory;
		}

		public @Nullable Path getDirectory() {
			return this.directory;
		}

	}

}
