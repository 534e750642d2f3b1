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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.MetadataStoreListener;

/**
 * Tells listeners of all changes below a prefix. Thread-safe.
 */
final class MetadataWatch implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(MetadataWatch.class);

	private final Client client;

	private final ByteSequence prefix;

	private final int prefixLength;

	private final List<MetadataStoreListener> listeners = new CopyOnWriteArrayList<>();

	@GuardedBy("this")
	private final CallFailures failures = new CallFailures();

	/**
	 * Done after the first attempt to open the watch, or when it is closed.
	 */
	private final CompletableFuture<Void> opening = new CompletableFuture<>();

	@GuardedBy("this")
	private long nextRevision;

	/**
	 * The only one whose changes and failures count.
	 */
	@GuardedBy("this")
	private @Nullable Attempt current;

	@GuardedBy("this")
	private boolean closed;

	MetadataWatch(Client client, String prefix) {
		this.client = client;
		this.prefix = ByteSequence.from(prefix, StandardCharsets.UTF_8);
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
		begin(null);
	}

	/**
	 * Begin to watch, or go on where an earlier watch has ended.
	 * @param former the attempt that this one follows, {@code null} for the first
	 */
	private void begin(@Nullable Attempt former) {
		Attempt next = new Attempt();
		long revision;
		synchronized (this) {
			if (this.closed || this.current != former) {
				return;
			}
			this.current = next;
			revision = this.nextRevision;
		}
		if (revision != 0) {
			next.watch(revision);
		}
		else {
			next.read();
		}
	}

	private void failed(Attempt attempt, @Nullable Throwable failure) {
		long delay;
		synchronized (this) {
			// It is told of its own end when it is closed
			if (this.current != attempt || attempt.failed) {
				return;
			}
			attempt.failed = true;
			if (failure instanceof CompactedException compacted) {
				logger.warn("Changes of metadata were compacted before they were watched, listeners miss them");
				this.nextRevision = Math.max(this.nextRevision, compacted.getCompactedRevision());
			}
			else if (this.nextRevision == 0) {
				logger.debug("Changes of metadata are not watched yet", failure);
			}
			else {
				logger.debug("The watch of metadata is opened again", failure);
			}
			delay = this.failures.next();
		}
		attempt.close();
		this.opening.complete(null);
		CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS).execute(() -> begin(attempt));
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
		Attempt last;
		synchronized (this) {
			this.closed = true;
			last = this.current;
			this.current = null;
		}
		if (last != null) {
			last.close();
		}
		this.opening.complete(null);
	}

	/**
	 * One watch. The client resumes some watches that it reported as failed, so that each
	 * is closed before the next. The client calls back with a lock that it needs to open
	 * and to close one, which is why that is done without holding another.
	 */
	private final class Attempt implements Watch.Listener {

		@GuardedBy("this")
		private Watch.@Nullable Watcher watcher;

		@GuardedBy("this")
		private boolean closed;

		// Guarded by the outer instance
		private boolean failed;

		private void read() {
			GetOption count = GetOption.builder().isPrefix(true).withCountOnly(true).build();
			CompletableFuture<Long> revision;
			try {
				revision = MetadataWatch.this.client.getKVClient()
					.get(MetadataWatch.this.prefix, count)
					.thenApply((response) -> response.getHeader().getRevision());
			}
			catch (RuntimeException ex) {
				revision = CompletableFuture.failedFuture(ex);
			}
			revision.whenComplete(this::onRead);
		}

		private void onRead(@Nullable Long revision, @Nullable Throwable failure) {
			if (revision == null) {
				failed(this, failure);
				return;
			}
			synchronized (MetadataWatch.this) {
				if (MetadataWatch.this.current != this) {
					return;
				}
				MetadataWatch.this.nextRevision = revision + 1;
			}
			watch(revision + 1);
		}

		private void watch(long revision) {
			WatchOption option = WatchOption.builder().isPrefix(true).withPrevKV(true).withRevision(revision).build();
			Watch.Watcher opened;
			try {
				opened = MetadataWatch.this.client.getWatchClient().watch(MetadataWatch.this.prefix, option, this);
			}
			catch (RuntimeException ex) {
				failed(this, ex);
				return;
			}
			boolean surplus;
			synchronized (this) {
				this.watcher = opened;
				surplus = this.closed;
			}
			if (surplus) {
				opened.close();
			}
			MetadataWatch.this.opening.complete(null);
		}

		private void close() {
			Watch.Watcher opened;
			synchronized (this) {
				this.closed = true;
				opened = this.watcher;
			}
			if (opened != null) {
				opened.close();
			}
		}

		@Override
		public void onNext(WatchResponse response) {
			List<WatchEvent> events = response.getEvents();
			if (events.isEmpty()) {
				return;
			}
			long last = events.get(events.size() - 1).getKeyValue().getModRevision();
			synchronized (MetadataWatch.this) {
				if (MetadataWatch.this.current != this) {
					return;
				}
				MetadataWatch.this.failures.reset();
				// The header's revision may be that of an event that is still to come
				MetadataWatch.this.nextRevision = Math.max(MetadataWatch.this.nextRevision, last + 1);
			}
			events.forEach(MetadataWatch.this::tell);
		}

		@Override
		public void onError(Throwable failure) {
			failed(this, failure);
		}

		@Override
		public void onCompleted() {
			failed(this, null);
		}

	}

}
