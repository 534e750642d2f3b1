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

package io.github.etcdrelation.internal.watch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Watches keys until it is closed: where a watch ends, as revisions were compacted or the
 * cluster is another one, keys are read and watched anew. At most one read or watch is
 * current; what comes from others is ignored. Thread-safe.
 */
public final class RepeatedWatch implements AutoCloseable {

	private static final long FIRST_DELAY_MILLIS = 50;

	private static final long MAX_DELAY_MILLIS = TimeUnit.SECONDS.toMillis(10);

	private static final int MAX_DOUBLINGS = 8;

	// A watch that lived so long was no failure
	private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final GetOption REVISION = GetOption.builder().withCountOnly(true).build();

	private final Client client;

	private final ByteSequence key;

	private final Watched watched;

	private final Object delivery = new Object();

	@GuardedBy("this")
	private @Nullable Attempt current;

	/**
	 * The latest revision of the cluster that is known, 0 if none is.
	 */
	@GuardedBy("this")
	private long latest;

	/**
	 * Of the cluster of the latest revision, 0 if it is not known.
	 */
	@GuardedBy("this")
	private long clusterId;

	@GuardedBy("this")
	private int failures;

	@GuardedBy("this")
	private boolean closed;

	/**
	 * Create a watch that does not run.
	 * @param client the client
	 * @param key the key or the prefix
	 * @param watched what to do with what is read and watched
	 */
	public RepeatedWatch(Client client, ByteSequence key, Watched watched) {
		this.client = client;
		this.key = key;
		this.watched = watched;
	}

	/**
	 * Read and begin to watch. Does nothing if it was started before or is closed.
	 */
	public void start() {
		begin(null, 0);
	}

	/**
	 * Begin to watch after what was read before. Does nothing if it was started before or
	 * is closed.
	 * @param read the revision that was read
	 * @param clusterId of the cluster that was read
	 */
	public void start(long read, long clusterId) {
		synchronized (this) {
			this.latest = read;
			this.clusterId = clusterId;
		}
		begin(null, read + 1);
	}

	/**
	 * Begin to read or to watch.
	 * @param former the attempt that this one follows, {@code null} for the first
	 */
	private void begin(@Nullable Attempt former, long revision) {
		Attempt next = new Attempt();
		synchronized (this) {
			if (this.closed || this.current != former) {
				return;
			}
			this.current = next;
		}
		if (revision > 0) {
			next.watch(revision);
		}
		else {
			next.read();
		}
	}

	private void failed(Attempt attempt, Throwable failure) {
		long delay;
		synchronized (this) {
			if (!isCurrent(attempt)) {
				return;
			}
			attempt.failed = true;
			this.failures = attempt.isFruitful() ? 0 : this.failures;
			delay = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(this.failures, MAX_DOUBLINGS));
			this.failures++;
			Throwable cause = failure.getCause();
			this.watched.failed((failure instanceof CompletionException && cause != null) ? cause : failure,
					this.failures);
		}
		attempt.close();
		CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(() -> begin(attempt, 0));
	}

	/**
	 * Take note of an answer of a linearizable read.
	 * @return whether the cluster is another one than before, or has lost its data
	 */
	@GuardedBy("this")
	private boolean replaceKnown(Response.Header header) {
		boolean another = isOfOtherCluster(header) || header.getRevision() < this.latest;
		this.latest = header.getRevision();
		this.clusterId = header.getClusterId();
		return another;
	}

	@GuardedBy("this")
	private boolean isOfOtherCluster(Response.Header header) {
		// The proxy of etcd may leave it out
		return this.clusterId != 0 && header.getClusterId() != 0 && this.clusterId != header.getClusterId();
	}

	@GuardedBy("this")
	private boolean isCurrent(Attempt attempt) {
		// The client tells of the end once more when a watch is closed
		return this.current == attempt && !attempt.failed;
	}

	private CompletableFuture<GetResponse> read(GetOption option) {
		try {
			return this.client.getKVClient().get(this.key, option);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
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
	}

	/**
	 * One read and one watch. The client resumes some watches that it reported as failed,
	 * so that each is closed before the next. The client calls back with a lock that it
	 * needs to open and to close one, which is why that is done without holding another.
	 */
	private final class Attempt implements Watch.Listener {

		@GuardedBy("this")
		private Watch.@Nullable Watcher watcher;

		@GuardedBy("this")
		private boolean closed;

		// These are guarded by the outer instance

		private boolean failed;

		private boolean hadEvents;

		private long watchedSince;

		private boolean isFruitful() {
			return this.hadEvents || (this.watchedSince != 0 && System.nanoTime() - this.watchedSince > LIFE_NANOS);
		}

		private void read() {
			RepeatedWatch.this.read(RepeatedWatch.this.watched.getReadOption()).whenComplete(this::onRead);
		}

		private void onRead(@Nullable GetResponse response, @Nullable Throwable failure) {
			long next;
			try {
				if (response == null) {
					throw (failure != null) ? failure : new IllegalStateException("no response");
				}
				synchronized (RepeatedWatch.this) {
					if (!isCurrent(this)) {
						return;
					}
					next = RepeatedWatch.this.watched.read(response, replaceKnown(response.getHeader()));
				}
			}
			catch (Throwable ex) {
				failed(this, ex);
				return;
			}
			watch(next);
		}

		private void watch(long next) {
			synchronized (RepeatedWatch.this) {
				this.watchedSince = System.nanoTime();
			}
			WatchOption option = RepeatedWatch.this.watched.getWatchOption()
				.withRevision(next)
				.withCreateNotify(true)
				.build();
			Watch.Watcher opened;
			try {
				opened = RepeatedWatch.this.client.getWatchClient().watch(RepeatedWatch.this.key, option, this);
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
			if (response.isCreatedNotify()) {
				onCreated(response.getHeader());
			}
			else if (!response.getEvents().isEmpty()) {
				// What follows waits, so that changes stay in order
				synchronized (RepeatedWatch.this.delivery) {
					changed(response).run();
				}
			}
		}

		private Runnable changed(WatchResponse response) {
			synchronized (RepeatedWatch.this) {
				if (!isCurrent(this)) {
					return () -> {
					};
				}
				this.hadEvents = true;
				RepeatedWatch.this.latest = Math.max(RepeatedWatch.this.latest, response.getHeader().getRevision());
				return RepeatedWatch.this.watched.changed(response.getEvents());
			}
		}

		/**
		 * The watch may have waited for etcd long after the read. A member may lag; a
		 * store that is behind as a whole has lost its data, and tells of no change.
		 */
		private void onCreated(Response.Header header) {
			boolean other;
			long known;
			synchronized (RepeatedWatch.this) {
				if (!isCurrent(this)) {
					return;
				}
				other = isOfOtherCluster(header);
				known = RepeatedWatch.this.latest;
				// Without a cluster it is of the proxy, which repeats the revision that
				// was
				// asked for
				if (!other && header.getClusterId() != 0) {
					RepeatedWatch.this.latest = Math.max(known, header.getRevision());
				}
			}
			if (other) {
				failed(this, new IllegalStateException("it is another etcd cluster now"));
			}
			else if (header.getRevision() < known) {
				RepeatedWatch.this.read(REVISION).whenComplete((response, failure) -> {
					if (response == null || response.getHeader().getRevision() < known) {
						failed(this, (failure != null) ? failure : new IllegalStateException("etcd has lost its data"));
					}
				});
			}
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
