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

package io.github.etcdrelation.internal.health;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.cluster.MemberListResponse;
import io.etcd.jetcd.common.exception.EtcdException;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.channel.MemberProbe;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} for a {@link Client} that the application creates itself. It
 * calls etcd through the client, and has fewer details than for a relation.
 */
public final class EtcdClientHealthIndicator extends AbstractHealthIndicator {

	private final Client client;

	private final @Nullable EtcdRelation relation;

	private @Nullable CompletableFuture<MemberListResponse> pending;

	/**
	 * Create a new instance.
	 * @param client the client
	 * @param relation the relation that the client is for or {@code null}
	 */
	public EtcdClientHealthIndicator(Client client, @Nullable EtcdRelation relation) {
		super("etcd health check failed");
		this.client = client;
		this.relation = relation;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) throws InterruptedException {
		if (this.relation != null) {
			RelationDetails.add(builder, this.relation);
		}
		try {
			MemberListResponse response = ask().get(EtcdHealthIndicator.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			builder.up().withDetail("members", members(response.getMembers()));
		}
		catch (TimeoutException ex) {
			builder.down()
				.withDetail("reason", "etcd: no answer within %d ms".formatted(EtcdHealthIndicator.TIMEOUT.toMillis()));
		}
		catch (ExecutionException ex) {
			failed(builder, (ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	/**
	 * Return the call to wait for: a pending one is reused, since the client may let it
	 * wait forever.
	 */
	private synchronized CompletableFuture<MemberListResponse> ask() {
		CompletableFuture<MemberListResponse> pending = this.pending;
		if (pending == null || pending.isDone()) {
			pending = this.client.getClusterClient().listMember();
			this.pending = pending;
		}
		return pending;
	}

	private static void failed(Health.Builder builder, Throwable failure) {
		String reason = String.valueOf(failure.getMessage());
		if (MemberProbe.isRefusal(status(failure))) {
			builder.up().withDetail("error", reason);
		}
		else {
			builder.down().withDetail("reason", "etcd: " + reason);
		}
	}

	/**
	 * Return the status of a failure, restored if jetcd has converted it.
	 */
	private static Status status(Throwable failure) {
		if (failure instanceof EtcdException exception) {
			Status.Code code = Status.Code.valueOf(exception.getErrorCode().name());
			return code.toStatus().withDescription(exception.getMessage());
		}
		return Status.fromThrowable(failure);
	}

	private static Map<String, Object> members(List<Member> members) {
		Map<String, Object> details = new LinkedHashMap<>();
		members.forEach((member) -> details.put(Long.toHexString(member.getId()),
				member.getClientURIs().stream().map(String::valueOf).toList()));
		return details;
	}

}
