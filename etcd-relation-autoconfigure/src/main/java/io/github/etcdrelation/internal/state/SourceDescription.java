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

/**
 * Says where data was found that is missing or cannot be used.
 */
public final class SourceDescription {

	private SourceDescription() {
	}

	/**
	 * Append the description of a source to what is wrong with its data, unless its
	 * location is part of that already.
	 * @param reason what is wrong
	 * @param description the description of the source, such as {@code directory /x}
	 * @return the text
	 */
	public static String append(String reason, String description) {
		String location = description.substring(description.lastIndexOf(' ') + 1);
		return reason.contains(location) ? reason : reason + " (" + description + ")";
	}

}
