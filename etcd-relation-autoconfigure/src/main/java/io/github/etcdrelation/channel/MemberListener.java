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

package io.github.etcdrelation.channel;

/**
 * Notified of what becomes of members, in their order but for closed connections.
 */
interface MemberListener {

	/**
	 * A connection is being opened, which {@link #closed} ends.
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
	 * A connection is closed, on any thread.
	 */
	void closed(Connection connection);

	/**
	 * Return whether there is no other member to go to.
	 */
	boolean isOnlyMember(Member member);

	/**
	 * Return whether members that serve knew before of an election that a member has not
	 * heard of.
	 */
	boolean isBehind(Member member, MemberAnswer answer);

}
