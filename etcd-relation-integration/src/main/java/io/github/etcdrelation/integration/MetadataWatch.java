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

package io.github.etcdrelation.integration;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.github.etcdrelation.internal.watch.RepeatedWatch;
import io.github.etcdrelation.internal.watch.Watched;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.integration.metadata.MetadataStoreListener;

/**
 * Tells listeners of all changes below a prefix. Thread-safe.
 */
final class MetadataWatch implements Watched, AutoCloseable {

	private static final Log logger = LogFactory.getLog(MetadataWatch.class);

	private final RepeatedWatch watch;

	private final int prefixLength;

	private final List<MetadataStoreListener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Done when it is known where the watch begins, or that etcd refuses it, or when it
	 * is closed.
	 */
	private final CompletableFuture<Void> opening = new CompletableFuture<>();

	// Guarded by the watch
	private long nextRevision;

	MetadataWatch(Client client, String prefix) {
		this.watch = new RepeatedWatch(client, ByteSequence.from(prefix, StandardCharsets.UTF_8), this);
		this.prefixLength = prefix.length();
	}

	void add(MetadataStoreListener listener) {
		this.listeners.add(listener);
	}

	void remove(MetadataStoreListener listener) {
		this.listeners.remove(listener);
	}

	CompletableFuture<Void> getOpening() {
		return this.opening;
	}

	/**
	 * Watch from the current revision on. Does nothing if it was opened or closed before.
	 */
	void open() {
		this.watch.start();
	}

	@Override
	public GetOption getReadOption() {
		return GetOption.builder().isPrefix(true).withCountOnly(true).build();
	}

	@Override
	public WatchOption.Builder getWatchOption() {
		return WatchOption.builder().isPrefix(true).withPrevKV(true);
	}

	@Override
	public long read(GetResponse response, boolean another) {
		if (another) {
			logger.warn("Metadata is in another etcd cluster now, or in one that has lost its data: "
					+ "listeners may have missed changes");
		}
		if (another || this.nextRevision == 0) {
			this.nextRevision = response.getHeader().getRevision() + 1;
		}
		this.opening.complete(null);
		return this.nextRevision;
	}

	@Override
	public Runnable changed(List<WatchEvent> events) {
		// The revision of the response may be that of an event that is still to come
		long last = events.get(events.size() - 1).getKeyValue().getModRevision();
		this.nextRevision = Math.max(this.nextRevision, last + 1);
		return () -> events.forEach(this::tell);
	}

	@Override
	public void failed(Throwable failure, int count) {
		if (failure instanceof CompactedException compacted) {
			logger.warn("Changes of metadata were compacted before they were watched, listeners miss them");
			this.nextRevision = Math.max(this.nextRevision, compacted.getCompactedRevision());
		}
		else {
			logger.debug("Metadata is watched again later", failure);
		}
		if (CallFailures.isRefused(failure)) {
			this.opening.complete(null);
		}
	}

	private void tell(WatchEvent event) {
		KeyValue entry = event.getKeyValue();
		String key = text(entry.getKey()).substring(this.prefixLength);
		switch (event.getEventType()) {
			case PUT -> {
				String value = text(entry.getValue());
				boolean added = entry.getCreateRevision() == entry.getModRevision();
				tell((listener) -> {
					if (added) {
						listener.onAdd(key, value);
					}
					else {
						listener.onUpdate(key, value);
					}
				});
			}
			case DELETE -> {
				String value = text(event.getPrevKV().getValue());
				tell((listener) -> listener.onRemove(key, value));
			}
			default -> {
			}
		}
	}

	private void tell(Consumer<MetadataStoreListener> change) {
		for (MetadataStoreListener listener : this.listeners) {
			try {
				change.accept(listener);
			}
			catch (Throwable ex) {
				logger.warn("A listener failed on a change of metadata", ex);
			}
		}
	}

	private static String text(ByteSequence bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.watch.close();
		this.opening.complete(null);
	}

}
