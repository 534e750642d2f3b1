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

/**
 * Where the data of a relation comes from. A bean of this type replaces the configured
 * source of the relation that it names.
 *
 * @since 0.1.0
 */
public interface RelationSource {

	/**
	 * Return the name of the relation that this is the source of.
	 * @return the name
	 */
	String getRelationName();

	/**
	 * Read what the other side of the relation shows now.
	 * @return the view, {@link RelationView#empty() empty} when the other side is not
	 * there
	 * @throws InvalidRelationDataException if the data cannot be read; what was read
	 * before stays in force
	 */
	RelationView read();

	/**
	 * Return whether the data may change while the application runs. Such a source is
	 * read again from time to time, whether or not it has told that something changed.
	 * @return whether the data may change
	 */
	default boolean isLive() {
		return true;
	}

	/**
	 * Start to tell when the data may have changed.
	 * @param changed to be run then, on any thread; it returns at once
	 */
	default void start(Runnable changed) {
	}

	/**
	 * Tell nothing any more, until started again.
	 */
	default void stop() {
	}

}
