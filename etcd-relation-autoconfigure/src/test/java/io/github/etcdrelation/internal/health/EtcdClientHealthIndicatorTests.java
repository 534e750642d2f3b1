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

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Cluster;
import io.etcd.jetcd.cluster.MemberListResponse;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.health.contributor.Health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link EtcdClientHealthIndicator}.
 */
class EtcdClientHealthIndicatorTests {

	private final Cluster cluster = mock(Cluster.class);

	private final Client client = mock(Client.class);

	private final EtcdClientHealthIndicator indicator = new EtcdClientHealthIndicator(this.client, null);

	EtcdClientHealthIndicatorTests() {
		given(this.client.getClusterClient()).willReturn(this.cluster);
	}

	@ParameterizedTest
	@MethodSource
	void refusalIsUp(Status refusal) {
		fail(refusal);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(org.springframework.boot.health.contributor.Status.UP);
		assertThat(health.getDetails().get("error")).asString().contains(refusal.getDescription());
	}

	static Stream<Status> refusalIsUp() {
		return Stream.of(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"),
				Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
				Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty"));
	}

	@ParameterizedTest
	@MethodSource
	void failureIsDown(Status failure) {
		fail(failure);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(org.springframework.boot.health.contributor.Status.DOWN);
		assertThat(health.getDetails().get("reason")).asString().contains(failure.getDescription());
	}

	static Stream<Status> failureIsDown() {
		return Stream.of(Status.UNAVAILABLE.withDescription("etcdserver: no leader"),
				Status.INVALID_ARGUMENT.withDescription("etcdserver: other"));
	}

	@Test
	void callThatHangsIsNotMadeAgain() {
		CompletableFuture<MemberListResponse> hanging = new CompletableFuture<>();
		given(this.cluster.listMember()).willReturn(hanging);
		assertThat(this.indicator.health().getStatus())
			.isEqualTo(org.springframework.boot.health.contributor.Status.DOWN);
		assertThat(this.indicator.health().getDetails()).containsEntry("reason", "etcd: no answer within 2000 ms");
		then(this.cluster).should().listMember();
		hanging.completeExceptionally(new IllegalStateException("late"));
		this.indicator.health();
		this.indicator.health();
		then(this.cluster).should(times(3)).listMember();
	}

	private void fail(Status status) {
		given(this.cluster.listMember()).willReturn(
				CompletableFuture.failedFuture(EtcdExceptionFactory.toEtcdException(status.asRuntimeException())));
	}

}
