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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

/**
 * Creates sources of directories whose files are quiet, or do not fit each other, for as
 * long as a test says: the time that they wait passes without waiting.
 */
public final class ClockedDirectory {

	private final AtomicLong nanoTime = new AtomicLong();

	private final SslBundleCache sslBundles = new SslBundleCache(null);

	/**
	 * Create a source.
	 * @param relationName the name of the relation
	 * @param directory the directory
	 * @param watcher notices changes
	 * @param scheduler looks again
	 * @param relationInterface the interface, {@code null} if the data shows it
	 * @return the source
	 */
	public DirectoryRelationSource source(String relationName, Path directory, DirectoryWatcher watcher,
			ScheduledExecutorService scheduler, @Nullable RelationInterface relationInterface) {
		return new DirectoryRelationSource(relationName, directory, watcher, scheduler, this.sslBundles,
				relationInterface, () -> OwnDataKind.NONE, new ExposedFiles(), this.nanoTime::get);
	}

	/**
	 * Have time pass for all sources.
	 * @param time how much
	 */
	public void elapse(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

}
