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

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.watch.WatchEvent;

/**
 * The keys of a location at one revision.
 *
 * @param clusterId of the cluster that they were read from, 0 if it is not known
 * @param revision the revision, 0 if nothing was read yet
 * @param entries the entries by the whole key
 */
record ConfigSnapshot(long clusterId, long revision, SortedMap<String, Entry> entries) {

	static final ConfigSnapshot NONE = new ConfigSnapshot(0, 0, new TreeMap<>());

	ConfigSnapshot {
		entries = Collections.unmodifiableSortedMap(entries);
	}

	/**
	 * Create the snapshot of all keys that were read at a revision.
	 */
	static ConfigSnapshot of(GetResponse response, long revision) {
		SortedMap<String, Entry> entries = new TreeMap<>();
		response.getKvs()
			.forEach((keyValue) -> entries.put(keyValue.getKey().toString(StandardCharsets.UTF_8), Entry.of(keyValue)));
		return new ConfigSnapshot(response.getHeader().getClusterId(), revision, entries);
	}

	/**
	 * Return the snapshot after further events.
	 */
	ConfigSnapshot with(Iterable<WatchEvent> events) {
		SortedMap<String, Entry> changed = new TreeMap<>(this.entries);
		long latest = this.revision;
		for (WatchEvent event : events) {
			String key = event.getKeyValue().getKey().toString(StandardCharsets.UTF_8);
			if (event.getEventType() == WatchEvent.EventType.DELETE) {
				changed.remove(key);
			}
			else {
				changed.put(key, Entry.of(event.getKeyValue()));
			}
			latest = Math.max(latest, event.getKeyValue().getModRevision());
		}
		return new ConfigSnapshot(this.clusterId, latest, changed);
	}

	@Override
	public String toString() {
		return "revision %d with %d keys".formatted(this.revision, this.entries.size());
	}

	/**
	 * The value of a key.
	 *
	 * @param value the bytes
	 * @param revision the revision of its last change
	 */
	record Entry(ByteSequence value, long revision) {

		static Entry of(KeyValue keyValue) {
			return new Entry(keyValue.getValue(), keyValue.getModRevision());
		}

		@Override
		public String toString() {
			return "revision " + this.revision;
		}

	}

}
