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

package io.github.etcdrelation.internal.juju;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Thrown when Juju works but does not hand out a secret: it is not granted, or not there.
 */
public final class SecretUnavailableException extends InvalidRelationDataException {

	/**
	 * Create a new instance from what a tool reported.
	 * @param failure the failure of the tool
	 */
	public SecretUnavailableException(InvalidRelationDataException failure) {
		super(failure.getItem(), failure.getReason(), failure.getRemedy(), failure.getCause());
	}

}
