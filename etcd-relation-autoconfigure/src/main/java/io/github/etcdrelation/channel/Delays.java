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

package io.github.etcdrelation.channel;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks later, on a thread where they must not run callbacks.
 */
@FunctionalInterface
interface Delays {

	/**
	 * Run a task later.
	 * @param task the task
	 * @param nanos when, in nanoseconds from now
	 * @return lets the task not run, {@code null} if it never will because all is being
	 * closed
	 */
	@Nullable Timeout schedule(Runnable task, long nanos);

}
