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

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.util.StringUtils;

/**
 * Properties of a location in etcd: those of single keys, with the name of the location,
 * or those of a document. All of them change at once, with the revision; who reads
 * several and needs them of one revision takes a {@link #snapshot()}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EtcdPropertySource extends EnumerablePropertySource<Object> implements OriginLookup<String> {

	static final String SINGLE = "";

	static final String LATER = "later documents";

	private final LiveConfig config;

	private final String part;

	EtcdPropertySource(LiveConfig config, String location, String part) {
		super(location + (part.equals(SINGLE) ? "" : " (" + part + ")"), config);
		this.config = config;
		this.part = part;
	}

	/**
	 * Return which part of the location this is.
	 */
	String getPart() {
		return this.part;
	}

	/**
	 * Return what the properties are now.
	 * @return all properties, of one revision
	 */
	public Snapshot snapshot() {
		LiveConfig.Properties properties = this.config.getProperties();
		return new Snapshot(properties.revision(), properties.get(this.part).values());
	}

	@Override
	public String[] getPropertyNames() {
		return StringUtils.toStringArray(properties().values().keySet());
	}

	@Override
	public @Nullable Object getProperty(String name) {
		return properties().values().get(name);
	}

	@Override
	public boolean containsProperty(String name) {
		return properties().values().containsKey(name);
	}

	@Override
	public @Nullable Origin getOrigin(String name) {
		return properties().origin(name);
	}

	private ConfigProperties properties() {
		return this.config.getProperties().get(this.part);
	}

	/**
	 * Properties of one revision.
	 *
	 * @param revision the revision of the latest change, 0 if etcd was not read yet
	 * @param properties the values by name, which may be secret
	 */
	public record Snapshot(long revision, Map<String, Object> properties) {

		@Override
		public String toString() {
			return "revision %d with %d properties".formatted(this.revision, this.properties.size());
		}

	}

}
