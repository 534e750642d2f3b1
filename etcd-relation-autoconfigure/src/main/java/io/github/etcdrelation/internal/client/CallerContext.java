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

import java.util.Map;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * What the thread of a caller holds: the values that are registered with Micrometer's
 * context propagation, and the MDC. Needs that library, see {@link ContextPropagation}.
 *
 * @param values the registered values
 * @param mdc the MDC, {@code null} if there is none or it is among the registered values
 * @param mdcAccessor reads and writes the MDC, {@code null} if it is registered
 */
record CallerContext(ContextSnapshot values, @Nullable Map<String, String> mdc,
		@Nullable Slf4jThreadLocalAccessor mdcAccessor) {

	private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().clearMissing(true).build();

	private static final Slf4jThreadLocalAccessor MDC = new Slf4jThreadLocalAccessor();

	/**
	 * Capture the context of the current thread.
	 * @return the context, {@code null} if it is empty
	 */
	static @Nullable CallerContext capture() {
		boolean empty = true;
		boolean mdcRegistered = false;
		for (ThreadLocalAccessor<?> accessor : ContextRegistry.getInstance().getThreadLocalAccessors()) {
			mdcRegistered |= Slf4jThreadLocalAccessor.KEY.equals(accessor.key());
			empty &= accessor.getValue() == null;
		}
		// An application that registers the MDC may have chosen some of its keys
		Map<String, String> mdc = mdcRegistered ? null : MDC.getValue();
		empty &= mdc == null || mdc.isEmpty();
		return empty ? null : new CallerContext(SNAPSHOTS.captureAll(), mdc, mdcRegistered ? null : MDC);
	}

	/**
	 * Capture the context of the current thread for callbacks that come after the
	 * caller's observation has ended. It is left out, with what tracing has put into the
	 * MDC for it.
	 * @return the context, {@code null} if it is empty
	 */
	static @Nullable CallerContext captureWithoutObservation() {
		for (ThreadLocalAccessor<?> accessor : ContextRegistry.getInstance().getThreadLocalAccessors()) {
			if (ObservationThreadLocalAccessor.KEY.equals(accessor.key())) {
				return captureWithout(accessor);
			}
		}
		return capture();
	}

	private static <V> @Nullable CallerContext captureWithout(ThreadLocalAccessor<V> accessor) {
		V value = accessor.getValue();
		if (value == null) {
			return capture();
		}
		accessor.setValue();
		try {
			return capture();
		}
		finally {
			accessor.restore(value);
		}
	}

	/**
	 * Run a callback in this context; the thread has its own afterwards.
	 */
	void run(Runnable callback) {
		Slf4jThreadLocalAccessor accessor = this.mdcAccessor;
		if (accessor == null) {
			this.values.wrap(callback).run();
			return;
		}
		// Around the rest: tracing, too, changes the MDC
		Map<String, String> before = accessor.getValue();
		set(accessor, this.mdc);
		try {
			this.values.wrap(callback).run();
		}
		finally {
			set(accessor, before);
		}
	}

	private static void set(Slf4jThreadLocalAccessor accessor, @Nullable Map<String, String> mdc) {
		if (mdc != null) {
			accessor.setValue(mdc);
		}
		else {
			accessor.setValue();
		}
	}

}
