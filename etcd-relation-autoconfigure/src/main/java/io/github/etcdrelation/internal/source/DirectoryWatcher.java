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

package io.github.etcdrelation.internal.source;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Watches directories, on one thread for all of them. It is a hint to look sooner than at
 * the next poll and no more than that: what is exchanged while it is registered, or lies
 * on a file system that cannot be watched, is found by the poll.
 */
public final class DirectoryWatcher implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(DirectoryWatcher.class);

	// There is one key for a directory, by whichever name it was registered
	private final Map<WatchKey, Set<Subscription>> subscriptions = new HashMap<>();

	private final Map<Runnable, Set<WatchKey>> keys = new IdentityHashMap<>();

	private final Set<Path> unwatchable = new HashSet<>();

	private final WatchServiceFactory watchServiceFactory;

	private @Nullable WatchService watchService;

	private boolean unavailable;

	private boolean closed;

	/**
	 * Create a watcher; its thread starts when it is needed.
	 */
	public DirectoryWatcher() {
		this(FileSystems.getDefault()::newWatchService);
	}

	DirectoryWatcher(WatchServiceFactory watchServiceFactory) {
		this.watchServiceFactory = watchServiceFactory;
	}

	/**
	 * Watch directories in place of those that were watched for the same subscriber
	 * before.
	 * @param directories the directories; of one that does not exist its nearest parent
	 * is watched
	 * @param subscriber run on the watcher's thread when something changes in them
	 * @return whether any of them was not watched before, so that what came there before
	 * may have been missed
	 */
	synchronized boolean watch(Collection<Path> directories, Runnable subscriber) {
		Map<WatchKey, Set<Subscription>> wanted = new LinkedHashMap<>();
		for (Path directory : directories) {
			Path absolute = directory.toAbsolutePath();
			if (Files.isDirectory(absolute)) {
				register(absolute, new Subscription(subscriber, null), wanted);
			}
			// The directory itself may come, go or be exchanged
			Path child = absolute;
			Path parent = absolute.getParent();
			while (parent != null && !Files.isDirectory(parent)) {
				child = parent;
				parent = parent.getParent();
			}
			if (parent != null) {
				register(parent, new Subscription(subscriber, child.getFileName()), wanted);
			}
		}
		boolean more = !this.keys.getOrDefault(subscriber, Collections.emptySet()).containsAll(wanted.keySet());
		remove(subscriber, wanted.keySet());
		wanted.forEach((key, added) -> this.subscriptions.computeIfAbsent(key, (unused) -> new LinkedHashSet<>())
			.addAll(added));
		this.keys.put(subscriber, Set.copyOf(wanted.keySet()));
		return more;
	}

	/**
	 * Watch nothing any more for a subscriber.
	 */
	synchronized void forget(Runnable subscriber) {
		remove(subscriber, Collections.emptySet());
	}

	private void register(Path directory, Subscription subscription, Map<WatchKey, Set<Subscription>> wanted) {
		if (this.closed || this.unavailable) {
			return;
		}
		try {
			WatchKey key = directory.register(watchService(), StandardWatchEventKinds.ENTRY_CREATE,
					StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
			wanted.computeIfAbsent(key, (unused) -> new LinkedHashSet<>()).add(subscription);
			this.unwatchable.remove(directory);
		}
		catch (IOException | UnsupportedOperationException ex) {
			if (Files.isDirectory(directory) && this.unwatchable.add(directory)) {
				logger.warn(LogMessage.format("Cannot watch %s (%s): changes are found at the poll interval only",
						Printable.of(directory), Printable.of(ex)));
			}
		}
	}

	private WatchService watchService() throws IOException {
		WatchService service = this.watchService;
		if (service == null) {
			// Until there is one: nothing can be watched if it cannot be created
			this.unavailable = true;
			WatchService created = this.watchServiceFactory.create();
			this.unavailable = false;
			this.watchService = created;
			Thread thread = new Thread(() -> run(created), "etcd-relation-watcher");
			thread.setDaemon(true);
			thread.start();
			service = created;
		}
		return service;
	}

	private void remove(Runnable subscriber, Set<WatchKey> kept) {
		for (WatchKey key : Objects.requireNonNullElse(this.keys.remove(subscriber), Set.<WatchKey>of())) {
			Set<Subscription> subscribed = this.subscriptions.getOrDefault(key, new HashSet<>());
			subscribed.removeIf((subscription) -> subscription.subscriber() == subscriber);
			if (subscribed.isEmpty() && !kept.contains(key)) {
				this.subscriptions.remove(key);
				key.cancel();
			}
		}
	}

	private void run(WatchService service) {
		try {
			for (;;) {
				subscribers(service.take()).forEach(DirectoryWatcher::run);
			}
		}
		catch (ClosedWatchServiceException ex) {
			// The end
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return the subscribers to what has happened in a directory.
	 */
	private synchronized Set<Runnable> subscribers(WatchKey key) {
		Set<Path> changed = new HashSet<>();
		boolean unknown = false;
		for (WatchEvent<?> event : key.pollEvents()) {
			if (event.context() instanceof Path path) {
				changed.add(path);
			}
			else {
				unknown = true;
			}
		}
		Set<Subscription> subscribed = this.subscriptions.getOrDefault(key, Collections.emptySet());
		if (!key.reset()) {
			this.subscriptions.remove(key);
			unknown = true;
		}
		Set<Runnable> subscribers = new LinkedHashSet<>();
		for (Subscription subscription : subscribed) {
			if (unknown || subscription.child() == null || changed.contains(subscription.child())) {
				subscribers.add(subscription.subscriber());
			}
		}
		return subscribers;
	}

	private static void run(Runnable subscriber) {
		try {
			subscriber.run();
		}
		catch (RuntimeException ex) {
			// The thread is that of the others too
			logger.error("A subscriber to changes in a directory failed", ex);
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		this.subscriptions.clear();
		this.keys.clear();
		if (this.watchService != null) {
			try {
				this.watchService.close();
			}
			catch (IOException ex) {
				logger.debug("Cannot close the watch service", ex);
			}
		}
	}

	/**
	 * Creates the service that watches.
	 */
	@FunctionalInterface
	interface WatchServiceFactory {

		WatchService create() throws IOException;

	}

	/**
	 * A subscription to changes in one directory.
	 *
	 * @param subscriber is run
	 * @param child the only entry whose changes matter, {@code null} if all do
	 */
	private record Subscription(Runnable subscriber, @Nullable Path child) {

	}

}
