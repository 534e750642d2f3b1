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

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Describes data that cannot be used, where what to do about it is reported apart from
 * that or is too much.
 */
public final class InvalidData {

	private InvalidData() {
	}

	/**
	 * Describe what is wrong.
	 * @param failure the failure
	 * @return item and reason, without the remedy
	 */
	public static String describe(InvalidRelationDataException failure) {
		return failure.getItem() + " " + failure.getReason();
	}

}
