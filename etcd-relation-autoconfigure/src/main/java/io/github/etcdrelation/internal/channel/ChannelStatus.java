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

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * The current status of a relation's channel, for monitoring.
 *
 * @param target the target in use, {@code null} if there is none
 * @param refusal what etcd refuses calls for although members serve, {@code null} if it
 * does not
 * @param problem why there is no target, or why none of its members could be reached when
 * last tried; {@code null} if nothing is known to be wrong
 * @param unserved whether calls were lately without a serving member and still are
 * @param rotations how often other endpoints or new credentials replaced the target
 * @param resumedStreams how often watch and keep-alive streams were resumed after a break
 * or a move
 * @param callsInFlight how many calls of the application were started and have not ended
 * @param members the members of the target that are known
 */
public record ChannelStatus(@Nullable ChannelTarget target, @Nullable String refusal, @Nullable String problem,
		boolean unserved, long rotations, long resumedStreams, int callsInFlight, List<Member> members) {

	/**
	 * The status of one member.
	 *
	 * @param url its URL, with its address where the endpoint is a name
	 * @param condition whether it gets calls
	 * @param problem why it gets none, {@code null} if it does
	 * @param refusal why it is still connected with the former credentials, {@code null}
	 * if it is not
	 * @param calls how many unary calls are in flight on the connection in use
	 * @param streams how many streams are open on the connection in use
	 * @param lastHeard when a connection in use last received anything, {@code null} if
	 * there is none
	 * @param leader the id of the leader that it last reported, hexadecimal, {@code null}
	 * if it reported none
	 * @param version the version of etcd that it last reported, {@code null} if none
	 * @param sslBundle the credentials in use, {@code null} for plain text
	 */
	public record Member(String url, MemberCondition condition, @Nullable String problem, @Nullable String refusal,
			int calls, int streams, @Nullable Instant lastHeard, @Nullable String leader, @Nullable String version,
			@Nullable SslBundle sslBundle) {

	}

}
