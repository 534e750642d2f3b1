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

import io.grpc.Status;

/**
 * A call that is queued for a serving member or for a token.
 */
interface PendingCall {

	/**
	 * Return whether it waits for a connection for streams.
	 */
	default boolean isStream() {
		return false;
	}

	/**
	 * Return whether a member that has no leader may answer it.
	 */
	default boolean isServedWithoutLeader() {
		return false;
	}

	/**
	 * Resume the call: what it waits for may be available now.
	 */
	void onReady();

	/**
	 * End the call: what it waits for will not become available.
	 * @param status the status it ends with
	 */
	void onUnserved(Status status);

}
