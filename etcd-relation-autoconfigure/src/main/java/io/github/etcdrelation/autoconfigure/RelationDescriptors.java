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

package io.github.etcdrelation.autoconfigure;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.actuate.RelationDescriptor;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.state.RelationStatus;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Describes relations for the actuator.
 *
 * @param registry the relations
 */
record RelationDescriptors(RelationRegistry registry) implements Function<String, RelationDescriptor> {

	@Override
	public RelationDescriptor apply(String name) {
		ManagedRelation managed = this.registry.getManaged(name);
		EtcdRelation relation = managed.reconciler().getRelation();
		RelationStatus status = managed.reconciler().getStatus();
		Map<String, Instant> states = new LinkedHashMap<>();
		status.states().forEach((state, since) -> states.put(state.flag(name), since));
		ChannelStatus channel = managed.channel().getStatus();
		ChannelTarget target = channel.target();
		SslBundle bundle = (target != null) ? target.getSslBundle() : null;
		return new RelationDescriptor(name, managed.reconciler().getSourceDescription(), states,
				relation.getInterface(), relation.getVersion(), relation.getUsername(), relation.getPrefix(),
				refusals(status.refusals()),
				(target != null) ? target.getEndpoints().getUrls() : Collections.emptyList(),
				channel.members().stream().map(RelationDescriptors::member).toList(),
				certificates(CertificateInfo.ofClient(bundle)), certificates(CertificateInfo.ofAuthorities(bundle)),
				channel.problem(), failure(status.pending()), refresh(status.lastRefresh()),
				failure(status.lastFailure()), new RelationDescriptor.Counters(status.refreshes(), channel.rotations(),
						status.failedRotations(), channel.resumedStreams()));
	}

	private static RelationDescriptor.Member member(ChannelStatus.Member member) {
		return new RelationDescriptor.Member(member.url(), member.condition().getLabel(), member.problem(),
				member.refusal(), member.calls(), member.streams(), member.lastHeard(), member.leader(),
				member.version(),
				CertificateInfo.ofClient(member.sslBundle())
					.stream()
					.map(CertificateInfo::fingerprint)
					.findFirst()
					.orElse(null));
	}

	private static List<RelationDescriptor.Refusal> refusals(List<RequestRefusal> refusals) {
		return refusals.stream()
			.map((refusal) -> new RelationDescriptor.Refusal(refusal.code(), refusal.message(), refusal.resolution()))
			.toList();
	}

	private static List<RelationDescriptor.Certificate> certificates(List<CertificateInfo> certificates) {
		return certificates.stream()
			.map((certificate) -> new RelationDescriptor.Certificate(certificate.subject(), certificate.issuer(),
					certificate.fingerprint(), certificate.validFrom(), certificate.validTo()))
			.toList();
	}

	private static RelationDescriptor.@Nullable Refresh refresh(RelationStatus.@Nullable Refresh refresh) {
		return (refresh != null) ? new RelationDescriptor.Refresh(refresh.time(), refresh.outcome().name()) : null;
	}

	private static RelationDescriptor.@Nullable Failure failure(RelationStatus.@Nullable Failure failure) {
		return (failure != null) ? new RelationDescriptor.Failure(failure.time(), failure.reason()) : null;
	}

}
