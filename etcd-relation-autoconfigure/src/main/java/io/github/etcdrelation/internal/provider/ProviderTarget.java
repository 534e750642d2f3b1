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

package io.github.etcdrelation.internal.provider;

import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Target that a provider publishes to. Used by one thread at a time.
 */
public interface ProviderTarget {

	/**
	 * Return whether the other side is there.
	 * @return whether it is there
	 * @throws InvalidRelationDataException if that cannot be determined
	 */
	boolean isConnected();

	/**
	 * Publish what is offered wherever it has not been published yet.
	 * @param values keys and values, where an empty value removes the key; others stay
	 * @throws InvalidRelationDataException if it could not be published everywhere
	 */
	void publish(Map<String, String> values);

	/**
	 * Forget what has been published, so that the next time all of it is published again.
	 */
	default void forget() {
	}

}
