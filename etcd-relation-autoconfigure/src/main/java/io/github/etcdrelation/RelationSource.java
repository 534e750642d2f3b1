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

package io.github.etcdrelation;

import org.jspecify.annotations.Nullable;

/**
 * Source of the data of a relation. A bean of this type replaces the configured source of
 * the relation that it names.
 *
 * @since 0.1.0
 */
public interface RelationSource {

	/**
	 * Return the name of the relation that this source is for.
	 * @return the name
	 */
	String getRelationName();

	/**
	 * Read the databags that the other side of the relation currently publishes.
	 * @return the view, {@link RelationView#empty() empty} if the other side is not there
	 * @throws InvalidRelationDataException if the data cannot be read; the view read
	 * before stays in use
	 */
	RelationView read();

	/**
	 * Return where the data comes from, for logs and the actuator.
	 * @return a short description without secrets, by default the name of the class
	 */
	default String getDescription() {
		return getClass().getName();
	}

	/**
	 * Describe why the source has no connection string, for the text of calls that fail
	 * and for health. Called after {@link #read()}, on any thread.
	 * @return the end of a sentence that begins with "Relation 'etcd' is not available:",
	 * {@code null} if there is no more to say than the states do
	 */
	default @Nullable String describeMissing() {
		return null;
	}

	/**
	 * Return whether the data may change while the application runs. Such a source is
	 * polled, whether or not it reports changes.
	 * @return whether the data may change
	 */
	default boolean isLive() {
		return true;
	}

	/**
	 * Start reporting when the data may have changed.
	 * @param changed the callback, run on any thread; it returns immediately
	 */
	default void start(Runnable changed) {
	}

	/**
	 * Stop reporting until started again.
	 */
	default void stop() {
	}

}
