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
 * Why a connection could not be opened.
 *
 * @param reason the reason, for messages
 * @param refusal whose certificate is refused, {@code null} if none is
 * @param certain whether the refusal is more than a guess
 */
record ConnectFailure(String reason, @Nullable Refusal refusal, boolean certain) {

	static ConnectFailure passing(String reason) {
		return new ConnectFailure(reason, null, true);
	}

	static ConnectFailure ofClient(String reason) {
		return new ConnectFailure(reason, Refusal.CLIENT, true);
	}

	static ConnectFailure ofServer(String reason) {
		return new ConnectFailure(reason, Refusal.SERVER, true);
	}

	/**
	 * Return a failure that may be a refusal of the client certificate.
	 */
	static ConnectFailure perhapsOfClient(String reason) {
		return new ConnectFailure(reason, Refusal.CLIENT, false);
	}

	/**
	 * Return whether it does not pass by itself.
	 */
	boolean permanent() {
		return this.refusal != null && this.certain;
	}

	/**
	 * Whose certificate is refused.
	 */
	enum Refusal {

		CLIENT, SERVER

	}

}
