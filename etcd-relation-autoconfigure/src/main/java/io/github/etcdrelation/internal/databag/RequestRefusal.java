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

package io.github.etcdrelation.internal.databag;

import org.jspecify.annotations.Nullable;

/**
 * Refusal that a provider publishes.
 *
 * @param code its code, from 4000 if it may pass by itself, from 5000 if it does not
 * @param message what is refused, and why
 * @param resolution what to do about it or {@code null}
 */
public record RequestRefusal(int code, String message, @Nullable String resolution) {

	/**
	 * Describe the refusal.
	 * @return the end of a sentence about the relation
	 */
	public String describe() {
		return "the provider refuses the request: %s (%d)%s".formatted(this.message, this.code,
				(this.resolution != null) ? ": " + this.resolution : "");
	}

}
