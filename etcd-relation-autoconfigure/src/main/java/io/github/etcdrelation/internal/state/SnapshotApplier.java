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

package io.github.etcdrelation.internal.state;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Applies the snapshot of a relation before its events are published.
 */
@FunctionalInterface
public interface SnapshotApplier {

	/**
	 * Apply a snapshot.
	 * @param snapshot the snapshot
	 * @return completed when the snapshot is in use, exceptionally when it was refused
	 * and the former one stays in use
	 * @throws RuntimeException if the snapshot was refused
	 */
	CompletableFuture<Void> apply(RelationSnapshot snapshot);

	/**
	 * Return whether what a snapshot depends on has changed since it was last applied.
	 * @return whether the same snapshot has to be applied again
	 */
	default boolean isOutdated() {
		return false;
	}

	/**
	 * Return what calls use since the last snapshot that was applied.
	 * @return what is in use, {@code null} if nothing is
	 */
	default @Nullable DataInUse getDataInUse() {
		return null;
	}

	/**
	 * Return whether calls are served with what is in use.
	 * @return whether they are, as far as is known
	 */
	default boolean isServing() {
		return getDataInUse() != null;
	}

	/**
	 * Record that the source of the relation cannot be read, for calls that fail while
	 * nothing is in use. Nothing else changes, until a snapshot is applied.
	 * @param reason why it cannot be read
	 */
	default void unreadable(String reason) {
	}

}
