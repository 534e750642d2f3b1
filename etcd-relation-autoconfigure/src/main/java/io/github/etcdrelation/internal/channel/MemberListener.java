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

/**
 * Notified of changes of members, in order except for closed connections.
 */
interface MemberListener {

	/**
	 * A connection is being opened; {@link #closed} is called when it ends.
	 */
	void opening(Connection connection);

	/**
	 * The connections that calls may use have changed, or the condition of the member.
	 */
	void changed(Member member);

	/**
	 * The member has accepted the new credentials.
	 */
	void accepted(Member member);

	/**
	 * The member has not accepted the new credentials.
	 */
	void refused(Member member);

	/**
	 * A connection is closed; called on any thread.
	 */
	void closed(Connection connection);

	/**
	 * Return whether there is no other member.
	 */
	boolean isOnlyMember(Member member);

	/**
	 * Return whether a serving member knew before of an election that this one missed.
	 */
	boolean isBehind(Member member, MemberAnswer answer);

}
