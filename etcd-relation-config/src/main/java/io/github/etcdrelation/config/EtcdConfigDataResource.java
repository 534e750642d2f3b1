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

import org.springframework.boot.context.config.ConfigDataResource;

/**
 * A location of configuration in etcd, as it is imported.
 */
final class EtcdConfigDataResource extends ConfigDataResource {

	private final EtcdConfigLocation location;

	private final boolean optional;

	private final boolean profileSpecific;

	EtcdConfigDataResource(EtcdConfigLocation location, boolean optional, boolean profileSpecific) {
		super(optional);
		this.location = location;
		this.optional = optional;
		this.profileSpecific = profileSpecific;
	}

	EtcdConfigLocation getLocation() {
		return this.location;
	}

	/**
	 * Return whether the application starts without etcd.
	 */
	boolean isStartedWithout() {
		return this.optional;
	}

	/**
	 * Return whether there has to be a key.
	 */
	boolean isMandatory() {
		return !this.optional && !this.profileSpecific;
	}

	boolean isProfileSpecific() {
		return this.profileSpecific;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof EtcdConfigDataResource resource && this.location.equals(resource.location);
	}

	@Override
	public int hashCode() {
		return this.location.hashCode();
	}

	@Override
	public String toString() {
		return this.location.toString();
	}

}
