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

package io.github.etcdrelation.sample.quickstart;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.actuate.RelationDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What the page says of the present.
 *
 * @param ready whether the tour at the start has ended
 * @param etcd the version of etcd
 * @param health the status of the relation's health
 * @param healthReason why it is not up
 * @param states the states of the relation, each with the time since which it holds
 * @param certificate the client certificate in use
 * @param authorities the names of the authorities in use
 * @param problem the problem of the connection
 * @param pending why newer data is not in use
 * @param counters the counters of the relation
 * @param members the members
 * @param counts the counts of the application
 * @param obstacles why buttons make no sense now, by their names
 */
record PageStatus(boolean ready, String etcd, String health, @Nullable String healthReason, Map<String, Instant> states,
		@Nullable Certificate certificate, List<String> authorities, @Nullable String problem, @Nullable String pending,
		RelationDescriptor.Counters counters, List<Member> members, Workload.Counts counts,
		Map<String, String> obstacles) {

	/**
	 * The certificate in use.
	 *
	 * @param subject its name
	 * @param issuer the name of its authority
	 * @param fingerprint its SHA-256
	 * @param validTo the end of its validity
	 */
	record Certificate(String subject, String issuer, String fingerprint, Instant validTo) {

	}

	/**
	 * A member.
	 *
	 * @param name its name
	 * @param url its address
	 * @param process what its process does: running, frozen, killed or starting
	 * @param state what calls know of it
	 * @param problem why it gets none
	 * @param refusal why it is served with former credentials
	 * @param leader whether it is the leader
	 * @param version its version
	 * @param calls the calls that wait for its answer
	 * @param streams the open streams
	 * @param certificate the fingerprint of the certificate of its connection
	 * @param certificateName its name, if it is one that the relation had before
	 */
	record Member(String name, String url, String process, String state, @Nullable String problem,
			@Nullable String refusal, boolean leader, @Nullable String version, int calls, int streams,
			@Nullable String certificate, @Nullable String certificateName) {

	}

}
