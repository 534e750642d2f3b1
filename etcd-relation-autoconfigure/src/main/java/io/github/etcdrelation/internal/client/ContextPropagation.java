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

package io.github.etcdrelation.internal.client;

import java.util.List;

import io.grpc.ClientInterceptor;

import org.springframework.util.ClassUtils;

/**
 * Passes the context of callers on to callbacks if Micrometer's context propagation is on
 * the class path. Otherwise nothing is added to a call.
 */
final class ContextPropagation {

	private static final boolean PRESENT = ClassUtils.isPresent(
			"io.micrometer.context.integration.Slf4jThreadLocalAccessor", ContextPropagation.class.getClassLoader());

	private ContextPropagation() {
	}

	/**
	 * Add the interceptor of the context.
	 * @param interceptors the interceptors of a client, the first of which is the closest
	 * to the network
	 */
	static void addTo(List<ClientInterceptor> interceptors) {
		if (PRESENT) {
			// The outermost: the observation of a call is no longer current in its
			// callbacks
			interceptors.add(new ContextInterceptor());
		}
	}

	/**
	 * Wrap a task that is run later for the caller of the current call.
	 * @param task the task
	 * @return a task that runs in the context of the current thread
	 */
	static Runnable wrap(Runnable task) {
		CallerContext context = PRESENT ? CallerContext.capture() : null;
		return (context != null) ? () -> context.run(task) : task;
	}

}
