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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.state.RelationData;
import io.github.etcdrelation.tls.PemSslBundles;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the files of a directory say. Files that are being written are not shown:
 * until a set of files is quiet and belongs together the last good one stays in view.
 *
 * @since 0.1.0
 */
public final class DirectoryRelationSource implements RelationSource {

	private static final Duration QUIET = Duration.ofMillis(50);

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final String relationName;

	private final Path directory;

	private final DirectoryWatcher watcher;

	private final ScheduledExecutorService scheduler;

	private final KnownListing listing = new KnownListing(System::nanoTime);

	private RelationView view = RelationView.empty();

	private @Nullable FileStamps taken;

	private @Nullable FileStamps watched;

	private @Nullable FileStamps pending;

	private long pendingSince;

	private boolean spool;

	private @Nullable Runnable changed;

	private @Nullable ScheduledFuture<?> look;

	/**
	 * Create a source.
	 * @param relationName the name of the relation
	 * @param directory the directory, which may appear later
	 * @param watcher notices changes
	 * @param scheduler looks again at files that were being written
	 */
	public DirectoryRelationSource(String relationName, Path directory, DirectoryWatcher watcher,
			ScheduledExecutorService scheduler) {
		this.relationName = relationName;
		this.directory = directory;
		this.watcher = watcher;
		this.scheduler = scheduler;
	}

	@Override
	public String getRelationName() {
		return this.relationName;
	}

	@Override
	public void start(Runnable changed) {
		synchronized (this) {
			this.changed = changed;
			this.watched = null;
			this.listing.forget();
			this.watcher.watch(List.of(this.directory), changed);
		}
		// Whatever happened since it was read; what else is to be watched is known then
		changed.run();
	}

	@Override
	public void stop() {
		Runnable subscriber;
		synchronized (this) {
			subscriber = this.changed;
			this.changed = null;
			if (this.look != null) {
				this.look.cancel(false);
			}
		}
		if (subscriber != null) {
			this.watcher.forget(subscriber);
		}
	}

	@Override
	public synchronized RelationView read() {
		if (this.listing.isCurrent()) {
			return this.view;
		}
		DirectoryContent content = DirectoryContent.of(this.directory);
		FileStamps stamps = content.stamps();
		if (this.changed != null && !isWatched(content, stamps, this.changed)) {
			content = watch(content, this.changed);
			stamps = content.stamps();
		}
		if (stamps.equals(this.taken)) {
			this.pending = null;
			this.listing.take(content);
			return this.view;
		}
		this.listing.forget();
		long now = System.nanoTime();
		if (!stamps.equals(this.pending)) {
			this.pending = stamps;
			this.pendingSince = now;
		}
		boolean atomic = content.isAtomic() || (this.spool && content.isEmpty());
		Duration age = Duration.ofNanos(now - this.pendingSince);
		if (this.taken != null && !atomic && age.compareTo(QUIET) < 0) {
			return lookAgain();
		}
		boolean patient = age.compareTo(PATIENCE) < 0;
		RelationView read;
		try {
			read = content.read(!(this.spool || content.isSpool()));
		}
		catch (InvalidRelationDataException ex) {
			if (patient) {
				return lookAgain();
			}
			throw ex;
		}
		boolean changedMeanwhile = !DirectoryContent.of(this.directory).stamps().equals(stamps);
		if (changedMeanwhile || (patient && !atomic && !isSettled(content, read))) {
			return lookAgain();
		}
		this.spool |= content.isSpool();
		this.taken = stamps;
		this.pending = null;
		this.view = read;
		return read;
	}

	private boolean isWatched(DirectoryContent content, FileStamps stamps, Runnable subscriber) {
		return content.isPresent() && stamps.equals(this.watched) && this.watcher.isWatching(subscriber);
	}

	/**
	 * Watch what is there. As long as its stamps stay the same, so do the directories and
	 * what has been noticed of them.
	 */
	private DirectoryContent watch(DirectoryContent listed, Runnable subscriber) {
		DirectoryContent content = listed;
		FileStamps watching;
		do {
			watching = content.watchedStamps();
			this.watcher.watch(content.directories(), subscriber);
			// What came before it was watched has not been noticed
			content = DirectoryContent.of(this.directory);
			this.watched = content.stamps();
		}
		// What has been exchanged meanwhile is not what is watched
		while (!content.watchedStamps().equals(watching));
		return content;
	}

	private RelationView lookAgain() {
		if (this.changed != null && (this.look == null || this.look.isDone())) {
			this.look = this.scheduler.schedule(this.changed, QUIET.toMillis(), TimeUnit.MILLISECONDS);
		}
		return this.view;
	}

	/**
	 * Return whether what was read is likely to stay: files that are written one by one
	 * do not fit each other for a moment, and those that are replaced may be missing.
	 */
	private boolean isSettled(DirectoryContent content, RelationView read) {
		if (!content.isPresent()) {
			return this.taken == null;
		}
		return !isLessThanBefore(read) && databags(read).stream().allMatch(DirectoryRelationSource::fits);
	}

	private boolean isLessThanBefore(RelationView read) {
		Collection<Map<String, String>> databags = databags(read);
		return databags(this.view).stream()
			.flatMap((databag) -> databag.entrySet().stream())
			.filter((entry) -> !entry.getValue().isBlank())
			.anyMatch((entry) -> databags.stream()
				.allMatch((databag) -> databag.getOrDefault(entry.getKey(), "").isBlank()));
	}

	private static boolean fits(Map<String, String> databag) {
		ClientCredentials credentials = new ClientCredentials(databag.get(RelationData.CLIENT_CERT),
				databag.get(RelationData.CLIENT_KEY), databag.get(RelationData.CLIENT_CA));
		if (!credentials.isComplete()) {
			return true;
		}
		try {
			PemSslBundles.create(credentials);
			return true;
		}
		catch (InvalidRelationDataException ex) {
			return false;
		}
	}

	private static Collection<Map<String, String>> databags(RelationView view) {
		return view.getRelations().values().stream().flatMap((units) -> units.values().stream()).toList();
	}

}
