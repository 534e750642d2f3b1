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

package io.github.etcdrelation.state;

import java.util.concurrent.CompletableFuture;

/**
 * Puts the data of a relation to use before its events are published.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RelationFollower {

	/**
	 * Put data to use.
	 * @param data the data
	 * @return completed when the data is in use, exceptionally when it was refused and
	 * what was in use before still serves
	 * @throws RuntimeException if the data was refused
	 */
	CompletableFuture<Void> follow(RelationData data);

	/**
	 * Return whether something else than the data has changed since it was last put to
	 * use, so that this has to be done again.
	 * @return whether the same data would be put to use differently
	 */
	default boolean isOutdated() {
		return false;
	}

}
