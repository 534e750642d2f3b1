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

import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Thrown when a hook tool ends with an exit code other than zero.
 */
final class ToolFailedException extends InvalidRelationDataException {

	private static final int NOT_EXECUTABLE = 126;

	private static final int NOT_FOUND = 127;

	private final int exitCode;

	private final transient String words;

	/**
	 * Create a new instance.
	 * @param failure what is reported of the failure
	 * @param exitCode the exit code
	 * @param words what the tool said, which may quote a value and is not reported
	 */
	ToolFailedException(InvalidRelationDataException failure, int exitCode, String words) {
		super(failure.getItem(), failure.getReason(), failure.getRemedy(), failure.getCause());
		this.exitCode = exitCode;
		this.words = words;
	}

	/**
	 * Return whether the tool itself said something.
	 * @param pattern what to find in its words
	 * @return whether it ran and said so
	 */
	boolean says(Pattern pattern) {
		// A shell uses these codes if it cannot run the tool
		return this.exitCode != NOT_EXECUTABLE && this.exitCode != NOT_FOUND && pattern.matcher(this.words).find();
	}

}
