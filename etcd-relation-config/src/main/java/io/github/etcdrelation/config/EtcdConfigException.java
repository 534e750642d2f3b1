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

import org.jspecify.annotations.Nullable;

/**
 * Thrown when configuration cannot be imported from etcd. The message contains no value
 * of the configuration.
 *
 * @since 0.1.0
 */
public final class EtcdConfigException extends RuntimeException {

	private final String remedy;

	private final boolean unavailable;

	private EtcdConfigException(String location, String reason, String remedy, @Nullable Throwable cause,
			boolean unavailable) {
		super("Configuration '%s' %s".formatted(location, reason), cause);
		this.remedy = remedy;
		this.unavailable = unavailable;
	}

	/**
	 * Create an exception for a location or a value that has to be corrected.
	 */
	static EtcdConfigException invalid(String location, String reason, String remedy) {
		return new EtcdConfigException(location, reason, remedy, null, false);
	}

	/**
	 * Create an exception for configuration that cannot be read at the moment.
	 */
	static EtcdConfigException unavailable(String location, String reason, String remedy, @Nullable Throwable cause) {
		return new EtcdConfigException(location, reason, remedy, cause, true);
	}

	/**
	 * Return what to do.
	 */
	String getRemedy() {
		return this.remedy;
	}

	/**
	 * Return whether the application may start without.
	 */
	boolean isUnavailable() {
		return this.unavailable;
	}

}
