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

import java.util.Collections;
import java.util.Set;

import org.springframework.context.ApplicationEvent;

/**
 * Published after properties of a location in etcd have changed, all of them at once.
 * With Spring Cloud on the class path its {@code EnvironmentChangeEvent} came first.
 *
 * @since 0.1.0
 */
public final class EtcdConfigChangedEvent extends ApplicationEvent {

	private final String location;

	private final long revision;

	private final Set<String> propertyNames;

	EtcdConfigChangedEvent(EtcdPropertySource source, String location, long revision, Set<String> propertyNames) {
		super(source);
		this.location = location;
		this.revision = revision;
		this.propertyNames = Collections.unmodifiableSet(propertyNames);
	}

	/**
	 * Return the location as it is imported.
	 * @return the location, with its prefix {@code etcd:}
	 */
	public String getLocation() {
		return this.location;
	}

	/**
	 * Return the revision of etcd that the properties are of.
	 * @return the revision
	 */
	public long getRevision() {
		return this.revision;
	}

	/**
	 * Return the properties that were added, changed or removed.
	 * @return their names
	 */
	public Set<String> getPropertyNames() {
		return this.propertyNames;
	}

	@Override
	public String toString() {
		return "EtcdConfigChangedEvent[location=%s, revision=%d, propertyNames=%s]".formatted(this.location,
				this.revision, this.propertyNames);
	}

}
