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

package io.github.etcdrelation.internal.channel;

import org.jspecify.annotations.Nullable;

/**
 * Schedules tasks on a thread where no callback may run.
 */
@FunctionalInterface
interface Delays {

	/**
	 * Schedule a task.
	 * @param task the task
	 * @param nanos the delay in nanoseconds
	 * @return cancels the task, {@code null} if it will not run: the channel is closed
	 */
	@Nullable Cancellable schedule(Runnable task, long nanos);

}
