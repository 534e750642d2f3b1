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

package io.github.etcdrelation.provider;

import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Where a provider tells what it offers. Used by one thread at a time.
 *
 * @since 0.1.0
 */
public interface ProviderTarget {

	/**
	 * Return whether someone is there to take what is told.
	 * @return whether the other side is there
	 * @throws InvalidRelationDataException if that cannot be found out
	 */
	boolean isConnected();

	/**
	 * Tell what is offered, wherever it has not been told yet.
	 * @param values keys and values, where an empty value removes the key; other keys
	 * stay
	 * @throws InvalidRelationDataException if it could not be told everywhere
	 */
	void publish(Map<String, String> values);

	/**
	 * Forget what has been told, so that all of it is told again the next time.
	 */
	default void forget() {
	}

}
