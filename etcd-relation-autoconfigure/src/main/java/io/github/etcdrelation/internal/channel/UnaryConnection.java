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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The connection of a member that carries unary calls, and the one that is being opened
 * to replace it.
 */
final class UnaryConnection {

	private volatile @Nullable Connection inUse;

	private @Nullable Connection connecting;

	@Nullable Connection get() {
		return this.inUse;
	}

	boolean is(Connection other) {
		return this.inUse == other;
	}

	boolean isConnecting(Connection other) {
		return this.connecting == other;
	}

	@Nullable Connection getConnecting() {
		return this.connecting;
	}

	/**
	 * Open another connection unless one is being opened.
	 */
	void open(Supplier<Connection> opener) {
		if (this.connecting == null) {
			this.connecting = opener.get();
		}
	}

	/**
	 * Record that the connection being opened failed.
	 */
	void failed() {
		this.connecting = null;
	}

	/**
	 * Use a connection from now on, instead of those in use or being opened.
	 * @param proven the connection, {@code null} for none
	 * @return the connection that was in use, {@code null} if there was none
	 */
	@Nullable Connection use(@Nullable Connection proven) {
		Connection former = this.inUse;
		Connection abandoned = this.connecting;
		this.inUse = proven;
		this.connecting = null;
		if (abandoned != null && abandoned != proven) {
			abandoned.closeNow();
		}
		return former;
	}

}
