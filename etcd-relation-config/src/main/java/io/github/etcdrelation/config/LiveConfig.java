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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The configuration of a location, replaced as a whole. What is known of the keys may be
 * ahead of the properties. Thread-safe, but for {@link #update}.
 */
final class LiveConfig {

	private final EtcdConfigDataResource resource;

	private final ConfigCache cache;

	private final Map<String, EtcdPropertySource> documents = new LinkedHashMap<>();

	private final List<EtcdPropertySource> propertySources = new ArrayList<>();

	private volatile ConfigSnapshot snapshot;

	private volatile Properties properties = Properties.NONE;

	private volatile boolean current;

	private LiveConfig(EtcdConfigDataResource resource, ConfigSnapshot snapshot, ConfigCache cache, boolean current) {
		this.resource = resource;
		this.cache = cache;
		this.snapshot = snapshot;
		this.current = current;
		ConfigContent content = ConfigContent.of(resource.getLocation(), snapshot, ConfigContent.NONE);
		String name = resource.toString();
		content.documents()
			.keySet()
			.forEach((document) -> this.documents.put(document, new EtcdPropertySource(this, name, document)));
		this.properties = properties(content);
		this.propertySources.add(new EtcdPropertySource(this, name, EtcdPropertySource.LATER));
		this.propertySources.addAll(this.documents.values());
		this.propertySources.add(new EtcdPropertySource(this, name, EtcdPropertySource.SINGLE));
	}

	/**
	 * Create a configuration that was read from etcd.
	 * @throws EtcdConfigException if it cannot be used
	 */
	static LiveConfig current(EtcdConfigDataResource resource, ConfigSnapshot snapshot, ConfigCache cache) {
		return new LiveConfig(resource, snapshot, cache, true);
	}

	/**
	 * Create a configuration that is to be read from etcd when that is possible.
	 */
	static LiveConfig outdated(EtcdConfigDataResource resource, ConfigSnapshot snapshot, ConfigCache cache) {
		return new LiveConfig(resource, snapshot, cache, false);
	}

	EtcdConfigLocation getLocation() {
		return this.resource.getLocation();
	}

	/**
	 * Return the property sources, in ascending order of precedence: documents that came
	 * later, the others in the order of their keys, single keys.
	 */
	List<EtcdPropertySource> getPropertySources() {
		return this.propertySources;
	}

	ConfigSnapshot getSnapshot() {
		return this.snapshot;
	}

	/**
	 * Return the properties of the latest revision that could be used.
	 */
	Properties getProperties() {
		return this.properties;
	}

	/**
	 * Return whether changes that follow the snapshot's revision are all that is missing.
	 */
	boolean isCurrent() {
		return this.current;
	}

	void setOutdated() {
		this.current = false;
	}

	/**
	 * Set what was read anew.
	 * @return whether it is accepted: unless it is optional, no keys at all are a loss,
	 * also of a profile, without whose keys others would count
	 */
	boolean setRead(ConfigSnapshot latest) {
		boolean lost = latest.entries().isEmpty() && !this.snapshot.entries().isEmpty()
				&& !this.resource.isStartedWithout();
		if (!lost) {
			setSnapshot(latest);
		}
		return !lost;
	}

	void setSnapshot(ConfigSnapshot latest) {
		this.snapshot = latest;
		this.current = true;
	}

	/**
	 * Replace the properties by those of the latest snapshot.
	 * @param active returns whether a property source holds
	 * @return the names of the properties that have changed in sources that hold
	 * @throws EtcdConfigException if it cannot be used; the former ones remain
	 */
	Set<String> update(Predicate<EtcdPropertySource> active) {
		Properties former = this.properties;
		Properties replacement = properties(ConfigContent.of(getLocation(), this.snapshot, former.content()));
		this.properties = replacement;
		Set<String> names = new HashSet<>();
		for (EtcdPropertySource source : this.propertySources) {
			if (active.test(source)) {
				names.addAll(former.get(source.getPart()).difference(replacement.get(source.getPart())));
			}
		}
		return names;
	}

	/**
	 * Keep a copy of what is in use.
	 */
	void save() {
		ConfigSnapshot latest = this.snapshot;
		if (latest.revision() == this.properties.revision()) {
			this.cache.write(getLocation(), latest);
		}
	}

	private Properties properties(ConfigContent content) {
		ConfigProperties.Builder later = new ConfigProperties.Builder();
		content.documents().forEach((name, document) -> {
			if (!this.documents.containsKey(name) && !document.conditional()) {
				later.addDocument(document.properties());
			}
		});
		return new Properties(content, later.build());
	}

	/**
	 * The properties of one revision.
	 *
	 * @param content what was parsed
	 * @param later those of documents that have no property source of their own
	 */
	record Properties(ConfigContent content, ConfigProperties later) {

		static final Properties NONE = new Properties(ConfigContent.NONE, ConfigProperties.NONE);

		long revision() {
			return this.content.revision();
		}

		ConfigProperties get(String part) {
			if (part.equals(EtcdPropertySource.SINGLE)) {
				return this.content.single();
			}
			if (part.equals(EtcdPropertySource.LATER)) {
				return this.later;
			}
			ConfigDocument document = this.content.documents().get(part);
			return (document != null) ? document.properties() : ConfigProperties.NONE;
		}

	}

}
