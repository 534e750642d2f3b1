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

import java.util.Locale;

/**
 * The condition of a member, as seen by the calls of this application.
 */
public enum MemberCondition {

	/**
	 * No call has needed it yet.
	 */
	IDLE,

	/**
	 * A connection is being opened for the first time.
	 */
	CONNECTING,

	/**
	 * It gets its share of the calls.
	 */
	SERVING,

	/**
	 * There is no connection to it.
	 */
	UNREACHABLE,

	/**
	 * It did not respond in time.
	 */
	SILENT,

	/**
	 * It responds that it has no leader.
	 */
	NO_LEADER,

	/**
	 * It is a learner, which serves no calls.
	 */
	LEARNER;

	/**
	 * Return the name for the actuator.
	 * @return the name in lower case, with hyphens
	 */
	public String getLabel() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
