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
import org.jspecify.annotations.Nullable;

/**
 * The refusals of etcd before it acts: a call that is retried at another member or with
 * another token is not applied twice.
 */
enum Refusal {

	/**
	 * The member has no leader.
	 */
	NO_LEADER,

	/**
	 * The member is a learner, which serves nothing but its own state.
	 */
	LEARNER,

	/**
	 * The proposal was dropped before the member sent it.
	 */
	DROPPED,

	/**
	 * The member is far behind in applying committed entries, for example when it resumes
	 * after it was frozen.
	 */
	BUSY,

	/**
	 * The token is unknown, old or missing.
	 */
	TOKEN;

	private static final String CODE = "desc = ";

	static @Nullable Refusal of(Status status) {
		return of(status.getDescription());
	}

	/**
	 * Return the refusal that a text of etcd means.
	 * @param text the description of a status or the reason of a canceled watch
	 * @return the refusal, {@code null} if it is none
	 */
	static @Nullable Refusal of(@Nullable String text) {
		if (text == null) {
			return null;
		}
		// A watch reports it with the code in front
		return switch (text.substring(text.indexOf(CODE) + ((text.indexOf(CODE) >= 0) ? CODE.length() : 1))) {
			case "etcdserver: no leader" -> NO_LEADER;
			case "etcdserver: rpc not supported for learner" -> LEARNER;
			case "raft proposal dropped" -> DROPPED;
			case "etcdserver: too many requests" -> BUSY;
			case "etcdserver: invalid auth token", "etcdserver: revision of auth store is old",
					"etcdserver: user name is empty" ->
				TOKEN;
			default -> null;
		};
	}

}
