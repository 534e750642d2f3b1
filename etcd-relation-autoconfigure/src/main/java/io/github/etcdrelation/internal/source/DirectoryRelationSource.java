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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.InvalidData;
import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of a directory. Files that are being written do not become a view:
 * until a set of files is quiet and belongs together the last good view stays.
 */
public final class DirectoryRelationSource implements RelationSource {

	private static final Duration QUIET = Duration.ofMillis(50);

	/**
	 * How often the directory is not listed again before it is all the same, and watched
	 * again.
	 */
	private static final int MAX_UNLISTED = 60;

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final String relationName;

	private final Path directory;

	private final DirectoryWatcher watcher;

	private final ScheduledExecutorService scheduler;

	private final SettledData settledData;

	private final @Nullable RelationInterface relationInterface;

	private final Supplier<OwnDataKind> ownData;

	private final LongSupplier nanoTime;

	private final ListingCache listing = new ListingCache(System::nanoTime);

	private final ExposedFiles exposedFiles;

	private RelationView view = RelationView.empty();

	private @Nullable FileSnapshots taken;

	private @Nullable FileSnapshots pending;

	private long pendingSince;

	private boolean doubtful;

	private int unlisted;

	private boolean spool;

	private boolean ambiguous;

	private volatile @Nullable String missing;

	private @Nullable Runnable changed;

	private @Nullable ScheduledFuture<?> look;

	/**
	 * Create a source.
	 * @param relationName the name of the relation
	 * @param directory the directory, which may appear later
	 * @param watcher notices changes
	 * @param scheduler looks again at files that were being written
	 * @param sslBundles checks that certificate, key and CA belong together
	 * @param relationInterface the interface that the data is of, {@code null} if it
	 * shows that itself
	 * @param ownData supplies what of a relation of the interface {@code etcd_client} is
	 * given beside the directory
	 * @param exposedFiles warns of files that others have access to
	 */
	public DirectoryRelationSource(String relationName, Path directory, DirectoryWatcher watcher,
			ScheduledExecutorService scheduler, SslBundleCache sslBundles,
			@Nullable RelationInterface relationInterface, Supplier<OwnDataKind> ownData, ExposedFiles exposedFiles) {
		this(relationName, directory, watcher, scheduler, sslBundles, relationInterface, ownData, exposedFiles,
				System::nanoTime);
	}

	DirectoryRelationSource(String relationName, Path directory, DirectoryWatcher watcher,
			ScheduledExecutorService scheduler, SslBundleCache sslBundles,
			@Nullable RelationInterface relationInterface, Supplier<OwnDataKind> ownData, ExposedFiles exposedFiles,
			LongSupplier nanoTime) {
		this.relationName = relationName;
		this.directory = directory.toAbsolutePath();
		this.watcher = watcher;
		this.scheduler = scheduler;
		this.settledData = new SettledData(sslBundles, relationInterface);
		this.relationInterface = relationInterface;
		this.ownData = ownData;
		this.exposedFiles = exposedFiles;
		this.nanoTime = nanoTime;
	}

	/**
	 * Return whether a directory is the spool of a charm.
	 * @param directory the directory
	 * @return whether it is, or cannot be read
	 */
	public static boolean isSpool(Path directory) {
		try {
			return DirectoryContent.of(directory, new Interpretation(null, OwnDataKind.NONE)).isSpool();
		}
		catch (InvalidRelationDataException ex) {
			return true;
		}
	}

	@Override
	public String getRelationName() {
		return this.relationName;
	}

	@Override
	public String getDescription() {
		return "directory " + Printable.of(this.directory);
	}

	@Override
	public void start(Runnable changed) {
		synchronized (this) {
			this.changed = changed;
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
		if (this.listing.isCurrent() && ++this.unlisted < MAX_UNLISTED) {
			return this.view;
		}
		this.unlisted = 0;
		try {
			return list();
		}
		catch (InvalidRelationDataException ex) {
			this.missing = InvalidData.describe(ex);
			throw ex;
		}
	}

	private RelationView list() {
		DirectoryContent content = content();
		while (this.changed != null && this.watcher.watch(content.directories(), this.changed)) {
			content = content();
		}
		FileSnapshots stamps = content.stamps();
		long now = this.nanoTime.getAsLong();
		if (!stamps.equals(this.pending)) {
			this.pending = stamps;
			this.pendingSince = now;
		}
		boolean known = stamps.equals(this.taken) && !this.doubtful;
		Duration age = Duration.ofNanos(now - this.pendingSince);
		boolean patient = age.compareTo(PATIENCE) < 0;
		RelationView read;
		try {
			read = content.read(!(this.spool || content.isSpool()));
		}
		catch (InvalidRelationDataException ex) {
			// Files may have gone since they were listed
			if (patient || !content().stamps().equals(stamps)) {
				if (this.taken == null) {
					this.missing = InvalidData.describe(ex);
				}
				return lookAgain();
			}
			this.listing.forget();
			throw ex;
		}
		if (known) {
			if (read.equals(this.view)) {
				content.forEachRead(this.exposedFiles::report);
				this.missing = content.describeMissing();
				this.listing.take(content);
				return this.view;
			}
			// Written again within what the times can show: is it complete?
			this.doubtful = true;
			this.pending = null;
			return lookAgain();
		}
		boolean atomic = content.isAtomic() || (this.spool && content.isEmpty());
		if (this.taken != null && !atomic && age.compareTo(QUIET) < 0) {
			return lookAgain();
		}
		boolean changedMeanwhile = !content().stamps().equals(stamps);
		if (changedMeanwhile || (patient && !atomic && !isSettled(content, read))) {
			if (this.taken == null) {
				this.missing = "the files in directory %s do not fit each other yet".formatted(this.directory);
			}
			return lookAgain();
		}
		this.spool |= content.isSpool();
		this.ambiguous = content.isAmbiguous();
		this.taken = stamps;
		this.doubtful = false;
		this.view = read;
		this.missing = content.describeMissing();
		content.forEachRead(this.exposedFiles::report);
		return read;
	}

	@Override
	public @Nullable String describeMissing() {
		String missing = this.missing;
		return (missing != null) ? Printable.of(missing) : null;
	}

	private RelationView lookAgain() {
		this.listing.forget();
		if (this.changed != null && (this.look == null || this.look.isDone())) {
			this.look = this.scheduler.schedule(this.changed, QUIET.toMillis(), TimeUnit.MILLISECONDS);
		}
		return this.view;
	}

	private boolean isSettled(DirectoryContent content, RelationView read) {
		if (!content.isPresent()) {
			return this.taken == null;
		}
		return this.settledData.isSettled((this.taken != null) ? this.view : null, read,
				content.isAmbiguous() && !this.ambiguous);
	}

	private DirectoryContent content() {
		return DirectoryContent.of(this.directory, new Interpretation(this.relationInterface, this.ownData.get()));
	}

}
