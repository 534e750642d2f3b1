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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.channel.ChannelStatus;
import io.github.etcdrelation.channel.ChannelTarget;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.state.ManagedRelation;
import io.github.etcdrelation.state.RelationStatus;
import io.github.etcdrelation.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * What may be shown of a relation.
 *
 * @param name the name of the relation
 * @param states the states that hold, each with the time since when
 * @param version the version that the provider told
 * @param endpoints the URLs of the target in use
 * @param members the members behind the endpoints, one for each address
 * @param clientCertificates the client's certificate and those that it is sent with
 * @param authorities the certificate authorities of the servers
 * @param problem what is wrong with the connection now
 * @param lastRefresh when the source was last read, and what it showed
 * @param lastFailure when data was last refused, and why
 * @param counters how often what happened
 * @since 0.1.0
 */
public record RelationDescriptor(String name, Map<String, Instant> states, @Nullable String version,
		List<String> endpoints, List<Member> members, List<CertificateInfo> clientCertificates,
		List<CertificateInfo> authorities, @Nullable String problem, RelationStatus.@Nullable Refresh lastRefresh,
		RelationStatus.@Nullable Failure lastFailure, Counters counters) {

	/**
	 * Describe a relation.
	 * @param managedRelation the relation
	 * @param channel its channel
	 * @return the description
	 */
	public static RelationDescriptor of(ManagedRelation managedRelation, RelationChannel channel) {
		EtcdRelation relation = managedRelation.getRelation();
		RelationStatus status = managedRelation.getStatus();
		Map<String, Instant> states = new LinkedHashMap<>();
		status.states().forEach((state, since) -> states.put(state.flag(relation.getName()), since));
		ChannelStatus channelStatus = channel.getStatus();
		ChannelTarget target = channelStatus.target();
		SslBundle bundle = (target != null) ? target.getSslBundle() : null;
		return new RelationDescriptor(relation.getName(), states, relation.getVersion(),
				(target != null) ? target.getEndpoints().getUrls() : Collections.emptyList(),
				channelStatus.members().stream().map(Member::of).toList(), CertificateInfo.ofClient(bundle),
				CertificateInfo.ofAuthorities(bundle), channelStatus.problem(), status.lastRefresh(),
				status.lastFailure(), new Counters(status.refreshes(), channelStatus.rotations(),
						status.failedRotations(), channelStatus.resumedStreams()));
	}

	/**
	 * How one member is.
	 *
	 * @param url its URL, with its address where the endpoint is a name
	 * @param condition whether it gets calls: {@code idle}, {@code connecting},
	 * {@code serving}, {@code unreachable}, {@code silent}, {@code no-leader} or
	 * {@code learner}
	 * @param problem why it gets none, {@code null} if it does
	 * @param refusal why it is still served with the former credentials, {@code null} if
	 * it is not
	 */
	public record Member(String url, String condition, @Nullable String problem, @Nullable String refusal) {

		private static Member of(ChannelStatus.Member member) {
			return new Member(member.url(), member.condition().name().toLowerCase(Locale.ROOT).replace('_', '-'),
					member.problem(), member.refusal());
		}

	}

	/**
	 * How often what happened.
	 *
	 * @param refreshes the source was read
	 * @param rotations the target was replaced by one with other endpoints or new
	 * credentials
	 * @param failedRotations new data could not be read or used
	 * @param resumedStreams a watch or keep-alive stream was resumed
	 */
	public record Counters(long refreshes, long rotations, long failedRotations, long resumedStreams) {

	}

}
