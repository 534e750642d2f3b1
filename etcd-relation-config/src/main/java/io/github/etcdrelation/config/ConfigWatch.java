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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Watches a location. What a watch cannot go on from, as revisions were compacted or the
 * cluster is another one, is read anew. At most one read or watch is current; what comes
 * from others is ignored.
 */
final class ConfigWatch {

	private static final Log logger = LogFactory.getLog(ConfigWatch.class);

	private static final long FIRST_DELAY_MILLIS = 100;

	private static final long MAX_DELAY_MILLIS = TimeUnit.SECONDS.toMillis(30);

	private static final int MAX_DOUBLINGS = 9;

	// A watch that lived so long was no failure
	private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final Client client;

	private final LiveConfig config;

	private final Consumer<LiveConfig> changed;

	private @Nullable Attempt current;

	private int failures;

	/**
	 * Create a watch that does not run.
	 * @param client the client
	 * @param config what is watched
	 * @param changed told of changes, which must not block
	 */
	ConfigWatch(Client client, LiveConfig config, Consumer<LiveConfig> changed) {
		this.client = client;
		this.config = config;
		this.changed = changed;
	}

	void start() {
		begin(null);
	}

	void stop() {
		Attempt stopped;
		synchronized (this) {
			stopped = this.current;
			this.current = null;
			// The cluster may be another one when it is started again
			this.config.setOutdated();
		}
		if (stopped != null) {
			stopped.close();
		}
	}

	/**
	 * Begin to read, or to watch what was read.
	 * @param former the attempt that this one follows, {@code null} for the first
	 */
	private void begin(@Nullable Attempt former) {
		Attempt next;
		synchronized (this) {
			if (this.current != former) {
				return;
			}
			next = new Attempt();
			this.current = next;
		}
		if (this.config.isCurrent()) {
			next.watch();
		}
		else {
			next.read();
		}
	}

	private void failed(Attempt attempt, Throwable failure) {
		long delay;
		synchronized (this) {
			if (this.current != attempt || attempt.failed) {
				return;
			}
			// To close it has jetcd tell its end once more
			attempt.failed = true;
			this.failures = attempt.isLongLived() ? 0 : this.failures;
			delay = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(this.failures, MAX_DOUBLINGS));
			this.failures++;
			this.config.setOutdated();
			// The first one is read anew at once, and most often that is all
			String text = "Configuration '%s' is not up to date until it can be read anew: %s"
				.formatted(this.config.getLocation(), failure.getMessage());
			if (this.failures == 2) {
				logger.warn(text);
			}
			else {
				logger.debug(text);
			}
		}
		attempt.close();
		CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(() -> begin(attempt));
	}

	/**
	 * One read, or one watch. Never called back with a lock held that it needs.
	 */
	private final class Attempt implements Watch.Listener {

		private final long begin = System.nanoTime();

		private Watch.@Nullable Watcher watcher;

		private boolean failed;

		private boolean closed;

		private volatile boolean hadEvents;

		private boolean isLongLived() {
			return this.hadEvents || System.nanoTime() - this.begin > LIFE_NANOS;
		}

		private void read() {
			ConfigReader.read(ConfigWatch.this.client, ConfigWatch.this.config.getLocation(), 0)
				.whenComplete(this::onRead);
		}

		private void onRead(@Nullable ConfigSnapshot latest, @Nullable Throwable failure) {
			if (latest == null) {
				failed(this, (failure != null) ? failure : new IllegalStateException("no response"));
				return;
			}
			boolean accepted;
			synchronized (ConfigWatch.this) {
				if (ConfigWatch.this.current != this) {
					return;
				}
				accepted = ConfigWatch.this.config.setRead(latest);
			}
			if (!accepted) {
				failed(this, new IllegalStateException(
						"all of its keys are gone, though it is not optional; what was in use before remains"));
				return;
			}
			ConfigWatch.this.changed.accept(ConfigWatch.this.config);
			begin(this);
		}

		private void watch() {
			EtcdConfigLocation location = ConfigWatch.this.config.getLocation();
			WatchOption option = WatchOption.builder()
				.isPrefix(location.isPrefix())
				.withRevision(ConfigWatch.this.config.getSnapshot().revision() + 1)
				.build();
			Watch.Watcher opened = ConfigWatch.this.client.getWatchClient()
				.watch(ConfigReader.key(location), option, this);
			boolean surplus;
			synchronized (this) {
				this.watcher = opened;
				surplus = this.closed;
			}
			if (surplus) {
				opened.close();
			}
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
			if (response.getEvents().isEmpty()) {
				return;
			}
			this.hadEvents = true;
			LiveConfig watched = ConfigWatch.this.config;
			synchronized (ConfigWatch.this) {
				if (ConfigWatch.this.current != this) {
					return;
				}
				watched.setSnapshot(watched.getSnapshot().with(response.getEvents()));
			}
			ConfigWatch.this.changed.accept(watched);
		}

		@Override
		public void onError(Throwable failure) {
			failed(this, failure);
		}

		@Override
		public void onCompleted() {
			failed(this, new IllegalStateException("the watch ended"));
		}

	}

}
