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

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The connection of a member that carries streams, opened with the first of them. Large
 * responses on the same connection would delay events.
 */
final class StreamConnection {

	private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private volatile @Nullable Connection connection;

	private volatile long failedTime = System.nanoTime() - DELAY_NANOS;

	@Nullable Connection get() {
		return this.connection;
	}

	boolean is(Connection other) {
		return this.connection == other;
	}

	/**
	 * Open the connection unless it is open, opening or has just failed.
	 */
	void open(Supplier<Connection> opener) {
		if (this.connection == null && !hasFailed(System.nanoTime())) {
			this.connection = opener.get();
		}
	}

	/**
	 * Remove the connection.
	 * @param failed whether to delay the next one
	 * @return the former connection, {@code null} if there was none
	 */
	@Nullable Connection take(boolean failed) {
		Connection former = this.connection;
		this.connection = null;
		this.failedTime = System.nanoTime() - (failed ? 0 : DELAY_NANOS);
		return former;
	}

	boolean hasFailed(long now) {
		return now - this.failedTime < DELAY_NANOS;
	}

	boolean isConnecting() {
		Connection current = this.connection;
		return current != null && !current.isOpen();
	}

}
