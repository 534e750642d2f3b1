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

package io.github.etcdrelation.source;

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
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Notices changes in directories, on one thread for all of them. Where the file system
 * cannot be watched nothing is noticed, and what depends on it has to look by itself from
 * time to time.
 *
 * @since 0.1.0
 */
public final class DirectoryWatcher implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(DirectoryWatcher.class);

	private final Map<Path, Set<Subscription>> subscriptions = new HashMap<>();

	private final Map<Runnable, Set<Path>> directories = new IdentityHashMap<>();

	private final Map<Path, WatchKey> keys = new HashMap<>();

	// There is one key for a directory, however many names it has, as one that was moved
	// or is mounted twice
	private final Map<WatchKey, Set<Path>> names = new HashMap<>();

	private final Set<Path> unwatchable = new HashSet<>();

	private final Set<Runnable> stale = Collections.newSetFromMap(new IdentityHashMap<>());

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
	 * Start to watch directories in place of those that were watched for the same
	 * subscriber before.
	 * @param directories the directories; of one that does not exist its nearest parent
	 * is watched
	 * @param subscriber run on the watcher's thread when something changes in them
	 */
	synchronized void watch(Collection<Path> directories, Runnable subscriber) {
		if (this.closed || this.unavailable) {
			return;
		}
		// What comes, goes or is exchanged from now on may not be what is watched then
		this.stale.remove(subscriber);
		Map<Path, Set<Subscription>> wanted = wanted(directories, subscriber);
		wanted.forEach(this::register);
		remove(subscriber, wanted);
	}

	/**
	 * Return whether no directory that is watched for a subscriber may have come, gone or
	 * been exchanged since. One that was deleted and created again can have the same file
	 * key.
	 */
	synchronized boolean isWatching(Runnable subscriber) {
		return !this.stale.contains(subscriber);
	}

	/**
	 * Watch nothing any more for a subscriber.
	 */
	synchronized void forget(Runnable subscriber) {
		remove(subscriber, Collections.emptyMap());
		this.stale.remove(subscriber);
	}

	private static Map<Path, Set<Subscription>> wanted(Collection<Path> directories, Runnable subscriber) {
		Map<Path, Set<Subscription>> wanted = new LinkedHashMap<>();
		for (Path directory : directories) {
			Path absolute = directory.toAbsolutePath();
			if (Files.isDirectory(absolute)) {
				add(wanted, absolute, new Subscription(subscriber, null));
			}
			// The directory itself may come, go or be exchanged
			Path child = absolute;
			Path parent = absolute.getParent();
			while (parent != null && !Files.isDirectory(parent)) {
				child = parent;
				parent = parent.getParent();
			}
			if (parent != null && child.getFileName() != null) {
				add(wanted, parent, new Subscription(subscriber, child.getFileName()));
			}
		}
		return wanted;
	}

	private static void add(Map<Path, Set<Subscription>> wanted, Path directory, Subscription subscription) {
		try {
			// By whichever links it is reached
			wanted.computeIfAbsent(directory.toRealPath(), (key) -> new LinkedHashSet<>()).add(subscription);
		}
		catch (IOException ex) {
			// Gone since it was looked at
		}
	}

	private void register(Path directory, Set<Subscription> wanted) {
		if (this.unavailable) {
			return;
		}
		this.subscriptions.computeIfAbsent(directory, (key) -> new LinkedHashSet<>()).addAll(wanted);
		try {
			use(directory, directory.register(watchService(), StandardWatchEventKinds.ENTRY_CREATE,
					StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE));
			this.unwatchable.remove(directory);
		}
		catch (IOException | UnsupportedOperationException ex) {
			if (Files.isDirectory(directory) && this.unwatchable.add(directory)) {
				logger.warn(LogMessage.format("Cannot watch %s (%s): changes are found at the poll interval only",
						directory, ex));
			}
		}
	}

	private void use(Path directory, WatchKey key) {
		WatchKey existing = this.keys.put(directory, key);
		if (existing != key) {
			this.names.computeIfAbsent(key, (unused) -> new HashSet<>()).add(directory);
			if (existing != null) {
				// Another directory has taken the name
				release(directory, existing);
			}
		}
	}

	private void release(Path directory, WatchKey key) {
		Set<Path> names = this.names.getOrDefault(key, Collections.emptySet());
		names.remove(directory);
		if (names.isEmpty()) {
			this.names.remove(key);
			key.cancel();
		}
	}

	private WatchService watchService() throws IOException {
		if (this.watchService == null) {
			try {
				this.watchService = this.watchServiceFactory.create();
			}
			catch (IOException | UnsupportedOperationException ex) {
				this.unavailable = true;
				throw ex;
			}
			Thread thread = new Thread(this::run, "etcd-relation-watcher");
			thread.setDaemon(true);
			thread.start();
		}
		return this.watchService;
	}

	private void remove(Runnable subscriber, Map<Path, Set<Subscription>> except) {
		Set<Path> before = except.isEmpty() ? this.directories.remove(subscriber)
				: this.directories.put(subscriber, Set.copyOf(except.keySet()));
		if (before == null) {
			return;
		}
		for (Path directory : before) {
			Set<Subscription> subscribers = this.subscriptions.getOrDefault(directory, Collections.emptySet());
			Set<Subscription> kept = except.getOrDefault(directory, Collections.emptySet());
			subscribers
				.removeIf((subscription) -> subscription.subscriber() == subscriber && !kept.contains(subscription));
			if (subscribers.isEmpty()) {
				this.subscriptions.remove(directory);
				WatchKey key = this.keys.remove(directory);
				if (key != null) {
					release(directory, key);
				}
			}
		}
	}

	private void run() {
		try {
			for (;;) {
				WatchService service;
				synchronized (this) {
					service = this.watchService;
				}
				if (service == null) {
					return;
				}
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
	 * Return who is to be told of what has happened in a directory.
	 */
	private synchronized Set<Runnable> subscribers(WatchKey key) {
		Set<Path> changed = new HashSet<>();
		boolean overflow = false;
		for (WatchEvent<?> event : key.pollEvents()) {
			if (event.context() instanceof Path path) {
				changed.add(path);
			}
			else {
				overflow = true;
			}
		}
		boolean gone = !key.reset();
		Set<Path> directories = this.names.getOrDefault(key, Set.of((Path) key.watchable()));
		Set<Runnable> subscribers = new LinkedHashSet<>();
		for (Path directory : directories) {
			for (Subscription subscription : this.subscriptions.getOrDefault(directory, Collections.emptySet())) {
				boolean stale = gone
						|| (subscription.child() != null && (overflow || changed.contains(subscription.child())));
				if (stale) {
					this.stale.add(subscription.subscriber());
				}
				if (stale || subscription.child() == null) {
					subscribers.add(subscription.subscriber());
				}
			}
			if (gone) {
				this.keys.remove(directory, key);
			}
		}
		if (gone) {
			this.names.remove(key);
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
		this.directories.clear();
		this.keys.clear();
		this.names.clear();
		this.stale.clear();
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
	 * Makes the service that watches.
	 */
	@FunctionalInterface
	interface WatchServiceFactory {

		WatchService create() throws IOException;

	}

	/**
	 * Who watches a directory.
	 *
	 * @param subscriber is run
	 * @param child the only entry whose changes matter, {@code null} if all do
	 */
	private record Subscription(Runnable subscriber, @Nullable Path child) {

	}

}
