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

package io.github.etcdrelation.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Description of a relation for the actuator.
 *
 * @param name the name of the relation
 * @param source where its data comes from
 * @param states the current states, each with the time since which it holds
 * @param relationInterface the name of the Juju interface of its data, {@code null} as
 * long as the data does not determine it
 * @param version the version of etcd that the provider publishes
 * @param username the name of the etcd user that the provider grants or {@code null}
 * @param prefix the prefix of the keys that the provider grants or {@code null}
 * @param refusals what the provider refuses
 * @param endpoints the URLs of the target in use
 * @param members the members behind the endpoints, one for each address
 * @param clientCertificates the client certificate and its chain
 * @param authorities the certificate authorities of the servers
 * @param problem the current problem of the connection or {@code null}
 * @param pending refused data that waits to be accepted or replaced, with the time since
 * which it does, and why it was refused; {@code null} if there is none
 * @param lastRefresh when the source was last read, and the outcome
 * @param lastFailure when data was last refused, and why
 * @param counters the counters of the relation
 * @since 0.1.0
 */
public record RelationDescriptor(String name, String source, Map<String, Instant> states,
		@Nullable String relationInterface, @Nullable String version, @Nullable String username,
		@Nullable String prefix, List<Refusal> refusals, List<String> endpoints, List<Member> members,
		List<Certificate> clientCertificates, List<Certificate> authorities, @Nullable String problem,
		@Nullable Failure pending, @Nullable Refresh lastRefresh, @Nullable Failure lastFailure, Counters counters) {

	/**
	 * State of one member.
	 *
	 * @param url its URL, with its address where the endpoint has a host name
	 * @param state whether it receives calls: {@code idle}, {@code connecting},
	 * {@code serving}, {@code unreachable}, {@code silent}, {@code no-leader} or
	 * {@code learner}
	 * @param problem why it receives none, {@code null} if it does
	 * @param refusal why calls to it still use the former credentials, {@code null} if
	 * they do not
	 * @param callsInFlight how many unary calls wait for its answer
	 * @param streams how many streams, such as those of watches, are open
	 * @param lastHeard when anything was last received from it, {@code null} if it is not
	 * connected
	 * @param leader the id of the leader that it last reported, hexadecimal, {@code null}
	 * if it reported none
	 * @param version the version of etcd that it last reported, {@code null} if none
	 * @param certificate the fingerprint of the client certificate that calls to it use,
	 * {@code null} if they use none
	 */
	public record Member(String url, String state, @Nullable String problem, @Nullable String refusal,
			int callsInFlight, int streams, @Nullable Instant lastHeard, @Nullable String leader,
			@Nullable String version, @Nullable String certificate) {

	}

	/**
	 * A certificate, without its key.
	 *
	 * @param subject the distinguished name of its subject
	 * @param issuer the distinguished name of its issuer
	 * @param fingerprint its SHA-256 fingerprint, hexadecimal
	 * @param validFrom the start of its validity
	 * @param validTo the end of its validity
	 */
	public record Certificate(String subject, String issuer, String fingerprint, Instant validFrom, Instant validTo) {

	}

	/**
	 * One refusal of the provider.
	 *
	 * @param code its code, from 4000 if it may pass by itself, from 5000 if it does not
	 * @param message what is refused, and why
	 * @param resolution what to do about it or {@code null}
	 */
	public record Refusal(int code, String message, @Nullable String resolution) {

	}

	/**
	 * One read of the source.
	 *
	 * @param time when it happened
	 * @param outcome its outcome: {@code CHANGED}, {@code UNCHANGED} or {@code FAILED}
	 */
	public record Refresh(Instant time, String outcome) {

	}

	/**
	 * One refusal of data.
	 *
	 * @param time when it happened
	 * @param reason why, without key material
	 */
	public record Failure(Instant time, String reason) {

	}

	/**
	 * Counters of a relation.
	 *
	 * @param refreshes how often the source was read
	 * @param rotations how often the target was replaced by one with other endpoints or
	 * new credentials
	 * @param failedRotations how often new data could not be read or used
	 * @param resumedStreams how often a watch or keep-alive stream was resumed
	 */
	public record Counters(long refreshes, long rotations, long failedRotations, long resumedStreams) {

	}

}
